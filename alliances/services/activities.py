"""Planning, recording, correcting and withdrawing activities; their photos and papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from enterprises.models import Enterprise
from tenants import search
from tenants.audit import record
from tenants.files import file_delete
from tenants.models import AuditEntry, DictionaryEntry
from tenants.permissions import Actor

from ..models import Activity, ActivityAttachment, ActivityEnterprise, Alliance
from ..selectors import activity_version, attachment_list, may_record, participant_candidates
from .attachments import uploads_keep

#: How many photos and papers one activity keeps.
ATTACHMENTS_MOST = 20
#: A plan further ahead than this is a slip in the year.
PLANNED_YEARS_MOST = 2
State = Activity.State


class NewerEditError(Exception):
    """Somebody has changed the activity since the form was opened; `activity` is what it says now."""

    def __init__(self, activity: Activity) -> None:
        super().__init__(activity.pk)
        self.activity = activity


@dataclass(frozen=True)
class ActivityEntry:
    """What somebody says about an activity. Money is in 万元, land in 亩; None is what was not said."""

    state: str
    held_on: date
    type: DictionaryEntry
    five_joint: str
    topic: str
    enterprises: Sequence[Enterprise] = ()
    host_name: str = ""
    head_count: int | None = None
    outcome: str = ""
    loan: Decimal | None = None
    hires: int | None = None
    land: Decimal | None = None
    agreements: int | None = None


@transaction.atomic
def activity_create(
    *,
    actor: Actor,
    alliance: Alliance,
    entry: ActivityEntry,
    token: UUID,
    today: date,
    uploads: Sequence[UploadedFile] = (),
) -> tuple[Activity, bool]:
    """Plan or record an activity; also tells whether this call made the row: a form (`token`) sent twice makes one.

    Raises `ValidationError` for days that cannot be, for participants out of reach and for refused files.
    """
    _require(actor, alliance)
    if made := Activity.objects.filter(form_token=token, alliance=alliance).first():
        return made, False
    activity = Activity(alliance=alliance, form_token=token)
    _write(actor, activity, entry, today)
    try:
        with transaction.atomic():
            activity.save()
    except IntegrityError as error:
        # The other half of a double submit was quicker.
        made = Activity.objects.filter(form_token=token, alliance=alliance).first()
        if made is None:
            raise ValidationError("这张表单已经用过，请重新打开后再填。") from error
        return made, False
    ActivityEnterprise.objects.bulk_create(
        ActivityEnterprise(activity=activity, enterprise=each) for each in entry.enterprises
    )
    search.index([activity])
    _attach(actor, activity, uploads)
    return activity, True


@transaction.atomic
def activity_update(
    *,
    actor: Actor,
    activity: Activity,
    entry: ActivityEntry,
    version: str,
    today: date,
    uploads: Sequence[UploadedFile] = (),
) -> Activity:
    """Correct an activity, or record what came of a plan.

    Raises `NewerEditError` unless `version` is that of the row as it is now (or the row says the same already), and
    `ValidationError` as `activity_create` does.
    """
    current = locked_activity(actor, activity)
    if current.state == State.WITHDRAWN:
        raise ValidationError("这条活动已经撤回，不能再改。如需重新登记，请点“照此再记一次”。")
    before = activity_version(current)
    participants = list(current.enterprises.order_by("pinyin", "pk"))
    _write(actor, current, entry, today)
    same_people = {each.pk for each in participants} == {each.pk for each in entry.enterprises}
    if version != before:
        stored = Activity.objects.get(pk=current.pk)
        if not (same_people and activity_version(current) == before):
            raise NewerEditError(stored)
    current.save()
    if not same_people:
        _replace_participants(current, participants, entry.enterprises)
    search.index([current])
    _attach(actor, current, uploads)
    return current


@transaction.atomic
def activity_withdraw(*, actor: Actor, activity: Activity, reason: str) -> Activity:
    """Take an activity out of lists and figures; the row stays, with its reason. A second time changes nothing."""
    current = locked_activity(actor, activity)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": "请写明撤回原因，例如“与 3 月 5 日的记录重复”。"})
    if current.state != State.WITHDRAWN:
        current.state, current.withdrawn_because = State.WITHDRAWN, reason
        current.save(update_fields=["state", "withdrawn_because"])
    return current


@transaction.atomic
def attachments_add(*, actor: Actor, activity: Activity, uploads: Sequence[UploadedFile]) -> None:
    """Add photos and papers to an activity. Raises `ValidationError` naming the file that is refused; none is kept."""
    current = locked_activity(actor, activity)
    if current.state == State.WITHDRAWN:
        raise ValidationError("这条活动已经撤回，不能再加附件。")
    _attach(actor, current, uploads)


@transaction.atomic
def attachment_remove(*, actor: Actor, attachment: ActivityAttachment) -> None:
    """Remove a photo or paper for good, from the disk as well: a person's picture must be able to go."""
    _require(actor, attachment.activity.alliance)
    attachment.delete()
    _tell(attachment.activity, "附件", attachment.file.original_name, "")
    file_delete(attachment.file)


