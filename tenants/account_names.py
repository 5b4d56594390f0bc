"""Account names: `login@slug`, the same however they are typed."""

from __future__ import annotations

import unicodedata

#: Stands after the @ of operators' names; no tenant may use it.
PLATFORM = "platform"


def account_name(typed: str, slug: str = "") -> str:
    """The stored form of a typed name: half-width, lower case, no blanks; a bare login gets a known `@slug`."""
    name = "".join(unicodedata.normalize("NFKC", typed).lower().split())
    return f"{name}@{slug}" if name and slug and "@" not in name else name


def slug_of(username: str) -> str:
    """The tenant's slug in an account name; empty for a bare name."""
    return username.partition("@")[2]
