"""Who came to a meeting, and for whom."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from tenants.permissions import Actor

from ..models import Meeting, MeetingSeat
from ..rotation_wording import in_words
from ..selectors import meetings as found
from .meetings import locked

State = MeetingSeat.State


@transaction.atomic
def seat_mark(
    *,
    actor: Actor,
    seat: MeetingSeat,
    state: str,
    now: datetime,
    person: str = "",
    proxy: MeetingSeat | None = None,
    proxy_scope: str = "",
) -> None:
    """Record whether somebody came for a seat, or who votes for it, in writing and with which scope.

    Presence is recorded from the day of the meeting on, proxies and excuses from its notice on. Raises
    `ValidationError` for a proxy that the rules do not allow, and for what would leave a recorded resolution without
    its quorum or votes; `PermissionDenied` unless the actor keeps the meeting.
    """
    meeting = locked(actor, seat.meeting)
    if meeting.state != Meeting.State.CALLED:
        raise ValidationError(f"这次会议{meeting.get_state_display()}，不能登记到会情况。")
    if state == State.PRESENT and localdate(now) < meeting.day:
        raise ValidationError(f"会议在{in_words(meeting.day)}召开，当天才能登记到会。请假和委托现在就可以登记。")
    seats = {each.pk: each for each in found.seat_list(meeting)}
    current = seats[seat.pk]
    if state == State.PROXY:
        _check_proxy(meeting, current, seats, seats.get(proxy.pk) if proxy else None, proxy_scope)
    current.state, current.person = state, person.strip()
    current.proxy = seats[proxy.pk] if state == State.PROXY and proxy else None
    current.proxy_scope = proxy_scope.strip() if current.proxy else ""
    _check_resolutions(meeting, list(seats.values()))
    current.full_clean()
    current.save()


def _check_proxy(
    meeting: Meeting, seat: MeetingSeat, seats: dict[int, MeetingSeat], holder: MeetingSeat | None, scope: str
) -> None:
    if not meeting.proxies_most:
        raise ValidationError({"state": "这个会议不允许委托。不能到会的请登记请假。"})
    if holder is None or holder.pk == seat.pk:
        raise ValidationError({"proxy": "请选择受托单位，不能委托自己。"})
    if holder.state == State.PROXY:
        raise ValidationError({"proxy": f"{holder}自己也委托了别的单位，不能再受托。请另选一个。"})
    held = [each for each in seats.values() if each.proxy_id == holder.pk and each.pk != seat.pk]
    if len(held) >= meeting.proxies_most:
        names = "、".join(map(str, held))
        raise ValidationError({"proxy": f"一个单位最多受托 {meeting.proxies_most} 个，{holder}已受托于{names}。"})
    if any(each.proxy_id == seat.pk for each in seats.values()):
        raise ValidationError({"state": f"{seat}已受别的单位委托，不能再委托出去。请先改那个单位的委托。"})
    if not scope.strip():
        raise ValidationError({"proxy_scope": "请写明委托事项，如“全部议题的讨论和表决”。"})


def _check_resolutions(meeting: Meeting, seats: list[MeetingSeat]) -> None:
    there = found.standing_of(meeting, seats)
    cast = max((each.ballot.cast for each in meeting.resolutions.all()), default=None)
    if cast is not None and (not there.is_quorate or there.votes < cast):
        raise ValidationError("已经登记了表决结果，这样改会使到会人数少于表决票数。请先删除决议，再改到会情况。")
