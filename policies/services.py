"""Writes of the policy library."""

from __future__ import annotations

import json

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from tenants.crypto import digest
from tenants.permissions import Actor

from .eligibility import Group, asked, conditions, dumped
from .models import Policy
from .permissions import may_set_conditions


def conditions_version(policy: Policy) -> str:
    """A digest of what a policy asks besides its columns: an edit that started from another one is refused."""
    return digest(json.dumps(policy.conditions, sort_keys=True))


@transaction.atomic
def conditions_write(*, actor: Actor, policy: Policy, tree: Group, version: str) -> None:
    """Replace what a policy asks besides the columns of the 政策清单; an empty tree asks nothing more.

    `version` is `conditions_version` of what the actor started from. Raises `ValidationError` when somebody else has
    changed the conditions since, `PermissionDenied` unless the actor is of the issuer or the city's office.
    """
    locked = Policy.objects.select_for_update(no_key=True).get(pk=policy.pk)
    if not may_set_conditions(actor, locked):
        raise PermissionDenied("补充条件由发布单位或市级工作人员设置。")
    if conditions_version(locked) != version:
        raise ValidationError("您填写时，有人改过这些条件。请打开原页面对照现在的条件，再改一次。")
    locked.conditions = dumped(tree) if any(True for _ in conditions(tree)) else None
    locked.conditions_words = "；".join(asked(each) for each in conditions(tree))[:1000]
    locked.save(update_fields=["conditions", "conditions_words"])
