"""Forms about how messages leave the portal."""

from __future__ import annotations

from typing import Any

from django import forms

from tenants.models import Unit
from tenants.plain_forms import PlainForm

from .models import Channel


class RobotForm(PlainForm):
    """The robot of a unit's group chat."""

    unit = forms.ModelChoiceField(
        label="单位", queryset=None, help_text="这个单位的人收到的消息，会汇总发到群里。", empty_label="请选择"
    )
    kind = forms.ChoiceField(
        label="哪种群", choices=[choice for choice in Channel.Kind.choices if choice[0] != Channel.Kind.EMAIL]
    )
    name = forms.CharField(label="群名称", max_length=40, help_text="自己认得就行，如：金融组工作群。")
    key = forms.CharField(
        label="Webhook 地址",
        max_length=300,
        help_text="群设置 → 群机器人 → 添加，把显示的地址整个粘贴过来。钉钉的安全设置选“自定义关键词”，填：产业链。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(is_active=True).order_by("name")


class RobotChangeForm(RobotForm):
    """The same for one that exists: its kind stays, its key is not shown and may be left as it is."""

    is_active = forms.BooleanField(label="启用", required=False, help_text="取消勾选后不再往群里发。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]
        self.fields["key"].required = False
        self.fields["key"].help_text = "不改就留空。原来的地址加密保存，不再显示。"
