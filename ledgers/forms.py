"""The upload form."""

from typing import Any

from django import forms

from ledgers.registry import ledgers
from tenants.plain_forms import PlainForm


class UploadForm(PlainForm):
    """Which ledger, and the file."""

    sheet = forms.ChoiceField(label="台账")
    file = forms.FileField(
        label="文件",
        allow_empty_file=True,
        help_text="支持 .xlsx、.xls、.csv。先检查，不会直接写入。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
        error_messages={"required": "请选择要导入的文件。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(each.sheet.key, each.sheet.title) for each in ledgers()]
