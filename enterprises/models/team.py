"""红帆指导员 teams: who belongs to one and which enterprises it guides, each from a day to a day (domain.md §2)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from tenants.models import Region, TenantForeignKey, TenantModel

from .enterprise import Enterprise

#: Both ends belong to the range.
DAYS = Func(
    F("starts_on"), F("ends_on"), Value("[]"), function="daterange", output_field=DateRangeField()
)  # fmt: skip


class InstructorTeam(TenantModel):
    """A 红帆指导员团队: one leader, two or three members, perhaps a 工作室 of its own."""

    search_fields = ("name", "initials", "studio")

    name = models.CharField("团队名称", max_length=80)
    initials = models.CharField(max_length=80, editable=False)
    region = TenantForeignKey(Region, related_name="instructor_teams", verbose_name="县（市、区）")
    studio = models.CharField("“红帆”工作室", max_length=80, blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "红帆指导员团队"
        ordering = ["region__position", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="instructor_team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    """A person of a team; belongs to it until `ends_on` is said. Never deleted: it is the team's history."""

    team = TenantForeignKey(InstructorTeam, models.CASCADE, related_name="members", verbose_name="团队")
    person = models.CharField("姓名", max_length=40)
    position = models.CharField("单位职务", max_length=80, blank=True, default="")
    is_leader = models.BooleanField("团长", default=False)
    #: Works for the team's enterprises with this account, as long as both of them are in force.
    account = TenantForeignKey(
        "tenants.User", null=True, blank=True, related_name="team_memberships", verbose_name="办事账号"
    )
    starts_on = models.DateField("加入日期")
    #: The last day in the team.
    ends_on = models.DateField("退出日期", null=True, blank=True)
    end_reason = models.CharField("退出原因", max_length=100, blank=True, default="")
    #: The form that made it: sent twice, it makes one row.
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "团队成员"
        ordering = ["-is_leader", "starts_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "form_token"], name="team_member_form_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="team_member_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="team_has_one_leader_at_a_time",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("team", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
                condition=Q(is_leader=True),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account"], condition=Q(account__isnull=False), name="team_member_account")
        ]

    def __str__(self) -> str:
        return self.person


class TeamAssignment(TenantModel):
    """An enterprise that a team guides, until the last day if one is said. Never deleted."""

    team = TenantForeignKey(InstructorTeam, models.CASCADE, related_name="assignments", verbose_name="团队")
    enterprise = TenantForeignKey(Enterprise, models.CASCADE, related_name="team_assignments", verbose_name="企业")
    starts_on = models.DateField("派驻自")
    #: The last day; the right to work for the enterprise ends with it.
    ends_on = models.DateField("派驻至", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=100, blank=True, default="")
    form_token = models.UUIDField(editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "团队派驻"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "form_token"], name="team_assignment_form_once"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="team_assignment_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="team_guides_an_enterprise_once_at_a_time",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("team", RangeOperators.EQUAL),
                    ("enterprise", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team.name} → {self.enterprise.name}"
