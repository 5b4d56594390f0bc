"""Choosing the participants of an activity."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alliances.models import Activity
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser, queries_of
from tests.factories import Sample

CREATE, PICKER = "alliances:activity_create", "alliances:participants"


@pytest.fixture
def secretary(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)


def test_picker_finds_members_by_pinyin(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        joined = factories.enterprise("曲阜孔府制药有限公司")
        factories.membership(sample.alliance, joined)
    address = reverse(PICKER, args=[sample.alliance.pk])
    page = secretary.get(address, {"q": "qfkf", "enterprises": [sample.enterprise.pk]})
    assert page.context["picker"].offered == [joined]
    assert page.context["picker"].chosen == [sample.enterprise]
    everyone = secretary.get(address, {"find": "all"}).context["picker"]
    assert set(everyone.chosen) == {sample.enterprise, joined}


def test_picker_names_nobody_out_of_reach(secretary: Client, sample: Sample) -> None:
    hidden = sample.other_enterprise
    page = secretary.get(reverse(PICKER, args=[sample.alliance.pk]), {"q": hidden.name, "enterprises": [hidden.pk]})
    assert hidden not in (*page.context["picker"].chosen, *page.context["picker"].offered)
    text = secretary.get(reverse(PICKER, args=[sample.alliance.pk]), {"activity": sample.other_activity.pk})
    assert text.status_code == 404


def test_searching_without_javascript_keeps_what_was_typed(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    typed = {"token": str(uuid4()), "held_on": "2026-03-05", "topic": "春季用工招聘会", "five_joint": "resources"}
    found = {"find": "search", "q": sample.enterprise.name[:4], "enterprises": ["9" * 30]}
    address = reverse(CREATE, args=[sample.alliance.pk])
    page = secretary.post(address, typed | found | {"outcome": "写了一半"})
    assert page.status_code == 200
    assert page.context["form"].errors == {}
    assert page.context["picker"].offered == [sample.enterprise]
    text = page.content.decode()
    for words in ("春季用工招聘会", "写了一半", "2026-03-05", 'value="resources" id="id_five_joint_2" checked'):
        assert words in text
    with tenant_scope(tenant):
        assert not Activity.objects.filter(topic="春季用工招聘会").exists()


def test_form_takes_as_many_queries_for_thirty_members_as_for_two(
    secretary: Client, sample: Sample, tenant: Tenant
) -> None:
    address = reverse(CREATE, args=[sample.alliance.pk])
    few = queries_of(secretary, address)
    with tenant_scope(tenant):
        for _ in range(28):
            factories.membership(sample.alliance, factories.enterprise())
    # One more: how many members are left unlisted.
    assert queries_of(secretary, address) <= few + 1
    assert "还有 9 家没有列出" in secretary.get(address).content.decode()
