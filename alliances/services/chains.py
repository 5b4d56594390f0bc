"""Keeping a chain's segments and the deliveries between its enterprises."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from enterprises.models import Enterprise
from enterprises.permissions import visible_enterprises
from tenants.models import DictionaryEntry
from tenants.permissions import STAFF, WHOLE_TENANT, Actor

from ..models import Segment, SupplyLink


@transaction.atomic
def segment_create(*, actor: Actor, chain: DictionaryEntry, name: str, stream: str, position: int) -> Segment:
    """Add a segment to a chain. Raises `ValidationError` when the chain has it already."""
    actor.require(*WHOLE_TENANT)
    _free_name(chain, name)
    return Segment.objects.create(cluster=chain, name=name, stream=stream, position=position)


@transaction.atomic
def segment_update(*, actor: Actor, segment: Segment, name: str, stream: str, position: int) -> Segment:
    """Change a segment. Raises `ValidationError` when its new name is taken, or enterprises stand under the old one:
    they name their segment in the roster."""
    actor.require(*WHOLE_TENANT)
    if name != segment.name:
        _free_name(segment.cluster, name)
        _require_empty(segment, "不能改名")
    segment.name, segment.stream, segment.position = name, stream, position
    segment.save(update_fields=["name", "stream", "position"])
    return segment


@transaction.atomic
def segment_delete(*, actor: Actor, segment: Segment) -> None:
    """Take a segment out of its chain. Raises `ValidationError` while enterprises stand in it."""
    actor.require(*WHOLE_TENANT)
    _require_empty(segment, "不能删除")
    segment.delete()


def _free_name(chain: DictionaryEntry, name: str) -> None:
    if Segment.objects.filter(cluster=chain, name=name).exists():
        raise ValidationError({"name": f"“{chain.label}”已有环节“{name}”。"})


def _require_empty(segment: Segment, what: str) -> None:
    standing = Enterprise.objects.filter(segment_name=segment.name).count()
    if standing:
        raise ValidationError(
            f"有 {standing} 家企业登记在“{segment.name}”，{what}。请先在企业名册中改这些企业的产业链环节。"
        )


@transaction.atomic
def supply_add(
    *, actor: Actor, chain: DictionaryEntry, supplier: Enterprise, customer: Enterprise, goods: str
) -> SupplyLink:
    """Record that one visible enterprise delivers something to another; recorded twice, it is one record.

    Raises `ValidationError` for an enterprise that delivers to itself or that the actor may not see.
    """
    actor.require(*STAFF)
    if supplier == customer:
        raise ValidationError({"customer": "供应企业和采购企业是同一家。请改其中一个。"})
    seen = visible_enterprises(actor).filter(pk__in=[supplier.pk, customer.pk]).count()
    if seen < 2:
        raise ValidationError("只能登记本辖区企业之间的供应关系。")
    link, _ = SupplyLink.objects.get_or_create(chain=chain, supplier=supplier, customer=customer, goods=goods)
    return link


@transaction.atomic
def supply_remove(*, actor: Actor, link: SupplyLink) -> None:
    """Take a delivery out of the map."""
    actor.require(*STAFF)
    link.delete()
