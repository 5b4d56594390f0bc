"""Meetings month by month, and the same as a calendar to subscribe to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from tenants.listing import ListView
from tenants.pages import TenantPage
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug

from ..filters import MeetingFilter, months_around
from ..ics import Entry, calendar_ics
from ..models import Meeting
from ..selectors import feeds
from ..selectors.meetings import meeting_list
from ..services.feeds import feed_renew, feed_revoke
from ..services.meetings import address


class MeetingListView(ListView):
    """The meetings of one month in all alliances that the actor sees; without a choice this month."""

    selector = meeting_list
    filterset_class = MeetingFilter
    template_name = "alliances/meeting_list.html"
    title = "会议"
    related = ("body__alliance__region",)
    empty = {"empty_title": "这个月没有会议", "empty_text": "会议由联盟秘书长在联盟的“会议”栏里安排。"}

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        today = timezone.localdate()
        chosen = request.GET.get("month") or f"{today:%Y-%m}"
        near = [month for month in months_around(today) if month[0] >= f"{today:%Y-%m}"][:4]
        kept = request.GET.copy()
        kept.pop("page", None)
        chips = []
        for value, label in near:
            kept["month"] = value
            chips.append({"label": label, "url": f"?{kept.urlencode()}", "on": value == chosen})
        return {"chips": chips}


class FeedView(TenantPage):
    """Whether the user has subscribed, and how to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request)

    def show(self, request: HttpRequest, link: str = "") -> HttpResponse:
        crumbs = [{"label": "会议", "url": reverse("alliances:meeting_list")}, {"label": "订阅日历"}]
        context = {"feed": feeds.feed_of(actor=request.actor), "link": link, "crumbs": crumbs}
        return render(request, "alliances/feed.html", context)


class FeedRenewView(FeedView):
    """A new link, shown once; the one before stops working."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        token = feed_renew(actor=request.actor, now=timezone.now())
        path = reverse("alliances:meeting_feed", args=[request.actor.user.tenant.slug])
        return self.show(request, request.build_absolute_uri(f"{path}?key={token}"))


class FeedRevokeView(TenantPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if feed_revoke(actor=request.actor):
            messages.success(request, "已停止订阅，原来的链接不再有效。")
        else:
            messages.info(request, "您没有订阅日历。")
        return redirect("alliances:feed")


class MeetingFeedView(View):
    """The calendar itself, for programs without a session: the key in the address is the whole proof.

    The key stands in the query, which no log keeps (docs/adr/0011). A wrong key, a revoked one and an unknown tenant
    look the same.
    """

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        tenant, now = tenant_by_slug(slug), timezone.now()
        if tenant is None:
            raise Http404
        with tenant_scope(tenant):
            actor = feeds.feed_actor(request.GET.get("key", ""))
            if actor is None:
                raise Http404
            entries = [_entry(request, meeting) for meeting in feeds.feed_meetings(actor=actor, now=now)]
        content = calendar_ics("产业链党建联盟会议", entries, now)
        return HttpResponse(
            content, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"}
        )


def _entry(request: HttpRequest, meeting: Meeting) -> Entry:
    return Entry(
        uid=f"meeting-{meeting.tenant_id}-{meeting.pk}@{request.get_host()}",
        title=meeting.title,
        starts_at=meeting.starts_at,
        place=meeting.place,
        note=f"{meeting.body.alliance.name} · {meeting.get_state_display()}",
        url=request.build_absolute_uri(address(meeting)),
        is_off=meeting.state == Meeting.State.CANCELLED,
        changed=meeting.version,
    )
