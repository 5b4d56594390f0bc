"""Which masked fields may be shown in full, and through which selector: registered by each app from `ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model
from django.http import Http404

from .permissions import Actor


@dataclass(frozen=True)
class Revealable:
    """A kind of object with masked fields. `get(actor=…, pk=…)` raises `Http404` where the actor may not see it."""

    kind: str
    get: Callable[..., Model]
    fields: frozenset[str]


_known: dict[str, Revealable] = {}


def register(kind: str, get: Callable[..., Model], *fields: str) -> None:
    """Allow `fields` of `kind` (a word of the address, such as "enterprise") to be revealed through `get`."""
    _known[kind] = Revealable(kind, get, frozenset(fields))


def revealable_get(*, actor: Actor, kind: str, pk: int, field: str) -> Model:
    """The object behind a masked field. Raises `Http404` for unknown kinds and fields and for hidden objects alike."""
    known = _known.get(kind)
    if known is None or field not in known.fields:
        raise Http404
    return known.get(actor=actor, pk=pk)
