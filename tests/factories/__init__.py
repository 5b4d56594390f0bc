"""Rows for tests, made by plain functions in the open tenant scope: always the same, nothing random.

`tests.factories.fixtures` has the fixtures `tenant`, `second_tenant`, `scope` and `sample`.
"""

from .business import (
    activity,
    alliance,
    attachment,
    briefing,
    cadre,
    credit_code,
    demand,
    enterprise,
    import_run,
    membership,
    notice,
    party_organisation,
    policy,
    resource,
    roster,
    rotation_request,
    segment,
    snapshot,
    supply,
    support_group,
    term,
)
from .ground import city, county, entry, invitation, job, park, stored_file, unit
from .people import actor, actor_of, sign_in, user
from .sample import Sample, fill

__all__ = [
    "Sample",
    "activity",
    "actor",
    "actor_of",
    "alliance",
    "attachment",
    "briefing",
    "cadre",
    "city",
    "county",
    "credit_code",
    "demand",
    "enterprise",
    "entry",
    "fill",
    "import_run",
    "invitation",
    "job",
    "membership",
    "notice",
    "park",
    "party_organisation",
    "policy",
    "resource",
    "roster",
    "rotation_request",
    "segment",
    "sign_in",
    "snapshot",
    "stored_file",
    "supply",
    "support_group",
    "term",
    "unit",
    "user",
]
