"""Forms about activities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet

from tenants.models import DictionaryEntry
from tenants.plain_forms import PlainForm

from ..models import Activity
from ..services import ActivityEntry

State = Activity.State
#: What the file chooser of a phone offers; the content decides (tenants/files.py). Named types make it hand over JPEG.
ACCEPT = "image/jpeg,image/png,.pdf,.doc,.docx,.xls,.xlsx"
STATE_MISSING = "请点“记录为已开展”或“存为计划”。"
PEOPLE_MOST = 1_000_000


class FilesInput(forms.ClearableFileInput):
    """A file chooser that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; cleaned to a list. `accept` is what the chooser offers."""

    def __init__(self, *, accept: str = ACCEPT, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput(attrs={"accept": accept}), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given and self.required:
            raise forms.ValidationError(self.error_messages["required"])
        return [forms.FileField.clean(self, each, initial) for each in given]


def _amount(label: str, digits: int, places: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=digits,
        decimal_places=places,
        min_value=0,
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
    )


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=PEOPLE_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class ActivityForm(PlainForm):
    """An activity of one alliance. The button that is pressed gives `state`; the picker renders `enterprises`."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    state = forms.ChoiceField(
        choices=[(State.HELD, State.HELD.label), (State.PLANNED, State.PLANNED.label)],
        widget=forms.HiddenInput,
        error_messages={"required": STATE_MISSING, "invalid_choice": STATE_MISSING},
    )
    held_on = forms.DateField(
        label="活动日期",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    topic = forms.CharField(label="活动主题", max_length=200)
    type = forms.ModelChoiceField(label="活动类型", queryset=None, empty_label="请选择")
    five_joint = forms.ChoiceField(
        label="五共类别",
        choices=Activity.FiveJoint.choices,
        widget=forms.RadioSelect,
    )
    head_count = _count("参加人数")
    host_name = forms.CharField(label="主办单位", max_length=120, required=False)
    enterprises = forms.ModelMultipleChoiceField(
        label="参加企业",
        queryset=None,
        required=False,
        error_messages={
            "invalid_choice": "选择的企业里有您不能选的，请重新搜索后再选。",
            "invalid_pk_value": "选择的企业不存在，请重新搜索后再选。",
        },
    )
    outcome = forms.CharField(
        label="活动成效", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    loan = _amount("达成贷款", 16, 4)
    hires = _count("达成用工")
    land = _amount("落实用地", 12, 2)
    agreements = _count("签订协议")
    attachments = FilesField(
        label="照片和文件",
        required=False,
        help_text="可以拍照，可选多个：JPG、PNG、PDF、Word、Excel。照片会去掉拍摄地点等信息。不得上传涉密材料。",
    )

    def __init__(self, *args: Any, candidates: QuerySet, activity: Activity | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = Q(pk=activity.type_id) if activity else Q(pk__in=[])
        types = DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.ACTIVITY_TYPE)
        self.fields["type"].queryset = types.filter(Q(is_active=True) | current)
        self.fields["enterprises"].queryset = candidates
        self.fields["host_name"].widget.attrs["list"] = "hosts"

    @property
    def has_outcomes(self) -> bool:
        """Whether the figures below the outcome need to be seen: something stands in them, or is wrong."""
        return any(self[name].errors or self[name].value() not in (None, "") for name in OUTCOMES)

    def entry(self) -> ActivityEntry:
        """What the valid form says."""
        said = {name: self.cleaned_data[name] for name in ActivityEntry.__dataclass_fields__}
        return ActivityEntry(**said | {"enterprises": list(self.cleaned_data["enterprises"])})

    def differences(self, activity: Activity) -> Sequence[tuple[str, str, str]]:
        """Where the valid form says something else than the activity does now: (field, now, here)."""
        found = []
        for name in ActivityEntry.__dataclass_fields__:
            if name == "state":
                label, now, here = "状态", activity.get_state_display(), State(self.cleaned_data[name]).label
            elif name == "enterprises":
                label = str(self.fields[name].label)
                now, here = (
                    "、".join(sorted(map(str, those)))
                    for those in (activity.enterprises.all(), self.cleaned_data[name])
                )
            else:
                label = str(self.fields[name].label)
                now, here = (self._words(name, value) for value in (getattr(activity, name), self.cleaned_data[name]))
            if now != here:
                found.append((label, now or "空", here or "空"))
        return found

    def _words(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if name == "five_joint":
            return str(Activity.FiveJoint(value).label)
        if name in ("loan", "land"):
            return f"{value.normalize():f}"
        return str(value)


OUTCOMES = ("loan", "hires", "land", "agreements")


class AttachmentForm(PlainForm):
    """More photos and papers."""

    attachments = FilesField(label="照片和文件", error_messages={"required": "请先选择照片或文件。"})


class WithdrawalForm(PlainForm):
    """Why an activity is withdrawn."""

    reason = forms.CharField(
        label="撤回原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="撤回后不再计入任何统计，记录和原因保留在日志里，不能恢复。",
        error_messages={"required": "请写明撤回原因，例如“与 3 月 5 日的记录重复”。"},
    )
