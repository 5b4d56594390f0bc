"""The full-time Party worker of an organisation and his certificate: registering it, reminding before it runs out.

An office holder's name and paper only; no individual's Party membership is stored (domain.md §2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from notices.services import Message, notices_send
from tenants.permissions import STAFF, Actor

from ..models import PartyOrganisation
from ..selectors import party_organisation_get
from ..selectors.certificates import certificates_due, people_told, worker_version
from ..terms import Certificate, certificate, in_words

#: A paper that is valid longer, or ran out longer ago, is a slip in the year.
FAR = timedelta(days=366 * 10)


@dataclass(frozen=True)
class Worker:
    """What is said about the worker. `number` None leaves the known one, as long as it is the same person."""

    name: str
    is_certified: bool
    number: str | None
    until: date | None


@transaction.atomic
def worker_save(
    *, actor: Actor, organisation: PartyOrganisation, worker: Worker, version: str, today: date
) -> PartyOrganisation:
    """Register the worker and his certificate; sent twice, it is one.

    Raises `ValidationError` for contradictions, for days that cannot be, and when somebody changed it since `version`.
    """
    actor.require(*STAFF)
    # Two who register at once wait for each other here; a hidden one is a 404.
    PartyOrganisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
    organisation = party_organisation_get(actor=actor, pk=organisation.pk)
    name = worker.name.strip()
    if not name and (worker.is_certified or worker.until or worker.number):
        raise ValidationError({"worker": "登记证书要先填写党务工作者的姓名。"})
    if not worker.is_certified and (worker.until or worker.number):
        raise ValidationError({"is_certified": "填了证书编号或有效期，请选“持证”；没有证书的，请把它们清空。"})
    if worker.until and not today - FAR <= worker.until <= today + FAR:
        raise ValidationError({"until": "有效期离今天超过十年。请核对年份。"})
    before = worker_version(organisation)
    kept = organisation.worker_certificate if worker.is_certified and name == organisation.worker else ""
    organisation.worker, organisation.worker_is_certified = name, worker.is_certified
    organisation.worker_certificate = kept if worker.number is None else worker.number
    organisation.worker_certified_until = worker.until
    if worker_version(organisation) == before:
        return organisation
    if before != version:
        raise ValidationError("您打开这个页面以后，有人改过这里的内容。请核对，确定要改的再提交一次。", code="newer")
    organisation.full_clean()
    organisation.save(update_fields=["worker", "worker_is_certified", "worker_certificate", "worker_certified_until"])
    return organisation


@transaction.atomic
def certificates_remind(*, today: date) -> int:
    """Tell whoever looks after an organisation once that a certificate runs out soon, and once that it has.

    The message's key holds the certificate's last day: run again it tells nobody, a renewed paper is told of anew.
    Returns how many messages are new.
    """
    due = list(certificates_due(today))
    told = people_told(due)
    messages = []
    for each in due:
        until = each.worker_certified_until
        state = certificate(until, today)
        if until is None or state is None:
            continue
        over = state == Certificate.EXPIRED
        messages.append(
            Message(
                tuple(sorted(told[each.pk])),
                f"certificate-{state}:{each.pk}:{until:%Y%m%d}",
                f"党务工作者资格证书{'已过期' if over else '快到期'}：{each.name}",
                f"{each.enterprise.name}的党务工作者资格证书{in_words(until)}"
                f"{'已过期' if over else '到期'}，请及时安排培训换证。",
                reverse("enterprises:party_detail", args=[each.pk]),
            )
        )
    return notices_send(messages)
