"""Places that members share (四常两聚 service positions), and who uses them when."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from enterprises.models import Enterprise
from tenants.models import TenantForeignKey, TenantModel

from .alliance import Alliance

#: One may begin when the other ends.
HOURS = Func(
    F("starts_at"), F("ends_at"), Value("[)"), function="tstzrange", output_field=DateTimeRangeField()
)  # fmt: skip


class Venue(TenantModel):
    """A meeting room, hall or training ground that a member offers to the others."""

    audit_redacted = ("contact_phone",)
    search_fields = ("name", "place")

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="venues", verbose_name="联盟")
    enterprise = TenantForeignKey(Enterprise, related_name="venues", verbose_name="提供单位")
    name = models.CharField("场地名称", max_length=60)
    place = models.CharField("地点", max_length=120)
    capacity = models.PositiveIntegerField("可容纳（人）", null=True, blank=True)
    purpose = models.CharField("用途和设备", max_length=200, blank=True, default="")
    opens = models.TimeField("开放自")
    closes = models.TimeField("至")
    contact_name = models.CharField("联系人", max_length=40, blank=True, default="")
    contact_phone = models.CharField("联系电话", max_length=20, blank=True, default="")
    is_offered = models.BooleanField("开放预约", default=True)
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "共享场地"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "form_token"], name="venue_form_once"),
            models.UniqueConstraint(fields=["tenant", "alliance", "name"], name="venue_name_once_per_alliance"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="venue_closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return self.name


class VenueBooking(TenantModel):
    """Some hours of a venue for one unit. The database lets no two that stand overlap."""

    venue = TenantForeignKey(Venue, models.CASCADE, related_name="bookings", verbose_name="场地")
    #: The member that uses it; empty for the office and the secretary.
    enterprise = TenantForeignKey(Enterprise, null=True, blank=True, related_name="+", verbose_name="使用单位")
    purpose = models.CharField("做什么用", max_length=120)
    starts_at = models.DateTimeField("自")
    ends_at = models.DateTimeField("至")
    booked_by = TenantForeignKey("tenants.User", related_name="+", verbose_name="预约人")
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)
    cancelled_because = models.CharField("取消原因", max_length=200, blank=True, default="")
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "场地预约"
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "form_token"], name="booking_form_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True) | ~Q(cancelled_because=""), name="booking_cancelled_has_reason"
            ),
            ExclusionConstraint(
                name="booking_no_overlap",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("venue", RangeOperators.EQUAL),
                    (HOURS, RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.purpose
