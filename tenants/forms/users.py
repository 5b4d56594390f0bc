"""Forms about users and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from ..models import Region, Role, Unit
from ..plain_forms import PlainForm

LOGIN_RULE = RegexValidator(r"^[\w.+-]+$", "登录名只能含汉字、字母、数字和 . + - _。")
PHONE_RULE = RegexValidator(r"^\+?[\d -]{7,20}$", "手机号只填数字，如 13912341234。")


class RoleForm(PlainForm):
    """One role; county staff are limited to a region, departments to a unit."""

    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices])
    region = forms.ModelChoiceField(
        label="所在区域",
        queryset=None,
        required=False,
        empty_label="不限",
        help_text="县（市、区）工作人员必填：只能看这个区域和它下面的数据。",
    )
    unit = forms.ModelChoiceField(
        label="单位",
        queryset=None,
        required=False,
        empty_label="不填",
        help_text="部门经办人必填：看到交给这个单位的诉求。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.order_by("path")
        self.fields["region"].label_from_instance = indented
        self.fields["unit"].queryset = Unit.objects.filter(is_active=True)


def indented(region: Region) -> str:
    """A region's name under its parents'; its path holds two slashes more than it has ancestors: "/1/14/"."""
    return f"{'　' * (region.path.count('/') - 2)}{region.name}"


class PersonForm(PlainForm):
    """Who a user is."""

    full_name = forms.CharField(label="姓名", max_length=40)
    phone = forms.CharField(label="手机", max_length=20, required=False, validators=[PHONE_RULE])
    email = forms.EmailField(label="邮箱", required=False)
    unit = forms.ModelChoiceField(label="单位", queryset=None, required=False, empty_label="不填")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(is_active=True)


class NewUserForm(PersonForm, RoleForm):
    """A new account with its first role. The account's unit is also the department's."""

    login = forms.CharField(label="登录名", max_length=40, validators=[LOGIN_RULE])
    field_order = ("full_name", "login", "phone", "email", "role", "region", "unit")

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].help_text = f"账号为“登录名@{slug}”，以后不能改。建议用姓名拼音。"
        self.fields["unit"].help_text = "部门经办人必填：看到交给这个单位的诉求。"
