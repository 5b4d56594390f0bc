"""Publishing the lists of an alliance: what is left out, the next version, its files (docs/adr/0066)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from alliances.models import Alliance
from alliances.rotation import Quarter
from alliances.rotation_wording import in_words
from alliances.selectors import alliance_get
from notices.services import notice_send
from tenants.jobs import job_enqueue
from tenants.models import Job, Role
from tenants.permissions import Actor

from ..models import ListKind, ListOmission, ListPaper, PublishedList
from ..selectors.published_lists import (
    KindOfList,
    Preview,
    candidates,
    kind_get,
    last_version,
    may_publish,
    paper_of,
    preview,
    told_of,
    version_get,
)

#: Made on the floor above, which has the printing.
LIST_TASK = "reports.list_paper_make"
UNDER_WAY = (Job.State.QUEUED, Job.State.RUNNING)
CHANGED = "您打开页面以后，清单内容有了变动，没有发布。请核对下面现在的内容，再点发布。"


@transaction.atomic
def list_publish(
    *, actor: Actor, alliance: Alliance, kind: str, version: int, seen: str, now: datetime
) -> PublishedList:
    """Publish the next version of a list: what the actor has `seen` (the digest of the page) under the number there.

    Sent twice, it is one version. Raises `ValidationError` when somebody else has published meanwhile, the content is
    another by now, or there is nothing to publish; `PermissionDenied` unless the actor publishes this list.
    """
    wanted, today = kind_get(kind, used=True), localdate(now)
    alliance = _locked(actor, alliance, kind)
    last = last_version(alliance, kind)
    if last and last.version >= version:
        if last.version == version and last.sha256 == seen and last.published_by_id == actor.user.pk:
            return last
        raise ValidationError(
            f"{last.published_by}已经发布了第 {last.version} 版（{in_words(last.published_on)}），您这次没有发布。"
            "请先看过那一版，再核对下面的内容。"
        )
    found = preview(alliance=alliance, kind=wanted, today=today)
    if found.version != version or found.seen != seen:
        raise ValidationError(CHANGED)
    if found.refusal:
        raise ValidationError(found.refusal)
    made = _write(actor, alliance, found, today)
    _paper_ask(actor, made)
    _tell(made)
    return made


def _write(actor: Actor, alliance: Alliance, found: Preview, today: date) -> PublishedList:
    made = PublishedList(
        alliance=alliance,
        kind=found.kind.kind,
        version=found.version,
        name=found.kind.name,
        period=Quarter.of(today).starts_on,
        published_on=today,
        published_by=actor.user,
        row_count=len(found.listing.rows),
        summary=found.change.words if found.last else f"首次发布，共 {len(found.listing.rows)} 项",
        content=found.content,
        sha256=found.seen,
    )
    made.full_clean()
    made.save()
    return made


def _tell(published: PublishedList) -> int:
    """Tell the members of a new version, once."""
    alliance = published.alliance
    return notice_send(
        recipients=told_of(alliance),
        key=f"list:{published.pk}",
        title=f"{published}已发布",
        body=f"{alliance.name}{published.quarter}{published}，共 {published.row_count} 项。{published.summary}。",
        url=address(published),
    )


def address(published: PublishedList) -> str:
    return reverse("demands:list_version", args=[published.pk])


@transaction.atomic
def list_paper_request(*, actor: Actor, published: PublishedList) -> ListPaper:
    """Have the files of a version made again after a job that failed; those made or under way, if there are any.

    Raises `PermissionDenied` unless the actor publishes this list.
    """
    published = version_get(actor=actor, pk=published.pk)
    _locked(actor, published.alliance, published.kind)
    paper = paper_of(published)
    if paper and (paper.is_made or paper.job.state in UNDER_WAY):
        return paper
    return _paper_ask(actor, published)


def _paper_ask(actor: Actor, published: PublishedList) -> ListPaper:
    job = job_enqueue(
        task=LIST_TASK,
        title=f"生成{published}文件：{published.alliance.name}"[:120],
        arguments={"published": published.pk},
        started_by=actor.user,
    )
    return ListPaper.objects.update_or_create(published=published, defaults={"job": job})[0]


@transaction.atomic
def list_leave_out(
    *, actor: Actor, alliance: Alliance, kind: str, record: int, reason: str, now: datetime
) -> ListOmission:
    """Leave a record out of a list from the next version on, with a reason; what is published stays.

    Done twice, the first reason stays. Raises `ValidationError` for a record that does not stand in the list.
    """
    wanted = kind_get(kind, used=True)
    alliance = _locked(actor, alliance, kind)
    known = ListOmission.objects.filter(alliance=alliance, kind=kind, record=record).first()
    if known:
        return known
    today = localdate(now)
    row = next((row for row in candidates(alliance=alliance, kind=wanted, today=today) if row.key == str(record)), None)
    if row is None:
        raise ValidationError({"record": "这一项现在不在清单里，不用再设。请重新选择。"})
    made = ListOmission(
        alliance=alliance,
        kind=kind,
        record=record,
        title=row.name[:200],
        reason=reason.strip(),
        left_out_by=actor.user,
        left_out_on=today,
    )
    made.full_clean()
    made.save()
    return made


@transaction.atomic
def list_put_back(*, actor: Actor, alliance: Alliance, kind: str, record: int) -> None:
    """List a record again from the next version on; nothing to do if it is not left out."""
    alliance = _locked(actor, alliance, kind)
    for each in ListOmission.objects.filter(alliance=alliance, kind=kind, record=record):
        each.delete()


@transaction.atomic
def list_kinds_write(*, actor: Actor, kinds: Iterable[KindOfList]) -> None:
    """Say which kinds of list the tenant uses and what it calls them; published versions keep their names.

    Raises `ValidationError` by kind for a name that two kinds would share.
    """
    actor.require(Role.TENANT_ADMIN)
    wanted = [KindOfList(each.kind, each.name.strip(), each.is_used) for each in kinds]
    names = [each.name for each in wanted]
    twice = {f"{each.kind}_name": f"有两种清单都叫“{each.name}”。请改成不同的名称。" for each in wanted
             if names.count(each.name) > 1}  # fmt: skip
    if twice:
        raise ValidationError(twice)
    known = {each.kind: each for each in ListKind.objects.select_for_update().order_by("pk")}
    for each in wanted:
        row = known.get(each.kind) or ListKind(kind=each.kind)
        row.name, row.is_used = each.name, each.is_used
        # Two kinds may exchange their names: the rule is looked at when all are written.
        row.full_clean(validate_constraints=False)
        row.save()


def _locked(actor: Actor, alliance: Alliance, kind: str) -> Alliance:
    """The visible alliance, whose lists nobody else publishes until the end of the transaction.

    Raises `PermissionDenied` unless the actor publishes this kind of list.
    """
    alliance = alliance_get(actor=actor, pk=alliance.pk)
    if not may_publish(actor, alliance, kind):
        deny()
    Alliance.objects.select_for_update(no_key=True).get(pk=alliance.pk)
    return alliance


def deny() -> NoReturn:
    raise PermissionDenied("清单由联盟秘书长和两新工委发布，政策清单也可以由牵头部门发布。")
