"""Pages about activities."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ledgers.lists import LedgerListView
from tenants.pages import TenantPage
from tenants.trail import trail

from .. import selectors
from ..filters import ActivityFilter
from ..models import Activity
from .alliances import open_to


class ActivityListView(LedgerListView):
    sheet_key = "activities"
    selector = selectors.activity_list
    filterset_class = ActivityFilter
    template_name = "alliances/activity_list.html"
    title = "活动"
    related = ("alliance", "type")
    empty = {"empty_title": "还没有活动", "empty_text": "由管理员在“数据导入导出”中导入活动台账。"}

    def prepare(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        return selectors.with_participants(super().prepare(rows))


class ActivityDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = selectors.activity_get(actor=request.actor, pk=pk)
        participants = list(activity.enterprises.order_by("pinyin", "pk"))
        ids = {enterprise.pk for enterprise in participants} | {activity.host_id}
        context = {
            "activity": activity,
            "participants": participants,
            "open_ids": open_to(request, ids),
            "crumbs": [{"label": "活动", "url": reverse("alliances:activity_list")}, {"label": activity.topic}],
        }
        if request.actor.is_staff:
            context["entries"] = trail({Activity: {activity.pk: ""}})
        return render(request, "alliances/activity_detail.html", context)
