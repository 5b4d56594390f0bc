"""The handover packs of the sample city: one signed by all three parties, one that waits for two of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.contrib.auth.models import Permission
from django.utils import timezone

from alliances.handover import digest
from alliances.models import Alliance, Handover, HandoverSignature, Term
from alliances.selectors.handovers import content_now, handover_get, texts_version
from alliances.services import handover_sign, handover_write
from alliances.services.handovers import handovers_open
from enterprises.models import PartyOrganisationPermission
from enterprises.permissions import LEAD
from tenants.accounts import load_user
from tenants.models import Role, RoleAssignment, User
from tenants.permissions import Actor, actor_for

Party = HandoverSignature.Party
SUMMARY = "按年度计划组织联盟活动，走访成员企业，收集诉求并转交责任单位办理。数据见后附清单。"
SUGGESTIONS = "对未办结的诉求逐件跟踪，在下季度例会上通报办理情况；共享资源到期前提醒提供单位续期。"


def former_holder_of(alliance: Alliance) -> Term | None:
    """The term before the present one; None when there was none or its unit goes on."""
    terms = list(alliance.terms.select_related("organisation", "alliance").order_by("-starts_on")[:2])
    return terms[1] if len(terms) == 2 and terms[0].organisation_id != terms[1].organisation_id else None


def handovers_ensure(*, alliance: Alliance, former: User, present: User, office: User) -> None:
    """Hand two alliances over, unless that was done before: of another one only `former` has signed, which is overdue
    by now; the main one is signed by all three."""
    RoleAssignment.objects.get_or_create(user=former, role=Role.ROTATING_SECRETARY)
    giver, taker, supervisor = _actors((former, present, office))
    others = Alliance.objects.exclude(pk=alliance.pk).order_by("pk")
    waiting = next((each for each in others if former_holder_of(each)), None)
    if waiting:
        _hand_over(waiting, {Party.GIVING: giver})
    _hand_over(alliance, {Party.GIVING: giver, Party.RECEIVING: taker, Party.SUPERVISING: supervisor})


def _hand_over(alliance: Alliance, signers: dict[Party, Actor]) -> None:
    """Open the pack of an alliance's last turn and let some parties sign it on its last day."""
    last, giver = former_holder_of(alliance), signers[Party.GIVING]
    serving = alliance.terms.select_related("organisation", "alliance").order_by("-starts_on").first()
    if last is None or serving is None or Handover.objects.filter(incoming=serving).exists():
        return
    PartyOrganisationPermission.objects.get_or_create(
        user=giver.user, permission=Permission.objects.get(codename=LEAD), content_object=last.organisation
    )
    handovers_open([(last, serving)])
    pack = handover_get(actor=giver, pk=Handover.objects.get(incoming=serving).pk)
    handover_write(actor=giver, handover=pack, summary=SUMMARY, suggestions=SUGGESTIONS, version=texts_version(pack))
    at = min(timezone.now(), timezone.make_aware(datetime.combine(pack.due_on, time(10, 30))))
    for party, actor in signers.items():
        pack = handover_get(actor=actor, pk=pack.pk)
        seen = digest(content_now(pack, today=timezone.localdate(at)))
        handover_sign(actor=actor, handover=pack, party=party, seen=seen, now=at)


def _actors(users: Iterable[User]) -> list[Actor]:
    return [actor_for(found) for user in users if (found := load_user(user.pk))]
