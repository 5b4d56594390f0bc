"""The form at the door of an activity."""

from __future__ import annotations

from django import forms

from ledgers.cleaning import clean_name
from tenants.plain_forms import PlainForm


class SignInForm(PlainForm):
    """Which unit, and how many people came."""

    unit_name = forms.CharField(
        label="单位名称",
        max_length=120,
        help_text="请写全称。",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    head_count = forms.IntegerField(label="来了几人", min_value=1, max_value=200, initial=1)

    def clean_unit_name(self) -> str:
        # As ledgers clean names, so that half-width brackets find the enterprise all the same.
        return clean_name(self.cleaned_data["unit_name"]) or ""
