"""Forms about demands: entering one, and one form for each act, made from what the table says it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from tenants.models import DictionaryEntry, Unit
from tenants.plain_forms import PlainForm

from .case import ANSWERS
from .clocks import Complexity
from .models import Demand
from .workflow import Action, Need, Transition

A, N = Action, Need
TEXT_MOST = 2000
#: What an input is called in one form; otherwise as in `FIELDS`.
LABELS: dict[tuple[Action, Need], str] = {
    (A.RETURN, N.REASON): "要补正什么",
    (A.REFUSE, N.REASON): "不予受理的理由",
    (A.OBJECT, N.REASON): "异议理由",
    (A.UPHOLD, N.REASON): "改派理由",
    (A.UPHOLD, N.LEAD): "改派给",
    (A.OVERRULE, N.REASON): "维持的理由",
    (A.REASSIGN, N.REASON): "改派理由",
    (A.REASSIGN, N.LEAD): "改派给",
    (A.EXTEND, N.REASON): "延期理由",
    (A.DENY, N.REASON): "不同意的理由",
    (A.PAUSE, N.REASON): "等企业做什么",
    (A.RECHECK, N.REASON): "复查情况",
    (A.UNSHELVE, N.REASON): "恢复办理的理由",
    (A.MERGE, N.REASON): "并案理由",
    (A.RECATEGORISE, N.REASON): "调整理由",
    (A.WITHDRAW, N.REASON): "撤回原因",
    (A.SUPERVISE, N.REASON): "督办要求",
    (A.UNSUPERVISE, N.REASON): "解除理由",
    (A.ASSIGN, N.TEXT): "交办要求",
    (A.NOTE, N.TEXT): "进展情况",
    (A.REPLY, N.TEXT): "回复内容",
    (A.OPINION, N.TEXT): "办理意见",
    (A.GRANT, N.TEXT): "答复意见",
    (A.RESUME, N.TEXT): "补充情况",
    (A.SHELVE, N.TEXT): "答复企业的内容",
    (A.ANSWER, N.TEXT): "答复企业的内容",
    (A.RATE, N.TEXT): "评价说明",
    (A.CALL_BACK, N.TEXT): "回访情况",
    (A.URGE, N.TEXT): "催办内容",
}
HELP: dict[tuple[Action, Need], str] = {
    (A.RETURN, N.REASON): "企业会看到，请写明缺什么、怎么补。",
    (A.REFUSE, N.RESPONSIBLE): "写明应由哪个单位负责，企业会看到。",
    (A.PAUSE, N.REASON): "企业会看到。挂起期间不计办理时间。",
    (A.ANSWER, N.RESULT): "“部分解决”不停办理时限，余下的解决后可以再次答复。",
    (A.SHELVE, N.TEXT): "企业会看到。到承诺日期前不计办理时间。",
    (A.MERGE, N.INTO): "填另一件诉求的编号，如 XQ-2026-000123。两件的办理时限取早的一个。",
    (A.EXTEND, N.NEW_DUE_ON): "只能申请一次，连同延期最多 30 个工作日。",
    (A.RECATEGORISE, N.COMPLEXITY): "受理以来已经用掉的时间照算。",
}


def _area(label: str, rows: int = 4, most: int = TEXT_MOST) -> Callable[[bool], forms.Field]:
    return lambda required: forms.CharField(
        label=label, max_length=most, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )


def _day(label: str) -> Callable[[bool], forms.Field]:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return lambda required: forms.DateField(label=label, required=required, widget=widget)


def _choice(label: str, choices: list[tuple[Any, str]], coerce: Callable[[str], Any] = str) -> Callable[[bool], Any]:
    return lambda required: forms.TypedChoiceField(
        label=label, choices=choices, coerce=coerce, required=required, widget=forms.RadioSelect
    )


def _amount(label: str, places: int, digits: int) -> Callable[[bool], forms.Field]:
    return lambda required: forms.DecimalField(
        label=label, min_value=Decimal(0), decimal_places=places, max_digits=digits, required=required,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
    )  # fmt: skip


TERMS = [(each.value, f"{Demand.Complexity(each).label}（{each.days} 个工作日）") for each in Complexity]
RESULTS = [(value, str(Demand.Result(value).label)) for value in ANSWERS]
RATINGS = [(str(value), label) for value, label in Demand.Rating.choices]
AGAIN, CONTENT = "again", "content"
FIELDS: dict[Need, Callable[[bool], forms.Field]] = {
    N.REASON: _area("理由"),
    N.TEXT: _area("说明"),
    N.CONTENT: _area("诉求内容", rows=6),
    N.RESPONSIBLE: lambda required: forms.CharField(label="责任单位", max_length=60, required=required),
    N.COMPLEXITY: _choice("难易程度", TERMS),
    N.NEW_DUE_ON: _day("申请延至"),
    N.PROMISED_ON: _day("承诺日期"),
    N.INTO: lambda required: forms.CharField(label="并入哪一件", max_length=16, required=required),
    N.RESULT: _choice("办理结果", RESULTS),
    N.LOAN: _amount("发放贷款（万元）", 4, 16),
    N.TALENT: lambda required: forms.IntegerField(
        label="引进人才用工（人）",
        min_value=0,
        required=required,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    ),
    N.LAND: _amount("解决用地（亩）", 2, 12),
    N.OTHER_OUTCOME: lambda required: forms.CharField(label="其他成效", max_length=200, required=required),
    N.RATING: _choice("评价", RATINGS, int),
    N.AGAIN: _choice("回访结果", [(AGAIN, "企业不认可，二次办理（15 天内）"), (CONTENT, "企业认可，结案")]),
}


class ActForm(PlainForm):
    """What one act needs. `version` is the state that the reader saw, `token` makes a double submit one act."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, row: Transition, units: QuerySet[Unit], elements: QuerySet[DictionaryEntry], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        for need in (*row.needs, *row.takes):
            field = self._field(need, units, elements)
            field.label = LABELS.get((row.action, need), field.label)
            field.help_text = HELP.get((row.action, need), field.help_text)
            self.fields[need.value] = field

    def _field(self, need: Need, units: QuerySet[Unit], elements: QuerySet[DictionaryEntry]) -> forms.Field:
        required = need in self.row.needs
        if need is N.ELEMENT:
            return forms.ModelChoiceField(label="诉求类别", queryset=elements, required=required)
        if need is N.LEAD:
            return forms.ModelChoiceField(label="主办单位", queryset=units, required=required, empty_label="请选择")
        if need in (N.SHARING, N.ASSISTING):
            label = "分办单位" if need is N.SHARING else "协办单位"
            return forms.ModelMultipleChoiceField(
                label=label, queryset=units, required=required, widget=forms.CheckboxSelectMultiple
            )
        return FIELDS[need](required)

    @property
    def said(self) -> Mapping[Need, Any]:
        """The cleaned inputs as the service takes them."""
        values = {need: self.cleaned_data.get(need.value) for need in (*self.row.needs, *self.row.takes)}
        if N.AGAIN in values:
            values[N.AGAIN] = values[N.AGAIN] == AGAIN
        return values


class DemandForm(PlainForm):
    """What an enterprise needs."""

    element = forms.ModelChoiceField(label="诉求类别", queryset=None, empty_label="请选择")
    content = forms.CharField(
        label="诉求内容",
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写清什么事、差多少、什么时候要，例如“缺熟练焊工 20 名，12 月底前到岗”。",
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, elements: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["element"].queryset = elements
