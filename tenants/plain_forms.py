"""What every form says of bad input: which field it is, and what to do. Django's own sentences do neither."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms

#: What to do about a value of the wrong form, by the field's type.
INVALID: dict[type[forms.Field], str] = {
    forms.DateField: "“{label}”不是日期。请写成 2026-03-05 的样子。",
    forms.IntegerField: "“{label}”不是整数。请只填数字，如 50。",
    forms.DecimalField: "“{label}”不是数字。请只填数字，如 1200.5。",
    forms.EmailField: "“{label}”不是邮箱。请写成 name@example.com 的样子。",
}
#: Values that are chosen, not typed.
CHOSEN = (forms.ChoiceField, forms.FileField)
LIMITS = {
    "max_length": "“{label}”最多 %(limit_value)d 个字，现在有 %(show_value)d 个。请删减。",
    "min_length": "“{label}”至少 %(limit_value)d 个字，现在有 %(show_value)d 个。请补充。",
    "min_value": "“{label}”不能小于 %(limit_value)s。请改大。",
    "max_value": "“{label}”不能大于 %(limit_value)s。请改小。",
}


class PlainForm(forms.Form):
    """Base of every form of the portal. A field that has a sentence of its own keeps it."""

    def full_clean(self) -> None:
        # Not in __init__: subclasses add and rename fields after it.
        for name, field in self.fields.items():
            kind: Any = type(field)
            stock = _stock(kind)
            for code, sentence in sentences(kind).items():
                if field.error_messages.get(code) is stock.get(code):
                    field.error_messages[code] = sentence.replace("{label}", str(self[name].label))
        super().full_clean()


@cache
def sentences(kind: type[forms.Field]) -> dict[str, str]:
    """The sentence for each fault that a field of this type can have."""
    found = {"required": "请选择“{label}”。" if issubclass(kind, CHOSEN) else "请填写“{label}”。"} | LIMITS
    if issubclass(kind, forms.BooleanField):
        found["required"] = "请勾选“{label}”。"
    if issubclass(kind, forms.ChoiceField):
        found["invalid_choice"] = "“{label}”没有这个选项。请重新选择。"
    # The nearest type decides: a decimal field is an integer field as well.
    nearest = next((base for base in kind.__mro__ if base in INVALID), None)
    return found | {"invalid": INVALID[nearest]} if nearest else found


@cache
def _stock(kind: type[forms.Field]) -> dict[str, object]:
    """The sentences that Django gives this type of field."""
    stock: dict[str, object] = {}
    for base in reversed(kind.__mro__):
        stock |= getattr(base, "default_error_messages", {})
    return stock
