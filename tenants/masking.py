"""Personal data as it is shown by default (security.md "People"); the same in pages, files, API and trail."""

from __future__ import annotations


def masked_phone(value: str | None) -> str:
    """`13912341234` → `139****1234`; a shorter number keeps only its last three digits; empty stays empty."""
    text = (value or "").strip()
    if not text:
        return ""
    if len(text) >= 11 and text[-11:].isdigit():
        return f"{text[:-8]}****{text[-4:]}"
    return f"****{text[-3:]}"
