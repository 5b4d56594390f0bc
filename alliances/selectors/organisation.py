"""Who leads, belongs to and supports an alliance: what its 2+1+X+N is drawn from."""

from __future__ import annotations

from django.db.models import Case, Count, When

from enterprises.models import Enterprise, PartyOrganisation, Stream
from tenants.models import Region, Unit

from ..models import Alliance, Appointment, JointCommittee
from ..organisation_chart import Box, Organisation


def alliance_organisation(alliance: Alliance) -> Organisation:
    """Who leads, belongs to and supports a visible alliance."""
    members = Enterprise.objects.filter(memberships__alliance=alliance, memberships__left_on__isnull=True)
    parks = Region.objects.filter(park_enterprises__in=members).annotate(n=Count("park_enterprises"))
    committees = {each.park_id: each for each in JointCommittee.objects.filter(park__park_enterprises__in=members)}
    initiator_first = Case(When(enterprise=alliance.initiator_id, then=0), default=1)
    parties = PartyOrganisation.objects.filter(enterprise__in=members).order_by(initiator_first, "initials", "pk")
    parties_found = list(parties.values_list("name", "secretary", "enterprise"))
    streams = dict(members.order_by().values_list("stream").annotate(n=Count("pk")))
    answering = Unit.objects.filter(demands__alliance=alliance).exclude(pk=alliance.lead_unit_id)
    answering = answering.annotate(n=Count("demands")).order_by("-n", "pk")
    lead = [Box(alliance.lead_unit.name, "牵头部门")] if alliance.lead_unit else []
    return Organisation(
        offices=(
            Box(f"{alliance.region.name}两新工委"),
            *(_office(park, committees.get(park.pk), park.n) for park in parks.order_by("position", "pk")),
        ),
        alliance=Box(alliance.name, _officers(alliance)),
        party_organisations=tuple(Box(name, f"书记 {who}" if who else "") for name, who, _ in parties_found),
        organised_members=len({enterprise for _, _, enterprise in parties_found}),
        members=sum(streams.values()),
        departments=(*lead, *(Box(unit.name, f"承办诉求 {unit.n} 件") for unit in answering)),
        streams=tuple((str(label), streams.get(value, 0)) for value, label in Stream.choices),
    )


def _office(park: Region, committee: JointCommittee | None, members: int) -> Box:
    standing = f"在园成员 {members} 家"
    if committee is None:
        return Box(f"{park.name}综合党委", standing)
    return Box(committee.name, f"书记 {committee.secretary}，{standing}")


def _officers(alliance: Alliance) -> str:
    """Who is in office, in the order of the posts."""
    in_office = {each.post: each for each in Appointment.objects.filter(alliance=alliance, ends_on__isnull=True)}
    named = [in_office[post] for post in Appointment.Post.values if post in in_office]
    return "，".join(f"{each.get_post_display()} {each.person}" for each in named)
