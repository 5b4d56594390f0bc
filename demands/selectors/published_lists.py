"""Reads of published lists: which kinds are used, the versions somebody sees, and what would be published now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from alliances.handover import digest
from alliances.models import Alliance, Membership
from alliances.permissions import KEEPERS, keeps, visible_alliances
from alliances.rotation import Quarter
from alliances.selectors.meetings import keeper_accounts
from enterprises.models import EnterprisePermission
from enterprises.permissions import OPERATE
from tenants.models import Role, User
from tenants.permissions import Actor

from ..list_changes import Difference, Listing, Row, difference, from_json, to_json
from ..models import ListKind, ListOmission, ListPaper, PublishedList
from .list_sources import SOURCES, Source

Kind = ListKind.Kind
#: Roles of which some may publish; which lists of which alliances, `may_publish` says.
PUBLISHERS = KEEPERS | {Role.DEPARTMENT}
#: A longer list is no list that anybody reads, and its PDF would keep a worker for a minute.
ROWS_MOST = 1000


@dataclass(frozen=True)
class KindOfList:
    """A kind of list as the tenant has it."""

    kind: str
    name: str
    is_used: bool

    @property
    def source(self) -> Source:
        return SOURCES[self.kind]


def kind_list() -> list[KindOfList]:
    """Every kind there is, used or not."""
    kept = {each.kind: each for each in ListKind.objects.all()}
    return [
        KindOfList(kind, kept[kind].name, kept[kind].is_used)
        if kind in kept
        else KindOfList(kind, Kind(kind).label, source.is_used)
        for kind, source in SOURCES.items()
    ]


def kind_get(kind: str, *, used: bool = False) -> KindOfList:
    """A kind by its key, or 404; with `used` also for one that the tenant does not use."""
    found = next((each for each in kind_list() if each.kind == kind), None)
    if found is None or (used and not found.is_used):
        raise Http404
    return found


def may_publish(actor: Actor, alliance: Alliance, kind: str) -> bool:
    """Whether the actor publishes a kind of list of a visible alliance: who keeps it; and its leading department the
    policies, which are a department's affair (domain.md §1)."""
    leads = Role.DEPARTMENT in actor.roles and alliance.lead_unit_id in actor.unit_ids
    return keeps(actor, alliance) or (kind == Kind.POLICIES and leads)


def version_list(*, actor: Actor) -> QuerySet[PublishedList]:
    """The versions of visible alliances, without their content."""
    versions = PublishedList.objects.defer("content")
    return versions if actor.sees_whole_tenant else versions.filter(alliance__in=visible_alliances(actor))


def version_get(*, actor: Actor, pk: int) -> PublishedList:
    """One of them with its content, or 404."""
    versions = version_list(actor=actor).defer(None)
    return get_object_or_404(versions.select_related("alliance__region", "published_by"), pk=pk)


def versions_of(*, actor: Actor, alliance: Alliance, kind: str) -> list[PublishedList]:
    """All versions of one list, the newest first."""
    versions = version_list(actor=actor).filter(alliance=alliance, kind=kind)
    return list(versions.select_related("published_by").order_by("-version"))


def latest_of(*, actor: Actor, alliance: Alliance) -> dict[str, PublishedList]:
    """The newest version of each list of an alliance, by kind."""
    versions = version_list(actor=actor).filter(alliance=alliance).order_by("kind", "-version")
    return {each.kind: each for each in versions.distinct("kind")}


def last_version(alliance: Alliance, kind: str) -> PublishedList | None:
    """The newest version of one list, with its content."""
    versions = PublishedList.objects.filter(alliance=alliance, kind=kind).select_related("published_by")
    return versions.order_by("-version").first()


def before(published: PublishedList) -> PublishedList | None:
    """The version before."""
    return PublishedList.objects.filter(
        alliance=published.alliance_id, kind=published.kind, version=published.version - 1
    ).first()


def listing_of(published: PublishedList | None) -> Listing:
    """What a version lists; nothing before the first one."""
    return from_json(published.content) if published else Listing((), ())


def change_between(old: PublishedList | None, new: PublishedList) -> Difference:
    """What makes `new` out of `old`."""
    return difference(listing_of(old), listing_of(new))


def paper_of(published: PublishedList) -> ListPaper | None:
    """The files of a version, made or under way."""
    return ListPaper.objects.select_related("job", "excel", "pdf").filter(published=published).first()


@dataclass(frozen=True)
class Preview:
    """What would be published now. `seen` is the digest of the whole content, heading and number included."""

    kind: KindOfList
    last: PublishedList | None
    listing: Listing
    omitted: list[ListOmission]
    change: Difference
    content: dict[str, Any]
    seen: str

    @property
    def version(self) -> int:
        return (self.last.version if self.last else 0) + 1

    @property
    def refusal(self) -> str:
        """Why it cannot be published; empty if it can."""
        if len(self.listing.rows) > ROWS_MOST:
            return f"超过了一份清单的上限 {ROWS_MOST} 项，不能发布。请先把不需要公布的设为不列入。"
        if self.last is None and not self.listing.rows:
            return "现在没有可以列入的内容，还不能发布。"
        if self.last and self.change.is_empty and self.last.content["period"] == self.content["period"]:
            return f"与第 {self.last.version} 版相比没有变动，不用再发布。"
        return ""


def preview(*, alliance: Alliance, kind: KindOfList, today: date) -> Preview:
    """What a version published today would say. The actor's right to see it is the caller's affair."""
    last = last_version(alliance, kind.kind)
    listing, omitted = _current(alliance, kind, today)
    content = {
        "alliance": alliance.name,
        "name": kind.name,
        "period": str(Quarter.of(today)),
        "version": (last.version if last else 0) + 1,
        **to_json(listing),
    }
    return Preview(kind, last, listing, omitted, difference(listing_of(last), listing), content, digest(content))


def candidates(*, alliance: Alliance, kind: KindOfList, today: date) -> list[Row]:
    """The rows that stand in a list published today."""
    return list(_current(alliance, kind, today)[0].rows)


def _current(alliance: Alliance, kind: KindOfList, today: date) -> tuple[Listing, list[ListOmission]]:
    """The rows of today without those left out; and the omissions that leave something out today."""
    left_out = {each.record: each for each in omission_list(alliance, kind.kind)}
    rows, omitted = [], []
    # One more than may be published says that there are too many.
    for pk, cells in kind.source.records(alliance, today, ROWS_MOST + 1 + len(left_out)):
        if pk in left_out:
            omitted.append(left_out[pk])
        else:
            rows.append(Row(str(pk), cells))
    return Listing(kind.source.columns, tuple(rows)), omitted


def omission_list(alliance: Alliance, kind: str) -> QuerySet[ListOmission]:
    """What is left out of one list."""
    return ListOmission.objects.filter(alliance=alliance, kind=kind).select_related("left_out_by")


def told_of(alliance: Alliance) -> Collection[User]:
    """Who is told of a new version: the accounts of the members, of the secretaries and of the present 轮值书记."""
    members = Membership.objects.filter(alliance=alliance, left_on__isnull=True).values("enterprise")
    operating = EnterprisePermission.objects.filter(content_object__in=members, permission__codename=OPERATE)
    accounts = User.objects.filter(pk__in=operating.values("user"), is_active=True)
    return {*accounts, *keeper_accounts(alliance)}