def locked_activity(actor: Actor, activity: Activity) -> Activity:
    """The activity as it is now, which nobody else changes until the end of the transaction.

    Raises `PermissionDenied` unless the actor records the activities of its alliance.
    """
    current = Activity.objects.select_for_update().select_related("alliance").get(pk=activity.pk)
    _require(actor, current.alliance)
    return current


def _require(actor: Actor, alliance: Alliance) -> None:
    if not may_record(actor=actor, alliance_id=alliance.pk):
        raise PermissionDenied("您不能登记这个联盟的活动。如工作需要，请联系本单位的系统管理员。")


def _write(actor: Actor, activity: Activity, entry: ActivityEntry, today: date) -> None:
    """Put an entry on an unsaved or locked row. Raises `ValidationError` by field."""
    if activity.pk and activity.state == State.HELD and entry.state == State.PLANNED:
        raise ValidationError("已开展的活动不能改回计划。记错了请撤回，再重新登记。")
    if entry.held_on != activity.held_on or entry.state != activity.state:
        _check_day(activity.alliance, entry, today)
    reachable = participant_candidates(
        actor=actor, alliance=activity.alliance, activity=activity if activity.pk else None
    )
    ids = {each.pk for each in entry.enterprises}
    if reachable.filter(pk__in=ids).count() != len(ids):
        raise ValidationError({"enterprises": "选择的企业里有您不能选的，请重新搜索后再选。"})
    for name in (
        "state", "held_on", "type", "five_joint", "topic", "host_name", "head_count",
        "outcome", "loan", "hires", "land", "agreements",
    ):  # fmt: skip
        setattr(activity, name, getattr(entry, name))
    activity.host = reachable.filter(name=entry.host_name).first() if entry.host_name else None


def _check_day(alliance: Alliance, entry: ActivityEntry, today: date) -> None:
    if entry.state == State.HELD and entry.held_on > today:
        raise ValidationError({"held_on": "这一天还没到。还没开展的活动请点“存为计划”，已经开展的请改日期。"})
    if entry.state == State.PLANNED and entry.held_on < today:
        raise ValidationError({"held_on": "这一天已经过去。已经开展的请点“记录为已开展”，还没开展的请改日期。"})
    if entry.held_on.year > today.year + PLANNED_YEARS_MOST:
        raise ValidationError({"held_on": f"{entry.held_on.year}年太远，请核对年份。"})
    if entry.held_on < alliance.founded_on:
        founded = f"{alliance.founded_on.year}年{alliance.founded_on.month}月{alliance.founded_on.day}日"
        raise ValidationError({"held_on": f"早于联盟成立日期（{founded}），请核对年份。"})


def _replace_participants(activity: Activity, before: Sequence[Enterprise], after: Sequence[Enterprise]) -> None:
    old, new = {each.pk for each in before}, {each.pk for each in after}
    ActivityEnterprise.objects.filter(activity=activity, enterprise__in=old - new).delete()
    ActivityEnterprise.objects.bulk_create(
        ActivityEnterprise(activity=activity, enterprise=each) for each in after if each.pk not in old
    )
    _tell(activity, "参加企业", *("、".join(each.name for each in those) for those in (before, after)))


def _attach(actor: Actor, activity: Activity, uploads: Sequence[UploadedFile]) -> None:
    """Keep files; one that the activity has already is passed over."""
    held = [each.file.sha256 for each in attachment_list(activity)] if uploads else []
    kept = uploads_keep(actor=actor, uploads=uploads, held=held, most=ATTACHMENTS_MOST, subject="一次活动")
    ActivityAttachment.objects.bulk_create(ActivityAttachment(activity=activity, file=each) for each in kept)
    if kept:
        _tell(activity, "附件", "", "、".join(each.original_name for each in kept))


def _tell(activity: Activity, what: str, before: str, after: str) -> None:
    """An entry about rows that hang on the activity, so that its 操作日志 says it in words."""
    record(AuditEntry.Verb.UPDATE, label=str(activity), obj=activity, details={what: [before, after]})
