"""Who holds which post of an alliance, from when to when (domain.md §2)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from tenants.models import TenantForeignKey, TenantModel

from .alliance import Alliance
from .rotation import DAYS


class Appointment(TenantModel):
    """A person in a post of an alliance; in office until `ends_on` is said. Never deleted: it is the post's history."""

    audit_redacted = ("phone",)

    class Post(models.TextChoices):
        """The values are the words by which lists, ledgers and the API name whoever is in office."""

        INSTRUCTOR = "instructor", "联盟指导员"
        CHAIRMAN = "chairman", "理事长"
        SECRETARY_GENERAL = "secretary_general", "秘书长"
        LIAISON = "liaison", "联络员"

    #: Posts whose holder runs the alliance's file with an account of his own.
    WITH_ACCOUNT = frozenset({Post.SECRETARY_GENERAL, Post.LIAISON})

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="appointments", verbose_name="联盟")
    post = models.CharField("职务", max_length=20, choices=Post.choices)
    person = models.CharField("姓名", max_length=40)
    position = models.CharField("单位职务", max_length=80, blank=True, default="")
    phone = models.CharField("联系电话", max_length=20, blank=True, default="")
    starts_on = models.DateField("任职自")
    #: The last day in office.
    ends_on = models.DateField("任职至", null=True, blank=True)
    end_reason = models.CharField("卸任原因", max_length=100, blank=True, default="")
    #: Manages the alliance while in office; the right ends with the office.
    account = TenantForeignKey(
        "tenants.User", null=True, blank=True, related_name="appointments", verbose_name="办事账号"
    )

    class Meta:
        verbose_name = verbose_name_plural = "联盟任职"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="appointment_one_in_a_post_at_a_time",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("alliance", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()}{self.person}"
