"""Forms of the platform's operators."""

from __future__ import annotations

import re

from django import forms

from ..plain_forms import PlainForm
from .users import LOGIN_RULE


class TenantForm(PlainForm):
    """A new tenant with its regions and first administrator."""

    slug = forms.CharField(
        label="单位代码", max_length=32, help_text="账号 @ 后面的部分，用小写字母，如 jining。以后不能改。"
    )
    name = forms.CharField(label="名称", max_length=60, help_text="市或县的名称，如 济宁市。")
    body_name = forms.CharField(label="发文机关名称", max_length=60, help_text="如 中共济宁市委两新工委。")
    regions = forms.CharField(
        label="县（市、区）", widget=forms.Textarea(attrs={"rows": 4}), help_text="每行一个，或用逗号、顿号隔开。"
    )
    admin_name = forms.CharField(label="管理员姓名", max_length=40)
    admin_login = forms.CharField(label="管理员登录名", max_length=40, validators=[LOGIN_RULE])

    def clean_regions(self) -> list[str]:
        return region_names(self.cleaned_data["regions"])


def region_names(text: str) -> list[str]:
    """Names separated by line breaks, commas or 顿号."""
    return [name for part in re.split(r"[\n,，、;；]", text) if (name := part.strip())]
