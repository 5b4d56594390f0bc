"""走访: who went to see an enterprise when, and what came of it."""

from django.db import models
from django.db.models import Q

from tenants.models import TenantForeignKey, TenantModel

from .enterprise import Enterprise
from .support import SupportGroup


class Visit(TenantModel):
    """One visit: counted until it is withdrawn with a reason."""

    search_fields = ("content", "needs")

    enterprise = TenantForeignKey(Enterprise, related_name="visits", verbose_name="企业")
    visited_on = models.DateField("走访日期")
    visitors = models.CharField("走访人", max_length=100)
    #: The group that went; empty for an instructor or the office.
    group = TenantForeignKey(SupportGroup, null=True, blank=True, related_name="visits", verbose_name="助企攀登小组")
    content = models.TextField("走访情况", max_length=2000)
    needs = models.TextField("企业反映的问题", max_length=2000, blank=True, default="")
    recorded_by = TenantForeignKey("tenants.User", related_name="visits", verbose_name="登记人")
    withdrawn_because = models.CharField("撤回原因", max_length=200, blank=True, default="")
    is_withdrawn = models.BooleanField("已撤回", default=False)
    #: The form that made it: sent twice, it makes one row.
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "走访记录"
        ordering = ["-visited_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "form_token"], name="visit_form_once"),
            models.CheckConstraint(
                condition=Q(is_withdrawn=False) | ~Q(withdrawn_because=""), name="visit_withdrawn_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-visited_on", "-id"], name="visit_latest")]

    def __str__(self) -> str:
        return f"走访{self.enterprise.name}"
