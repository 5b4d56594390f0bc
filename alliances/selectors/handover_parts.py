"""What alliances themselves put into a handover pack: resolutions, activities, members who came and went, requests."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from tenants.permissions import Actor

from ..handover import Handed, Part, Row, Section
from ..models import Activity, Meeting, Membership, Resolution, RotationRequest
from ..permissions import visible_alliances
from ..rotation_wording import in_words
from . import activity_list
from .meetings import meeting_list
from .resolutions import light_up

State = Activity.State


def _activities(handed: Handed) -> Part:
    """The activity ledger of the term: what was held, and what was planned and is still to be held."""
    listed = Activity.objects.filter(
        Q(held_on__range=(handed.starts_on, handed.ends_on)) | Q(state=State.PLANNED, held_on__gt=handed.ends_on),
        alliance=handed.alliance_id,
        state__in=(State.HELD, State.PLANNED),
    )
    rows = list(listed.select_related("type").order_by("held_on", "pk"))
    held = [row for row in rows if row.state == State.HELD]
    planned = len(rows) - len(held)
    return Part(
        title="活动台账",
        columns=("活动", "日期", "类型", "五共类别", "状态"),
        rows=tuple(
            Row(
                row.pk,
                reverse("alliances:activity_detail", args=[row.pk]),
                (
                    row.topic,
                    in_words(row.held_on),
                    row.type.label,
                    row.get_five_joint_display(),
                    "已开展" if row.state == State.HELD else "计划中，待开展",
                ),
                "done" if row.state == State.HELD else "amber",
            )
            for row in rows
        ),
        summary=f"开展活动 {len(held)} 场" + (f"，已计划待开展 {planned} 场。" if planned else "。"),
        empty="任期内没有活动记录，也没有已计划的活动。",
    )


def _members(handed: Handed) -> Part:
    """Who joined and who left during the term."""
    span = (handed.starts_on, handed.ends_on)
    moved = Membership.objects.filter(Q(joined_on__range=span) | Q(left_on__range=span), alliance=handed.alliance_id)
    rows: list[Row] = []
    joined = left = 0
    for each in moved.select_related("enterprise").order_by("joined_on", "pk"):
        came, gone = _within(each.joined_on, span), _within(each.left_on, span)
        joined, left = joined + came, left + gone
        words = "、".join(
            f"{in_words(day)}{word}"
            for day, word, counts in ((each.joined_on, "入盟", came), (each.left_on, "退盟", gone))
            if counts and day
        )
        url = reverse("alliances:members", args=[handed.alliance_id])
        rows.append(Row(each.pk, url, (each.enterprise.name, words)))
    return Part(
        title="成员变动",
        columns=("企业", "变动"),
        rows=tuple(rows),
        summary=f"入盟 {joined} 家，退盟 {left} 家。" if rows else "",
        empty="任期内没有成员入盟或退盟。",
    )


def _within(day: object, span: tuple) -> bool:
    return day is not None and span[0] <= day <= span[1]


def _memberships(*, actor: Actor) -> QuerySet[Membership]:
    return Membership.objects.filter(alliance__in=visible_alliances(actor).order_by().values("pk"))


def _requests(handed: Handed) -> Part:
    """Requests about coming turns that nobody has decided yet."""
    waiting = RotationRequest.objects.filter(alliance=handed.alliance_id, state=RotationRequest.State.PENDING)
    rows = list(waiting.select_related("organisation").order_by("pk"))
    url = reverse("alliances:rotation", args=[handed.alliance_id])
    return Part(
        title="未办结的轮值申请",
        columns=("申请单位", "事项", "时间", "状态"),
        rows=tuple(
            Row(
                row.pk,
                url,
                (
                    row.organisation.name,
                    row.get_kind_display(),
                    f"{in_words(row.starts_on)}至{in_words(row.ends_on)}",
                    "待审批",
                ),
                "amber",
            )
            for row in rows
        ),
        summary=f"待审批的轮值申请 {len(rows)} 件。" if rows else "",
        empty="没有待审批的轮值申请。",
    )


def _visible_requests(*, actor: Actor) -> QuerySet[RotationRequest]:
    return RotationRequest.objects.filter(alliance__in=visible_alliances(actor).order_by().values("pk"))


def _resolutions(handed: Handed) -> Part:
    """What the term's meetings resolved, and what earlier ones did that is still to be done."""
    of_term = Q(meeting__starts_at__date__range=(handed.starts_on, handed.ends_on))
    passed = Resolution.objects.filter(
        of_term | Q(state=Resolution.State.OPEN),
        meeting__body__alliance=handed.alliance_id,
        meeting__state=Meeting.State.HELD,
        meeting__starts_at__date__lt=handed.handed_on,
    ).exclude(state=Resolution.State.REJECTED)
    rows = list(passed.select_related("meeting", "enterprise", "unit").order_by("due_on", "pk"))
    light_up(rows, today=handed.today)
    to_do = sum(row.state == Resolution.State.OPEN for row in rows)
    return Part(
        title="会议决议",
        columns=("决议", "会议", "责任单位", "完成期限", "办理情况"),
        rows=tuple(
            Row(
                row.pk,
                reverse("alliances:meeting_detail", args=[row.meeting_id]),
                (
                    row.text,
                    f"{row.meeting.title}（{in_words(localdate(row.meeting.starts_at))}）",
                    row.owner,
                    in_words(row.due_on),
                    row.light[1],
                ),
                row.light[0],
            )
            for row in rows
        ),
        summary=f"会议决议 {len(rows)} 项，其中待办 {to_do} 项。" if rows else "",
        empty="任期内没有通过决议，也没有待办的决议。",
    )


def _visible_resolutions(*, actor: Actor) -> QuerySet[Resolution]:
    return Resolution.objects.filter(meeting__in=meeting_list(actor=actor).order_by().values("pk"))


SECTIONS = (
    Section(30, "resolutions", _resolutions, _visible_resolutions),
    Section(40, "activities", _activities, activity_list),
    Section(50, "members", _members, _memberships),
    Section(60, "rotation_requests", _requests, _visible_requests),
)
