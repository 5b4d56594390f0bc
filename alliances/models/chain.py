"""What the enterprises of a chain deliver to each other."""

from django.db import models
from django.db.models import F, Q

from enterprises.models import Enterprise
from tenants.models import DictionaryEntry, TenantForeignKey, TenantModel


class SupplyLink(TenantModel):
    """One enterprise delivers something to another: an edge of one chain's map."""

    chain = TenantForeignKey(DictionaryEntry, related_name="supply_links", verbose_name="产业链")
    supplier = TenantForeignKey(Enterprise, models.CASCADE, related_name="deliveries", verbose_name="供应企业")
    customer = TenantForeignKey(Enterprise, models.CASCADE, related_name="purchases", verbose_name="采购企业")
    goods = models.CharField("供应什么", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "供应关系"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "chain", "supplier", "customer", "goods"], name="supply_link_once"
            ),
            models.CheckConstraint(condition=~Q(supplier=F("customer")), name="supply_link_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} → {self.customer_id}：{self.goods}"
