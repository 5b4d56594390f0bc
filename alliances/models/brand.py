"""Brand and demonstration projects of an alliance, one or two a year (domain.md §5)."""

from django.db import models
from django.db.models import Q

from enterprises.models import Enterprise, PartyOrganisation
from tenants.models import StoredFile, TenantForeignKey, TenantModel

from ..brands import YEARLY_MOST
from .alliance import Alliance


class BrandProject(TenantModel):
    """One 品牌项目 or 示范项目 of a year: planned, carried out, ended with its result or stopped with the reason."""

    search_fields = ("name",)

    class Kind(models.TextChoices):
        BRAND = "brand", "品牌项目"
        DEMONSTRATION = "demonstration", "示范项目"

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        RUNNING = "running", "实施中"
        DONE = "done", "已完成"
        STOPPED = "stopped", "已终止"

    alliance = TenantForeignKey(Alliance, models.CASCADE, related_name="brands", verbose_name="联盟")
    year = models.PositiveSmallIntegerField("年度")
    #: The first or the second of its year; empty once it is stopped, so that another may take its place.
    place = models.PositiveSmallIntegerField("本年第几个", null=True, blank=True, editable=False)
    kind = models.CharField("类别", max_length=16, choices=Kind.choices)
    name = models.CharField("项目名称", max_length=100)
    goal = models.TextField("目标任务")
    enterprise = TenantForeignKey(
        Enterprise, null=True, blank=True, related_name="brand_projects", verbose_name="责任企业"
    )
    organisation = TenantForeignKey(
        PartyOrganisation, null=True, blank=True, related_name="brand_projects", verbose_name="责任党组织"
    )
    due_on = models.DateField("计划完成日期")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.PLANNED)
    #: What came of it; of a stopped one, why.
    result = models.TextField("成果", blank=True, default="")
    #: The form that made it: sent twice, it makes one row.
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "品牌项目"
        ordering = ["-year", "place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "alliance", "year", "place"], name="brand_place_once_a_year"),
            models.UniqueConstraint(fields=["tenant", "form_token"], name="brand_form_once"),
            models.CheckConstraint(
                condition=Q(state="stopped", place__isnull=True)
                | (~Q(state="stopped") & Q(place__isnull=False, place__range=(1, YEARLY_MOST))),
                name="brand_two_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, organisation__isnull=True)
                | Q(enterprise__isnull=True, organisation__isnull=False),
                name="brand_has_one_responsible",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("done", "stopped")) | ~Q(result=""), name="brand_end_has_its_result"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-year", "-id"], name="brand_latest")]

    def __str__(self) -> str:
        return self.name

    @property
    def responsible(self) -> Enterprise | PartyOrganisation | None:
        """Who carries it out; one of the two, the database holds that."""
        return self.enterprise or self.organisation


class BrandProgress(TenantModel):
    """How far a project was on one day, and the state that it had from then on."""

    brand = TenantForeignKey(BrandProject, models.CASCADE, related_name="progress", verbose_name="项目")
    noted_on = models.DateField("日期")
    text = models.TextField("进展情况")
    state = models.CharField("状态", max_length=8, choices=BrandProject.State.choices)
    noted_by = TenantForeignKey("tenants.User", related_name="brand_progress", verbose_name="登记人")
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "项目进展"
        ordering = ["-noted_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "form_token"], name="brand_progress_form_once")]

    def __str__(self) -> str:
        return f"{self.noted_on} {self.get_state_display()}"


class BrandAttachment(TenantModel):
    """A photo or paper of a project; whoever may see the project may download it."""

    brand = TenantForeignKey(BrandProject, models.CASCADE, related_name="attachments", verbose_name="项目")
    file = TenantForeignKey(StoredFile, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = verbose_name_plural = "项目附件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "brand", "file"], name="brand_attachment_once")]

    def __str__(self) -> str:
        return str(self.file)
