"""Forms about published lists: what to leave out and why, two versions to compare, the kinds a tenant uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from tenants.plain_forms import PlainForm

from .list_changes import Row
from .models import ListKind, ListOmission, PublishedList
from .selectors.published_lists import KindOfList

REASON_MOST = ListOmission._meta.get_field("reason").max_length
NAME_MOST = ListKind._meta.get_field("name").max_length


class LeaveOutForm(PlainForm):
    """One row of the list, and why it is not published."""

    record = forms.TypedChoiceField(label="哪一项", coerce=int)
    reason = forms.CharField(
        label="不列入的原因",
        max_length=REASON_MOST,
        help_text="如：企业不愿公开；涉及商业秘密。只有发布清单的人看得到。",
    )

    def __init__(self, data: Any = None, *, rows: Iterable[Row], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["record"].choices = [("", "请选择"), *((row.key, _short(row.name)) for row in rows)]


class CompareForm(PlainForm):
    """Two versions, the older and the newer."""

    old = forms.TypedChoiceField(label="旧版", coerce=int)
    new = forms.TypedChoiceField(label="新版", coerce=int)

    def __init__(self, data: Any = None, *, versions: Iterable[PublishedList], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [(each.version, f"第{each.version}版（{each.published_on:%Y-%m-%d}）") for each in versions]
        self.fields["old"].choices = self.fields["new"].choices = choices

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "old" in values and "new" in values and values["old"] >= values["new"]:
            self.add_error("old", "旧版要比新版早。请重新选择。")
        return values


class KindsForm(PlainForm):
    """Which kinds of list a tenant uses and what it calls them: two fields for each."""

    def __init__(self, data: Any = None, *, kinds: Iterable[KindOfList], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.kinds = list(kinds)
        for each in self.kinds:
            plain = ListKind.Kind(each.kind).label
            self.fields[f"{each.kind}_used"] = forms.BooleanField(
                label=f"使用{plain}", required=False, initial=each.is_used, help_text=f"列入：{each.source.rule}。"
            )
            self.fields[f"{each.kind}_name"] = forms.CharField(
                label=f"{plain}的名称", max_length=NAME_MOST, initial=each.name
            )

    @property
    def wanted(self) -> list[KindOfList]:
        """The kinds as the form has them."""
        values = self.cleaned_data
        return [KindOfList(each.kind, values[f"{each.kind}_name"], values[f"{each.kind}_used"]) for each in self.kinds]


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
