"""Whoever leaves a field empty, or fills it wrongly, reads which one it is and what to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django import forms
from django.core.validators import RegexValidator
from django.urls import get_resolver, reverse

from tenants.checks import OWN_APPS
from tenants.listing import ListFilter
from tenants.models import Role, User
from tenants.plain_forms import PlainForm

from .conftest import Browse, Member


class Everything(PlainForm):
    name = forms.CharField(label="名称", max_length=3, min_length=2)
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲")])
    file = forms.FileField(label="文件")
    day = forms.DateField(label="启用日期")
    copies = forms.IntegerField(label="份数", min_value=1, max_value=9)
    amount = forms.DecimalField(label="金额")
    email = forms.EmailField(label="邮箱")
    agreed = forms.BooleanField(label="已核对")
    login = forms.CharField(label="登录名", validators=[RegexValidator(r"^[a-z]+$", "登录名只能含字母。")])
    own = forms.CharField(label="说明", error_messages={"required": "请说说为什么。"})


def _faults(**values: str) -> dict[str, list[str]]:
    return Everything(values).errors


def test_what_is_missing_is_named() -> None:
    assert {name: faults[0] for name, faults in _faults().items()} == {
        "name": "请填写“名称”。",
        "kind": "请选择“类别”。",
        "file": "请选择“文件”。",
        "day": "请填写“启用日期”。",
        "copies": "请填写“份数”。",
        "amount": "请填写“金额”。",
        "email": "请填写“邮箱”。",
        "agreed": "请勾选“已核对”。",
        "login": "请填写“登录名”。",
        "own": "请说说为什么。",
    }


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "一二三四", "“名称”最多 3 个字，现在有 4 个。请删减。"),
        ("name", "一", "“名称”至少 2 个字，现在有 1 个。请补充。"),
        ("kind", "b", "“类别”没有这个选项。请重新选择。"),
        ("day", "昨天", "“启用日期”不是日期。请写成 2026-03-05 的样子。"),
        ("copies", "三", "“份数”不是整数。请只填数字，如 50。"),
        ("copies", "0", "“份数”不能小于 1。请改大。"),
        ("copies", "10", "“份数”不能大于 9。请改小。"),
        ("amount", "三", "“金额”不是数字。请只填数字，如 1200.5。"),
        ("email", "x", "“邮箱”不是邮箱。请写成 name@example.com 的样子。"),
        ("login", "9", "登录名只能含字母。"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(field: str, value: str, sentence: str) -> None:
    assert _faults(**{field: value})[field] == [sentence]


def test_a_name_given_later_counts() -> None:
    form = Everything({})
    form.fields["name"].label = "联盟名称"
    assert form.errors["name"] == ["请填写“联盟名称”。"]


def _kinds_of(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for kind in form.__subclasses__():
        yield kind
        yield from _kinds_of(kind)


def test_every_form_of_ours_speaks_like_this() -> None:
    assert get_resolver().url_patterns, "loads every view, and so every form"
    ours = {form for form in _kinds_of(forms.BaseForm) if form.__module__.partition(".")[0] in OWN_APPS}
    assert len(ours) > 10
    assert {form.__qualname__ for form in ours if not issubclass(form, PlainForm)} == set(), "let these be PlainForm"


def test_every_list_filter_speaks_like_this() -> None:
    def kinds(base: type[ListFilter]) -> Iterator[type[ListFilter]]:
        for kind in base.__subclasses__():
            yield kind
            yield from kinds(kind)

    found = list(kinds(ListFilter))
    assert found
    for each in found:
        bare = each.__new__(each)
        bare.filters = {}
        assert issubclass(each.get_form_class(bare), PlainForm)


@pytest.fixture
def admin(member: Member) -> User:
    return member("guanli", Role.TENANT_ADMIN)


@pytest.mark.parametrize(
    ("page", "label"),
    [
        ("tenants:user_create", "请填写“姓名”。"),
        ("tenants:unit_create", "请填写“名称”。"),
        ("account_change_password", "请填写“现在的密码”。"),
    ],
)
def test_an_empty_page_is_sent_back_with_what_is_missing(admin: User, browse: Browse, page: str, label: str) -> None:
    answer = browse(admin).post(reverse(page), {}).content.decode()
    assert label in answer
    assert "必填项" not in answer
