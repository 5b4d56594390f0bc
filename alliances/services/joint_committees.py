"""Registering the joint committees of parks."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from tenants.models import Region
from tenants.permissions import STAFF, Actor

from ..models import JointCommittee
from ..selectors.joint_committees import joint_committee_of, joint_committee_version, park_get


@transaction.atomic
def joint_committee_save(
    *,
    actor: Actor,
    park: Region,
    name: str,
    secretary: str,
    staff: int | None,
    founded_on: date | None,
    version: str,
    today: date,
) -> JointCommittee:
    """Register the committee of a park, or what changed about it; sent twice, it is one.

    Raises `ValidationError` for a day to come and when somebody else changed it since `version`.
    """
    actor.require(*STAFF)
    park = park_get(actor=actor, pk=park.pk)
    # Two who register at once wait for each other here.
    Region.objects.select_for_update(no_key=True).get(pk=park.pk)
    if founded_on and founded_on > today:
        raise ValidationError({"founded_on": "成立日期不能晚于今天。"})
    current = joint_committee_of(park=park)
    wanted = JointCommittee(
        park=park, name=name.strip(), secretary=secretary.strip(), staff=staff, founded_on=founded_on
    )
    if joint_committee_version(current) == joint_committee_version(wanted) and current:
        return current
    if joint_committee_version(current) != version:
        raise ValidationError(
            f"您打开这个页面以后，有人登记过：现在是{current}，书记{current.secretary if current else ''}。"
            "请核对，确定要改的再提交一次。",
            code="newer",
        )
    if current:
        wanted.pk, wanted.tenant_id = current.pk, current.tenant_id
        wanted._state.adding = False
    wanted.full_clean()
    wanted.save()
    return wanted
