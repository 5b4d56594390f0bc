"""A tenant's working-day calendar: numbered versions, each with the days it changed (docs/adr/0060)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ..working_days import SpecialDay
from .base import TenantForeignKey, TenantModel
from .user import User


class CalendarVersion(TenantModel):
    """One change of the calendar. The database keeps it as it was written: deadlines name their version."""

    written_once = True

    #: Counted per tenant from 1, without gaps.
    number = models.PositiveIntegerField("版本")
    reason = models.CharField("原因", max_length=200)
    #: Years whose holidays are complete from this version on.
    known_years = ArrayField(models.PositiveSmallIntegerField(), verbose_name="收录年份", default=list, blank=True)
    made_at = models.DateTimeField("修改时间")
    #: None for the first, which comes with the tenant.
    made_by = TenantForeignKey(User, null=True, blank=True, related_name="calendar_versions", verbose_name="修改人")
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历版本"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="calendar_version_once"),
            models.UniqueConstraint(fields=["tenant", "form_token"], name="calendar_version_form_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="calendar_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"工作日历第 {self.number} 版"


class CalendarDay(TenantModel):
    """What a version says of a day; it counts until a later version says something else."""

    written_once = True

    version = TenantForeignKey(CalendarVersion, related_name="days", verbose_name="版本")
    day = models.DateField("日期")
    is_working = models.BooleanField("上班")
    #: As the State Council has it; otherwise the tenant's own decision, which no import changes.
    is_official = models.BooleanField("按国家规定")
    name = models.CharField("节日", max_length=40, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "工作日历日期"
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["tenant", "version", "day"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {'上班' if self.is_working else '放假'}"

    @property
    def special(self) -> SpecialDay:
        return SpecialDay(self.day, self.is_working, self.is_official, self.name)
