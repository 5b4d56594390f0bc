"""What each kind of list takes from the records of an alliance (domain.md §4). Telephone numbers come out masked: every
member reads a list, and its files travel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from alliances.models import Alliance
from alliances.rotation import Quarter
from alliances.rotation_wording import in_words
from policies.models import Policy
from policies.selectors import in_force
from tenants.masking import masked_phone

from ..models import Demand, ListKind, Resource
from . import still_offered

#: What nobody has accepted, or what is no case of its own: by value, so that a list is right for every course.
NOT_LISTED = ("draft", "submitted", "returned", "refused", "merged")
#: The id of a record, and its cells.
Record = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Source:
    """Where a kind of list comes from. The first two columns name a row in sentences."""

    columns: tuple[str, ...]
    #: At most so many, the first ones.
    records: Callable[[Alliance, date, int], Iterator[Record]]
    #: What stands in the list, for who publishes it.
    rule: str
    is_used: bool = True


def _demands(alliance: Alliance, today: date, most: int) -> Iterator[Record]:
    since = Quarter.of(today).starts_on
    demands = Demand.objects.filter(alliance=alliance, raised_on__lte=today).exclude(
        Q(state__in=NOT_LISTED) | Q(result=Demand.Result.WITHDRAWN)
    )
    current = demands.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=since))
    for each in current.select_related("enterprise", "element", "unit").order_by("raised_on", "pk")[:most]:
        yield (
            each.pk,
            (
                each.content,
                each.number,
                each.enterprise.name,
                each.element.label,
                each.unit.name if each.unit else "",
                in_words(each.raised_on),
                in_words(each.due_on) if each.due_on else "",
                each.get_result_display() if each.closed_on and each.result else each.get_state_display(),
            ),
        )


def _resources(alliance: Alliance, today: date, most: int) -> Iterator[Record]:
    offered = Resource.objects.filter(still_offered(today), alliance=alliance, published_on__lte=today)
    for each in offered.select_related("enterprise", "kind").order_by("published_on", "pk")[:most]:
        yield (
            each.pk,
            (
                each.content,
                each.enterprise.name,
                each.kind.label,
                each.get_scope_display(),
                in_words(each.valid_until) if each.valid_until else "长期",
                each.contact_name,
                masked_phone(each.contact_phone),
            ),
        )


def _policies(alliance: Alliance, today: date, most: int) -> Iterator[Record]:
    for_chain = Q(cluster__isnull=True) | Q(cluster=alliance.cluster_id)
    policies = Policy.objects.filter(in_force(today), for_chain)
    for each in policies.select_related("issuer", "element").order_by("effective_on", "pk")[:most]:
        yield (
            each.pk,
            (
                each.name,
                each.document_number,
                each.issuer.name,
                each.element.label,
                each.get_scale_display() if each.scale else "不限",
                each.support,
                each.get_delivery_display(),
                in_words(each.valid_until) if each.valid_until else "长期",
                each.contact_name,
                masked_phone(each.contact_phone),
            ),
        )


#: By kind, in the order of pages.
SOURCES: dict[str, Source] = {
    ListKind.Kind.DEMANDS: Source(
        ("诉求内容", "编号", "企业", "诉求类别", "责任单位", "提出日期", "办理时限", "办理状态"),
        _demands,
        "已受理、还没有办结的诉求，和本季度办结的诉求",
    ),
    ListKind.Kind.RESOURCES: Source(
        ("资源内容", "企业", "资源类别", "共享范围", "有效期至", "联系人", "联系电话"),
        _resources,
        "本联盟有效的共享资源",
    ),
    ListKind.Kind.POLICIES: Source(
        (
            "政策名称",
            "文号",
            "发布单位",
            "要素类别",
            "适用企业",
            "扶持标准",
            "兑现方式",
            "有效期至",
            "联系人",
            "联系电话",
        ),
        _policies,
        "本联盟产业适用的现行政策",
    ),
}
