"""The file of the sample city's busiest alliance: what the ledgers do not tell. Every step may run again."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from alliances.models import Alliance, Appointment, Membership, MembershipRequest
from alliances.rotation import Quarter
from alliances.services.appointments import Officer, appoint
from alliances.services.charters import charter_register
from alliances.services.joint_committees import joint_committee_save
from alliances.services.memberships import membership_request
from enterprises.models import Enterprise
from tenants.models import Region, User
from tenants.permissions import Actor

#: One form for each version: registered once, whatever happens.
FORMS = (UUID(int=1), UUID(int=2))
CHARTER = (
    "第一条 本联盟由产业链上下游企业党组织自愿组成，接受市委两新工委和属地党委领导。",
    "第二条 联盟以党建为纽带，围绕产业链开展组织共建、事务共商、资源共享、发展共促、品牌共创。",
    "第三条 承认本章程的链上企业可以申请入盟，经联盟秘书长审核后成为成员。",
    "第四条 成员单位党组织书记按季度轮流担任轮值书记，任期一个季度，按名单顺序接任。",
    "第五条 成员大会每年召开一次，三分之二以上成员到会方可举行，决议须经到会成员过半数通过。",
    "第六条 成员单位可以自愿退盟，书面告知联盟秘书长后生效。",
    "第七条 联盟不收取会费，不组织评比排名，不要求成员单位打卡留痕。",
)
AMENDED = {
    2: "第三条 承认本章程的链上企业可以书面申请入盟，经理事会会议同意后成为成员。",
    5: "第六条 成员单位可以自愿退盟；退盟须书面申请，经理事会会议确认，任期内退盟的由下一顺位接任。",
}


def charter_ensure(admin: Actor, alliance: Alliance) -> None:
    """The charter of the founding, and what a general meeting changed last year."""
    now = timezone.now()
    amended_on = Quarter.of(timezone.localdate(now)).following(-3).starts_on
    amended = [AMENDED.get(number, text) for number, text in enumerate(CHARTER)]
    versions = (
        (alliance.founded_on, "成立大会", CHARTER, ""),
        (max(amended_on, alliance.founded_on), "成员大会", amended, "入盟、退盟改为经理事会会议决定。"),
    )
    for form, (adopted_on, meeting, articles, note) in zip(FORMS, versions, strict=True):
        charter_register(
            actor=admin,
            alliance=alliance,
            adopted_on=adopted_on,
            meeting=meeting,
            text="\n".join(articles),
            note=note,
            upload=None,
            token=form,
            now=now,
        )


def liaison_ensure(admin: Actor, alliance: Alliance, account: User) -> None:
    """A 联络员, who runs the alliance's file with the account of the sample's secretary."""
    officer = Officer("王静", alliance.founded_on, "发起单位党委办公室主任", "13905370001", account)
    post = Appointment.Post.LIAISON
    appoint(actor=admin, alliance=alliance, post=post, officer=officer, today=timezone.localdate())


def application_ensure(admin: Actor, alliance: Alliance) -> None:
    """An enterprise of the alliance's county that belongs to no alliance yet wants to join."""
    members = Membership.objects.values("enterprise")
    outside = Enterprise.objects.filter(region=alliance.region, is_operating=True).exclude(pk__in=members)
    enterprise = outside.order_by("pinyin", "pk").first()
    if enterprise and not alliance.membership_requests.exists():
        membership_request(
            actor=admin,
            alliance=alliance,
            kind=MembershipRequest.Kind.JOIN,
            enterprise=enterprise,
            reason="为本链成员企业提供配套，愿意遵守章程。",
            now=timezone.now(),
        )


def committees_ensure(admin: Actor, alliance: Alliance) -> None:
    """Two of the alliance's parks have their joint committee; the others are still to found one."""
    parks = Region.objects.filter(parent=alliance.region, level=Region.Level.PARK, joint_committees__isnull=True)
    missing = 2 - Region.objects.filter(joint_committees__isnull=False).count()
    for park, secretary in zip(parks.order_by("position", "pk")[: max(missing, 0)], ("孔令军", "颜秀英"), strict=False):
        joint_committee_save(
            actor=admin,
            park=park,
            name=f"{park.name}产业链联合党委",
            secretary=secretary,
            staff=3,
            founded_on=alliance.founded_on,
            version="",
            today=timezone.localdate(),
        )
