"""What a policy asks as a whole, and what is known of an enterprise: from rows to `policies.eligibility`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from alliances.models import Membership
from enterprises.models import Enterprise, PartyOrganisation

from .eligibility import Condition, Fact, Facts, Finding, Group, Node, Operator, Truth, findings, parsed, truth
from .models import Policy

#: What an enterprise cannot change: a policy that asks for another chain is not "nearly" for it.
FIXED = frozenset({"cluster", "region", "scale", "segment", "founded_on"})


def rule_of(policy: Policy) -> Group:
    """All that a policy asks: the columns of the 政策清单, and what was added to them in the browser."""
    parts: list[Node] = []
    if policy.cluster is not None:
        parts.append(Condition("cluster", Operator.HAS_ANY, (policy.cluster.label,)))
    if policy.scale:
        parts.append(Condition("scale", Operator.ONE_OF, (policy.get_scale_display(),)))
    if policy.min_revenue is not None:
        parts.append(Condition("revenue", Operator.AT_LEAST, policy.min_revenue))
    if policy.min_research_share is not None:
        parts.append(Condition("research_share", Operator.AT_LEAST, policy.min_research_share))
    if policy.honours:
        parts.append(Condition("honours", Operator.HAS_ALL, tuple(policy.honours)))
    if policy.conditions:
        parts.append(parsed(policy.conditions))
    return Group(tuple(parts))


def facts_of(enterprise: Enterprise, *, today: date) -> Facts:
    """What the books say about an enterprise on a day; one query besides the enterprise with its region."""
    member = Membership.objects.filter(enterprise=OuterRef("pk"), joined_on__lte=today).exclude(left_on__lte=today)
    labels = member.order_by("alliance__cluster__position").values("alliance__cluster__label")
    has_party = Exists(PartyOrganisation.objects.filter(enterprise=OuterRef("pk")))
    chains, has_party = Enterprise.objects.values_list(ArraySubquery(labels), has_party).get(pk=enterprise.pk)
    on = enterprise.figures_on
    return {
        "cluster": Fact(tuple(dict.fromkeys(chains)) or None),
        "region": Fact(enterprise.region.name),
        "segment": Fact(enterprise.segment_name or None),
        "scale": Fact(enterprise.get_scale_display()),
        "revenue": Fact(enterprise.revenue, on),
        "research_share": Fact(enterprise.research_share, on),
        "staff": Fact(enterprise.staff, on),
        "honours": Fact(tuple(enterprise.honours)),
        "founded_on": Fact(enterprise.founded_on),
        "is_climbing": Fact(enterprise.is_climbing),
        "has_party_organisation": Fact(has_party),
    }


@dataclass(frozen=True)
class Match:
    """One policy as it looks for one enterprise."""

    policy: Policy
    truth: Truth
    findings: list[Finding]

    @property
    def is_near(self) -> bool:
        """Not met as the books stand, but nothing that is missing is out of the enterprise's hands."""
        missed = [each for each in self.findings if each.truth == Truth.UNFIT]
        return self.truth != Truth.FIT and not any(each.condition.field in FIXED for each in missed)

    @property
    def missing(self) -> list[Finding]:
        """What is not met or not known."""
        return [each for each in self.findings if each.truth != Truth.FIT]


def matches(policies: Iterable[Policy], facts: Facts) -> list[Match]:
    """Each policy for one enterprise: met first, then those with least missing."""
    found = []
    for policy in policies:
        rule = rule_of(policy)
        found.append(Match(policy, truth(rule, facts), findings(rule, facts)))
    order = {Truth.FIT: 0, Truth.UNKNOWN: 1, Truth.UNFIT: 2}
    return sorted(found, key=lambda each: (order[each.truth], len(each.missing)))
