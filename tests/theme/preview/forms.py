"""Stand-in forms with every kind of control."""

import django_filters
from django import forms

ELEMENTS = [(word, word) for word in ("人才用工", "资金", "土地", "用能", "环保", "政策", "市场", "党建", "其他")]
REGIONS = [("rencheng", "任城区"), ("yanzhou", "兖州区"), ("yutai", "鱼台县"), ("zoucheng", "邹城市")]
LIGHTS = [("red", "红灯"), ("amber", "黄灯"), ("green", "绿灯"), ("grey", "暂停")]


class DemandForm(forms.Form):
    element = forms.ChoiceField(label="哪一类问题？", choices=ELEMENTS, widget=forms.RadioSelect)
    title = forms.CharField(label="一句话说清楚", max_length=60)
    detail = forms.CharField(
        label="具体情况", widget=forms.Textarea(attrs={"rows": 5}), help_text="写明时间、数量、已找过谁。"
    )
    amount = forms.DecimalField(label="涉及金额", required=False, max_digits=12, decimal_places=2)
    region = forms.ChoiceField(label="所在县（市、区）", choices=[("", "请选择"), *REGIONS])
    wanted_on = forms.DateField(
        label="希望何时解决", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    attachment = forms.FileField(label="照片或文件", required=False)
    channels = forms.MultipleChoiceField(
        label="结果怎样告诉您",
        required=False,
        choices=[("site", "站内消息"), ("wecom", "企业微信")],
        widget=forms.CheckboxSelectMultiple,
    )
    honest = forms.BooleanField(label="以上情况属实，不含国家秘密")


class DemandFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="搜索")
    light = django_filters.ChoiceFilter(label="灯色", choices=LIGHTS, empty_label="全部")
    element = django_filters.ChoiceFilter(label="要素", choices=ELEMENTS, empty_label="全部")
    region = django_filters.ChoiceFilter(label="县（市、区）", choices=REGIONS, empty_label="全部")
    submitted = django_filters.DateFromToRangeFilter(label="提出日期")
