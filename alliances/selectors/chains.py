"""Reads about chains: what stands in them, what is missing, who delivers to whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When
from django.shortcuts import get_object_or_404

from enterprises.models import Enterprise, Scale
from enterprises.permissions import visible_enterprises
from tenants.models import DictionaryEntry
from tenants.permissions import Actor

from ..chain_map import Firm, Stage, Supply, stages
from ..models import Membership, Segment, SupplyLink
from ..permissions import visible_alliances


@dataclass(frozen=True)
class ChainSummary:
    """A chain in the list of chains: how much stands in it, and where it could break."""

    chain: DictionaryEntry
    alliances: int
    segments: int
    firms: int
    #: Names of segments without an enterprise, and of those that a single one carries.
    gaps: list[str]
    singles: list[str]


def chain_list(*, actor: Actor) -> list[ChainSummary]:
    """Every chain of the tenant with the enterprises that the actor may see, in the dictionary's order."""
    chains = DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.CLUSTER, is_active=True)
    visible = Q(alliances__in=visible_alliances(actor))
    chains = chains.annotate(n=Count("alliances", filter=visible, distinct=True)).order_by("position", "pk")
    standing = dict(_firms(actor).order_by().values_list("segment_name").annotate(n=Count("pk")))
    found = []
    for chain in chains.prefetch_related("segments"):
        counts = {segment.name: standing.get(segment.name, 0) for segment in chain.segments.all()}
        found.append(
            ChainSummary(
                chain,
                chain.n,
                len(counts),
                sum(counts.values()),
                [name for name, count in counts.items() if count == 0],
                [name for name, count in counts.items() if count == 1],
            )
        )
    return found


def chain_get(*, pk: int) -> DictionaryEntry:
    """One chain, or 404. The dictionary is everybody's; what stands in the chain is for `chain_stages`."""
    return get_object_or_404(DictionaryEntry, kind=DictionaryEntry.Kind.CLUSTER, pk=pk)


def segment_get(*, pk: int) -> Segment:
    """One segment with its chain, or 404. The office of the whole tenant alone changes it."""
    return get_object_or_404(Segment.objects.select_related("cluster"), pk=pk)


def chain_stages(*, actor: Actor, chain: DictionaryEntry) -> list[Stage]:
    """The chain's segments with the enterprises that the actor may see: those of that segment, and all members of the
    chain's alliances. Leaders come first."""
    segments = list(chain.segments.values_list("pk", "name", "stream"))
    alliances: dict[int, list[str]] = {}
    memberships = Membership.objects.filter(left_on__isnull=True, alliance__cluster=chain)
    for enterprise, name in memberships.order_by("alliance__pinyin").values_list("enterprise", "alliance__name"):
        alliances.setdefault(enterprise, []).append(name)
    names = [name for _, name, _ in segments]
    firms = _firms(actor).filter(Q(segment_name__in=names) | Q(pk__in=alliances))
    firms = firms.order_by(Case(*(When(scale=scale, then=rank) for rank, scale in enumerate(Scale.values))), "pinyin")
    rows = firms.values_list("pk", "name", "segment_name", "scale")
    return stages(segments, [Firm(*row, tuple(alliances.get(row[0], ()))) for row in rows])


def chain_supplies(*, chain: DictionaryEntry, among: list[Stage]) -> list[Supply]:
    """What the enterprises of these stages deliver to each other, in the order of its recording."""
    firms = [firm.pk for stage in among for firm in stage.firms]
    links = SupplyLink.objects.filter(chain=chain, supplier__in=firms, customer__in=firms)
    return [Supply(*row) for row in links.order_by("pk").values_list("pk", "supplier", "customer", "goods")]


def supply_get(*, actor: Actor, pk: int) -> SupplyLink:
    """One delivery between enterprises that the actor may see, or 404."""
    seen = visible_enterprises(actor)
    return get_object_or_404(SupplyLink, pk=pk, supplier__in=seen, customer__in=seen)


def _firms(actor: Actor) -> QuerySet[Enterprise]:
    return visible_enterprises(actor).filter(is_operating=True)
