"""Writes about demands, by what they are about: entering them and each act of their course from here."""

from .acting import demand_act
from .entering import DemandEntry, demand_enter, draft_discard, draft_update

__all__ = ["DemandEntry", "demand_act", "demand_enter", "draft_discard", "draft_update"]
