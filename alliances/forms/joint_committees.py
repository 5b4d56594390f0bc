"""The form of a park's joint committee."""

from __future__ import annotations

from django import forms

from tenants.plain_forms import PlainForm

from .rotation import day_field


class JointCommitteeForm(PlainForm):
    """The 产业链联合党委 of one park."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="联合党委名称", max_length=80)
    secretary = forms.CharField(label="书记", max_length=40)
    staff = forms.IntegerField(
        label="专职工作人员",
        required=False,
        min_value=0,
        max_value=1000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text="单位：人。",
    )
    founded_on = day_field("成立日期", required=False)
