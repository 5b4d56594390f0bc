"""Demands of enterprises and what came of them."""

from django.db import models
from django.db.models.functions import Now

from alliances.models import Alliance
from enterprises.models import Enterprise
from tenants.models import DictionaryEntry, TenantForeignKey, TenantModel, Unit


class Demand(TenantModel):
    """What an enterprise needs, who answers for it, by when, and the outcome."""

    search_fields = ("number", "content")
    search_codes = ("number",)

    class State(models.TextChoices):
        """domain.md §4; the ledgers know 待交办, 办理中 and 已解决 (办结销号)."""

        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待受理"
        RETURNED = "returned", "待补正"
        ACCEPTED = "accepted", "待交办"
        ASSIGNED = "assigned", "待签收"
        OBJECTED = "objected", "异议待定"
        IN_PROGRESS = "in_progress", "办理中"
        PAUSED = "paused", "挂起"
        SHELVED = "shelved", "挂账"
        ANSWERED = "answered", "已答复（待评价）"
        CALLBACK = "callback", "待回访"
        CLOSED = "closed", "办结销号"
        REFUSED = "refused", "不予受理"
        MERGED = "merged", "已并案"

    class Result(models.TextChoices):
        SOLVED = "solved", "已解决"
        PARTLY = "partly", "部分解决"
        PLANNED = "planned", "列入计划"
        EXPLAINED = "explained", "政策所限已解释"
        REFERRED = "referred", "转外部渠道"
        WITHDRAWN = "withdrawn", "企业撤回"

    class Complexity(models.TextChoices):
        """What decides the term to 办结: 3, 7 or 15 working days."""

        CONSULTATION = "consultation", "咨询"
        ORDINARY = "ordinary", "一般"
        COMPLEX = "complex", "复杂"

    class Rating(models.IntegerChoices):
        VERY_SATISFIED = 5, "非常满意"
        SATISFIED = 4, "满意"
        MOSTLY_SATISFIED = 3, "基本满意"
        DISSATISFIED = 2, "不满意"
        VERY_DISSATISFIED = 1, "非常不满意"

    class Source(models.TextChoices):
        LEDGER = "ledger", "台账导入"
        ENTERPRISE = "enterprise", "企业填报"
        HOTLINE = "hotline", "热线登记"
        CADRE = "cadre", "驻企干部代填"

    #: `XQ-2026-000123`: unique per tenant, counted per year of `raised_on`.
    number = models.CharField("编号", max_length=16)
    enterprise = TenantForeignKey(Enterprise, related_name="demands", verbose_name="企业")
    #: The alliance through which it came; empty where the enterprise belongs to none.
    alliance = TenantForeignKey(Alliance, null=True, blank=True, related_name="demands", verbose_name="联盟")
    element = TenantForeignKey(DictionaryEntry, related_name="demands", verbose_name="诉求类别")
    content = models.TextField("诉求内容")
    source = models.CharField("来源", max_length=12, choices=Source.choices, default=Source.LEDGER)
    unit = TenantForeignKey(Unit, null=True, blank=True, related_name="demands", verbose_name="责任单位")
    state = models.CharField("办理状态", max_length=12, choices=State.choices)
    result = models.CharField("办理结果", max_length=12, choices=Result.choices, blank=True, default="")
    raised_on = models.DateField("提出日期")
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    due_on = models.DateField("办理时限", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    loan = models.DecimalField("发放贷款（万元）", max_digits=16, decimal_places=4, null=True, blank=True)
    talent = models.PositiveIntegerField("引进人才用工（人）", null=True, blank=True)
    land = models.DecimalField("解决用地（亩）", max_digits=12, decimal_places=2, null=True, blank=True)
    rating = models.PositiveSmallIntegerField("企业评价", choices=Rating.choices, null=True, blank=True)
    #: What the enterprise said with its rating.
    rating_note = models.CharField("评价说明", max_length=500, blank=True, default="")
    #: Closed because nobody rated in time: counted apart from real ratings.
    rating_defaulted = models.BooleanField("逾期默认评价", default=False)
    complexity = models.CharField("难易程度", max_length=12, choices=Complexity.choices, blank=True, default="")
    answer = models.TextField("答复内容", blank=True, default="")
    other_outcome = models.CharField("其他成效", max_length=200, blank=True, default="")
    #: The day on which an answer stopped the clock of 办结: what is on time, this day decides, or else the closing day.
    settled_on = models.DateField("答复日期", null=True, blank=True)
    #: 挂账 until this day.
    promised_on = models.DateField("承诺日期", null=True, blank=True)
    second_due_on = models.DateField("二次办理时限", null=True, blank=True)
    #: The next instant by which somebody has to act; empty while only the enterprise can.
    next_due_at = models.DateTimeField("下一步时限", null=True, blank=True)
    is_second = models.BooleanField("二次办理", default=False)
    is_supervised = models.BooleanField("督办", default=False)
    #: The unit in charge has objected to its present assignment.
    has_objected = models.BooleanField("已提异议", default=False)
    merged_into = TenantForeignKey("self", null=True, blank=True, related_name="merged", verbose_name="并入")
    entered_by = TenantForeignKey(
        "tenants.User", null=True, blank=True, related_name="entered_demands", verbose_name="填报人"
    )
    #: Counts the acts on it, so that who acts says which state he saw. 0: nothing but a ledger's row so far.
    version = models.PositiveIntegerField(default=0, editable=False)
    form_token = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField("登记时间", db_default=Now())
    #: Digest of the natural key of the ledger row it came from; what makes an import repeatable. Empty otherwise.
    ledger_key = models.CharField(max_length=32, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "诉求"
        ordering = ["-raised_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="demand_number_once"),
            models.UniqueConstraint(fields=["tenant", "ledger_key"], name="demand_ledger_row_once"),
            models.CheckConstraint(
                condition=models.Q(closed_on__isnull=True) | models.Q(closed_on__gte=models.F("raised_on")),
                name="demand_closed_after_raised",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("closed", "refused", "merged")) | models.Q(closed_on__isnull=False),
                name="demand_closed_has_day",
            ),
            models.UniqueConstraint(fields=["tenant", "form_token"], name="demand_form_once"),
            models.CheckConstraint(
                condition=~models.Q(state="shelved") | models.Q(promised_on__isnull=False) | models.Q(version=0),
                name="demand_shelved_has_promised_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="merged") | models.Q(merged_into__isnull=False) | models.Q(version=0),
                name="demand_merged_names_the_other",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")), name="demand_not_merged_into_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-raised_on", "-id"], name="demand_latest"),
            models.Index(fields=["tenant", "state", "due_on"], name="demand_open_by_due"),
            # The inbox: open ones first (no closing day), by due day.
            models.Index(fields=["tenant", "-closed_on", "due_on", "id"], name="demand_by_urgency"),
            models.Index(fields=["tenant", "enterprise", "raised_on"], name="demand_of_enterprise"),
            models.Index(
                fields=["tenant", "next_due_at", "id"],
                name="demand_next_due",
                condition=models.Q(closed_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.content[:40]}"


class DemandCounter(TenantModel):
    """The last demand number given out in a year; its row is locked while the next is taken."""

    audited = False

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "诉求编号"
        constraints = [models.UniqueConstraint(fields=["tenant", "year"], name="demand_counter_once_per_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
