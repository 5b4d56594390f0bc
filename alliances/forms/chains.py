"""Forms about chains: a segment, and what one enterprise delivers to another."""

from __future__ import annotations

from typing import Any

from django import forms

from enterprises.models import Enterprise, Stream
from enterprises.permissions import visible_enterprises
from tenants.permissions import Actor
from tenants.plain_forms import PlainForm


class SegmentForm(PlainForm):
    """A segment of a chain."""

    name = forms.CharField(
        label="环节名称", max_length=40, help_text="与企业名册的“产业链环节”写法一致，企业才会归到这里。"
    )
    stream = forms.ChoiceField(label="上中下游", choices=Stream.choices)
    position = forms.IntegerField(
        label="顺序",
        min_value=0,
        max_value=999,
        initial=0,
        help_text="同在上游（或中游、下游）的环节，数字小的排在前面。",
    )


class SupplyForm(PlainForm):
    """What one enterprise delivers to another. Enterprises are named, with the chain's own offered for choice."""

    supplier = forms.CharField(label="供应企业", max_length=120, widget=forms.TextInput(attrs={"list": "chain-firms"}))
    customer = forms.CharField(label="采购企业", max_length=120, widget=forms.TextInput(attrs={"list": "chain-firms"}))
    goods = forms.CharField(label="供应什么", max_length=60, help_text="如：原料煤、液压阀体。")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_supplier(self) -> Enterprise:
        return self._enterprise("supplier")

    def clean_customer(self) -> Enterprise:
        return self._enterprise("customer")

    def _enterprise(self, field: str) -> Enterprise:
        """By full name or 统一社会信用代码, among those that the actor may see."""
        text = self.cleaned_data[field].strip()
        seen = visible_enterprises(self.actor)
        found = list(seen.filter(credit_code=text.upper()) or seen.filter(name=text)[:2])
        if not found:
            raise forms.ValidationError(f"名册里没有“{text}”。请填企业全称或统一社会信用代码。")
        if len(found) > 1:
            raise forms.ValidationError(f"名册里不止一家“{text}”。请改填统一社会信用代码。")
        return found[0]
