"""Forms about regions, units, dictionaries and body names."""

from __future__ import annotations

from typing import Any

from django import forms

from ..models import DictionaryEntry, Region, Unit
from ..plain_forms import PlainForm
from .users import indented


class RegionForm(PlainForm):
    """A new region below another."""

    parent = forms.ModelChoiceField(label="上级", queryset=None, empty_label=None)
    level = forms.ChoiceField(
        label="层级", choices=[choice for choice in Region.Level.choices if choice[0] != Region.Level.CITY]
    )
    name = forms.CharField(label="名称", max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = Region.objects.filter(level__in=[Region.Level.CITY, Region.Level.COUNTY])
        self.fields["parent"].queryset = parents.order_by("path")
        self.fields["parent"].label_from_instance = indented


class NameForm(PlainForm):
    """Another name for a region."""

    name = forms.CharField(label="名称", max_length=60)


class UnitForm(PlainForm):
    """A unit that can be handed work or lead an alliance."""

    name = forms.CharField(label="名称", max_length=60)
    kind = forms.ChoiceField(label="类别", choices=Unit.Kind.choices, initial=Unit.Kind.DEPARTMENT)
    region = forms.ModelChoiceField(label="所在区域", queryset=None, required=False, empty_label="全市")
    is_active = forms.BooleanField(
        label="启用", required=False, initial=True, help_text="取消勾选后不再出现在选择框里，原有记录不变。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.order_by("path")
        self.fields["region"].label_from_instance = indented


class EntryForm(PlainForm):
    """A value of a dictionary; only activity types count as something in the figures."""

    label = forms.CharField(label="名称", max_length=40)
    group = forms.ChoiceField(label="统计口径", choices=DictionaryEntry.ActivityGroup.choices)
    is_active = forms.BooleanField(
        label="启用", required=False, initial=True, help_text="取消勾选后不再出现在选择框里，原有记录不变。"
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != DictionaryEntry.Kind.ACTIVITY_TYPE:
            del self.fields["group"]


class BodyNameForm(PlainForm):
    """The issuing body's name from a day on."""

    name = forms.CharField(label="发文机关名称", max_length=60)
    valid_from = forms.DateField(
        label="启用日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="这一天起的文件用新名称，以前的文件仍用旧名称。",
    )
