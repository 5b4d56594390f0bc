"""一园一党委: the joint Party committee of a park (domain.md §2)."""

from django.db import models

from tenants.models import Region, TenantForeignKey, TenantModel


class JointCommittee(TenantModel):
    """The 产业链联合党委 of one park, which holds together the alliances whose members stand there."""

    park = TenantForeignKey(Region, related_name="joint_committees", verbose_name="园区")
    name = models.CharField("联合党委名称", max_length=80)
    secretary = models.CharField("书记", max_length=40)
    staff = models.PositiveSmallIntegerField("专职工作人员（人）", null=True, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联合党委"
        ordering = ["park__position", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "park"], name="joint_committee_one_per_park")]

    def __str__(self) -> str:
        return self.name
