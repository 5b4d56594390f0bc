"""The form of a new booklet: which cases, in which order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from alliances.models import TypicalCase
from tenants.plain_forms import PlainForm

from .booklet import in_order, size_refusal


class BookletForm(PlainForm):
    """Each case that may be chosen gets its number, or none; the preface is the editors' own."""

    preface = forms.CharField(
        label="前言",
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="印在目录前面。不填则没有前言。",
    )

    def __init__(self, *args: Any, cases: Iterable[TypicalCase], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = {f"case_{case.pk}": case for case in cases}
        for name, case in self.cases.items():
            self.fields[name] = forms.IntegerField(
                label=f"“{case.title}”第几计",
                required=False,
                min_value=1,
                max_value=999,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        taken: dict[int, str] = {}
        for name, case in self.cases.items():
            number = values.get(name)
            if number in taken:
                self.add_error(name, f"“{taken[number]}”也是第 {number} 计。请改其中一个。")
            elif number is not None:
                taken[number] = case.title
        if not any(name in self.errors for name in self.cases) and (refusal := size_refusal(len(taken))):
            self.add_error(None, refusal)
        return values

    @property
    def chosen(self) -> list[TypicalCase]:
        """The chosen cases in the order of their numbers."""
        by_id = {case.pk: case for case in self.cases.values()}
        numbers = [(case.pk, self.cleaned_data.get(name)) for name, case in self.cases.items()]
        return [by_id[pk] for pk in in_order((pk, number) for pk, number in numbers if number is not None)]

    @property
    def rows(self) -> list[tuple[TypicalCase, forms.BoundField]]:
        """Each case with its field."""
        return [(case, self[name]) for name, case in self.cases.items()]
