"""The published lists of the sample city: two of the secretary's own alliance, each in two versions. May run again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from alliances.models import Alliance
from demands.models import ListKind, PublishedList, Resource
from demands.selectors.published_lists import kind_get, preview
from demands.services.published_lists import list_leave_out, list_publish
from tenants.permissions import Actor

#: How long before today the first versions were published.
BEFORE = timedelta(days=40)
NEW_CONTACT = "周敏"
REASON = "企业正在谈合作，暂不公开。"


def lists_ensure(admin: Actor, alliance: Alliance, now: datetime) -> None:
    """Demands and resources, published once some weeks ago and again today: with what came and went meanwhile, a
    new contact, and a demand that its enterprise does not want to see in public."""
    if PublishedList.objects.filter(alliance=alliance).exists():
        return
    for kind in (ListKind.Kind.DEMANDS, ListKind.Kind.RESOURCES):
        _publish(admin, alliance, kind, now - BEFORE)
    offered = Resource.objects.filter(alliance=alliance, valid_until__isnull=True).order_by("pk").first()
    offered = offered or Resource.objects.filter(alliance=alliance).order_by("-valid_until", "pk").first()
    if offered:
        offered.contact_name = NEW_CONTACT
        offered.save(update_fields=["contact_name"])
    demands = preview(alliance=alliance, kind=kind_get(ListKind.Kind.DEMANDS), today=localdate(now)).listing.rows
    if len(demands) > 1:
        list_leave_out(
            actor=admin,
            alliance=alliance,
            kind=ListKind.Kind.DEMANDS,
            record=int(demands[0].key),
            reason=REASON,
            now=now,
        )
    for kind in (ListKind.Kind.DEMANDS, ListKind.Kind.RESOURCES):
        _publish(admin, alliance, kind, now)


def _publish(admin: Actor, alliance: Alliance, kind: str, at: datetime) -> None:
    """The next version, unless there is nothing to say."""
    found = preview(alliance=alliance, kind=kind_get(kind), today=localdate(at))
    if not found.refusal:
        list_publish(actor=admin, alliance=alliance, kind=kind, version=found.version, seen=found.seen, now=at)
