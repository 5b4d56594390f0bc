"""Forms of signing in and of one's own account, in the clerks' words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError

from .. import services
from ..account_names import account_name
from ..accounts import AccountAdapter
from ..plain_forms import PlainForm

#: Remembers the office of this browser, so that its people may leave out the `@slug`.
ORG_COOKIE = "org"


def _relabel(form: forms.BaseForm, labels: dict[str, str]) -> None:
    """Name fields that allauth leaves in English; its placeholders repeat the label and go."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.widget.attrs.pop("placeholder", None)


class SignInForm(PlainForm, LoginForm):
    """The account (`limin@jining`, or `limin` in a browser that knows its office) and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self, {"login": "账号", "password": "密码"})
        self.fields["login"].widget.attrs |= {"placeholder": "如 limin@jining", "autocapitalize": "none"}

    def clean_login(self) -> str:
        name = account_name(self.cleaned_data["login"], self.request.COOKIES.get(ORG_COOKIE, ""))
        if "@" not in name:
            raise ValidationError("请写全账号，如 limin@jining（@ 后面是单位代码，由管理员告知）。")
        return name


class PasswordForm(PlainForm, ChangePasswordForm):
    """A new password, with the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self, {"oldpassword": "现在的密码", "password1": "新密码", "password2": "再输一次新密码"})
        self.fields["password1"].help_text = rules()

    def clean(self) -> dict[str, Any]:
        # Past allauth's own comparison, whose sentence is another.
        return _both_the_same(self, forms.Form.clean(self))


class PasswordAgainForm(PlainForm, ReauthenticateForm):
    """The password once more before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self, {"password": "密码"})


class InvitationForm(PlainForm):
    """The password that an invited user chooses."""

    password1 = forms.CharField(label="新密码", strip=False, widget=forms.PasswordInput)
    password2 = forms.CharField(label="再输一次新密码", strip=False, widget=forms.PasswordInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = rules()
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "new-password"

    def clean(self) -> dict[str, Any]:
        return _both_the_same(self, super().clean())


def _both_the_same(form: forms.Form, cleaned: dict[str, Any] | None) -> dict[str, Any]:
    cleaned = cleaned or form.cleaned_data
    if cleaned.get("password1") and cleaned.get("password2") and cleaned["password1"] != cleaned["password2"]:
        form.add_error("password2", "两次输入的密码不一样。")
    return cleaned


def rules() -> str:
    """All password rules of this installation in one line."""
    return "".join(password_validators_help_texts())


def _code_field(form: forms.Form) -> None:
    _relabel(form, {"code": "验证码"})
    form.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}


class SecondStepForm(PlainForm, AuthenticateForm):
    """The code of the second step; a wrong one stands in the audit trail like a wrong password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self)

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        request = context.request
        address = AccountAdapter(request).get_client_ip(request)
        services.sign_in_failed(username=self.user.username, address=address, reason="验证码不对")


class SecondStepAgainForm(PlainForm, CodeAgainForm):
    """The code once more before something delicate."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self)


class SecondStepSetupForm(PlainForm, ActivateTOTPForm):
    """The first code of a new authenticator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self)
