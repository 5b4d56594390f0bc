"""Forms of sign-in."""

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """One field for the account (`limin@jining`), one for the password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "账号"
        self.fields["login"].widget.attrs |= {"placeholder": "如 limin@jining", "autocomplete": "username"}
        self.fields["password"].label = "密码"
