"""Pages about activities."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ledgers.lists import LedgerListView
from tenants.pages import TenantPage
from tenants.trail import trail

from .. import selectors
from ..filters import ActivityFilter
from ..forms import AttachmentForm
from ..models import Activity
from ..permissions import RECORDS, SEES_LOG
from .alliances import open_to


class ActivityListView(LedgerListView):
    sheet_key = "activities"
    selector = selectors.activity_list
    filterset_class = ActivityFilter
    template_name = "alliances/activity_list.html"
    title = "活动"
    related = ("alliance", "type")
    empty = {"empty_title": "还没有活动", "empty_text": "由联盟秘书长、轮值书记登记，或由管理员导入活动台账。"}

    def prepare(self, rows: QuerySet[Activity]) -> QuerySet[Activity]:
        return selectors.with_participants(super().prepare(rows))

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().extra_context(request) | {"records": bool(request.actor.roles & RECORDS)}


class ActivityDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = selectors.activity_get(actor=request.actor, pk=pk)
        participants = list(activity.enterprises.order_by("pinyin", "pk"))
        records = bool(request.actor.roles & RECORDS)
        ids = {enterprise.pk for enterprise in participants} | {activity.host_id}
        context = {
            "activity": activity,
            "participants": participants,
            "open_ids": open_to(request, ids),
            "attachments": selectors.attachment_list(activity),
            "attachment_form": AttachmentForm(),
            "may_record": records and selectors.may_record(actor=request.actor, alliance_id=activity.alliance_id),
            "crumbs": [{"label": "活动", "url": reverse("alliances:activity_list")}, {"label": activity.topic}],
        }
        if request.actor.roles & SEES_LOG:
            context["entries"] = trail({Activity: {activity.pk: ""}})
        return render(request, "alliances/activity_detail.html", context)
