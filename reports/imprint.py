"""What an office decides about a briefing besides its figures (domain.md §8 简报)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Imprint:
    """报、送、发, the number of copies, and the 按语."""

    editor_note: str = ""
    reported_to: str = ""
    sent_to: str = ""
    issued_to: str = ""
    copies: int = 50


def default_imprint(place_name: str) -> Imprint:
    """What stands in the form, and in a briefing made by command, until the office writes its own."""
    return Imprint(
        reported_to=f"上级两新工委，{place_name}党委、政府",
        sent_to="各要素保障组，各联盟牵头部门",
        issued_to="各县（市、区）两新工委，各产业链党建联盟",
    )
