"""Password rules as settings (等保 default): length, character classes, no reuse, maximum age."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from .models import User


class LengthValidator(MinimumLengthValidator):
    """Django's own rule, whose refusal has no Chinese translation yet."""

    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 位。"

    def get_help_text(self) -> str:
        return f"至少 {self.min_length} 位。"


class UnlikeValidator(UserAttributeSimilarityValidator):
    """Django's own rule in the words of the page."""

    def get_error_message(self) -> str:
        return "密码与%(verbose_name)s太相似，请换一个。"

    def get_help_text(self) -> str:
        return "不能与账号、姓名、手机相近。"


class UncommonValidator(CommonPasswordValidator):
    """Django's own rule in the words of the page."""

    def get_error_message(self) -> str:
        return "这是很多人用的密码，容易被猜到，请换一个。"

    def get_help_text(self) -> str:
        return "不能是常见密码。"


class CharacterClassesValidator:
    """At least `classes` of: lower case, upper case, digits, other characters."""

    def __init__(self, classes: int = 3) -> None:
        self.classes = classes

    def validate(self, password: str, user: User | None = None) -> None:
        tests = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
        if sum(any(test(c) for c in password) for test in tests) < self.classes:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return f"要含大写字母、小写字母、数字、符号中的至少 {self.classes} 类。"


class NotUsedBeforeValidator:
    """Not the present password nor one of those that `User.past_passwords` keeps (`remembered_passwords`)."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None:
            return
        known = [user.password, *user.past_passwords] if user.has_usable_password() else user.past_passwords
        if any(check_password(password, encoded) for encoded in known if encoded):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self) -> str:
        return "不能用现在的或最近用过的密码。"


def remembered_passwords(present: str, past: list[str], count: int) -> list[str]:
    """The encoded passwords to remember once `present` is replaced: the newest `count`, `present` among them."""
    return [present, *past][:count] if present and not present.startswith("!") else past[:count]


def must_change(user: User, now: datetime, max_age: timedelta) -> bool:
    """Whether the user has to set a new password before anything else: told to, or it is older than `max_age`."""
    changed_at = user.password_changed_at or user.created_at
    return user.must_change_password or now - changed_at > max_age
