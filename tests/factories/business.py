"""Rows of the apps above the ground floor."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone
from stdnum.cn import uscc

from alliances.handover import digest, due_on
from alliances.models import (
    Activity,
    ActivityAttachment,
    ActivityEnterprise,
    Alliance,
    Appointment,
    BodySeat,
    CalendarFeed,
    Charter,
    Handover,
    HandoverSignature,
    JointCommittee,
    Meeting,
    MeetingBody,
    MeetingSeat,
    MeetingTopic,
    Membership,
    MembershipRequest,
    Resolution,
    ResolutionReport,
    Roster,
    RosterSlot,
    RotationRequest,
    Segment,
    SupplyLink,
    Term,
    TermHolder,
)
from alliances.rotation import Reason
from demands.list_changes import Listing, Row, to_json
from demands.models import (
    Demand,
    ListKind,
    ListOmission,
    ListPaper,
    PublishedList,
    Resource,
)
from enterprises.models import (
    Enterprise,
    PartyOrganisation,
    PartyOrganisationCount,
    Scale,
    Stream,
)
from ledgers.models import ImportRun
from notices.models import Notice
from policies.models import Policy
from reports.models import Briefing, HandoverPaper, Minutes, Snapshot
from tenants import search
from tenants.crypto import digest as digest_of
from tenants.models import DictionaryEntry, Job, Region, User
from tenants.working_days import STATUTORY

from .ground import county, entry, number_of, stored_file, unit

Kind = DictionaryEntry.Kind
ADDED = date(2026, 3, 5)


def credit_code(number: int) -> str:
    """The `number`-th valid 统一社会信用代码 of an enterprise in 济宁 (GB 32100-2015)."""
    body = f"91370800MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def enterprise(name: str | None = None, **values: Any) -> Enterprise:
    number = number_of(Enterprise)
    name = name or f"山东金大丰机械{number}有限公司"
    defaults = {
        "name": name,
        "credit_code": credit_code(number),
        "initials": search.initials(name),
        "pinyin": search.full_pinyin(name),
        "region": values.get("region") or county(),
        "scale": Scale.ABOVE_SCALE,
        "contact_name": "王芳",
        "contact_phone": "13800000000",
    }
    made = Enterprise.objects.create(**(defaults | values))
    search.index([made])
    return made


def party_organisation(enterprise: Enterprise, name: str | None = None, **values: Any) -> PartyOrganisation:
    """A branch with one report of its counts."""
    name = name or f"{enterprise.name}党支部"
    defaults = {"initials": search.initials(name), "kind": PartyOrganisation.Kind.BRANCH, "secretary": "赵刚"}
    made = PartyOrganisation.objects.create(name=name, enterprise=enterprise, **(defaults | values))
    PartyOrganisationCount.objects.create(organisation=made, reported_on=date(2026, 9, 30), members=5)
    search.index([made])
    return made


def segment(name: str = "零部件", **values: Any) -> Segment:
    defaults = {"cluster": entry(Kind.CLUSTER), "stream": Stream.UP}
    return Segment.objects.create(name=name, **(defaults | values))


def alliance(*members: Enterprise, name: str | None = None, **values: Any) -> Alliance:
    """An alliance whose members joined with its founding; the first is the initiator."""
    name = name or f"高端装备产业链党建联盟{number_of(Alliance)}"
    defaults = {
        "initials": search.initials(name),
        "pinyin": search.full_pinyin(name),
        "cluster": entry(Kind.CLUSTER),
        "region": county(),
        "initiator": members[0] if members else None,
        "founded_on": date(2025, 6, 1),
    }
    made = Alliance.objects.create(name=name, **(defaults | values))
    for each in members:
        membership(made, each)
    search.index([made])
    return made


def supply(supplier: Enterprise, customer: Enterprise, goods: str = "铸件", **values: Any) -> SupplyLink:
    defaults = {"chain": entry(Kind.CLUSTER)}
    return SupplyLink.objects.create(supplier=supplier, customer=customer, goods=goods, **(defaults | values))


def membership(alliance: Alliance, enterprise: Enterprise, **values: Any) -> Membership:
    defaults = {"joined_on": alliance.founded_on}
    return Membership.objects.create(alliance=alliance, enterprise=enterprise, **(defaults | values))


def appointment(alliance: Alliance, person: str = "周建国", **values: Any) -> Appointment:
    """A 秘书长 in office since the founding, with a telephone."""
    defaults = {
        "post": Appointment.Post.SECRETARY_GENERAL,
        "phone": "13700000000",
        "starts_on": alliance.founded_on,
    }
    return Appointment.objects.create(alliance=alliance, person=person, **(defaults | values))


def charter(alliance: Alliance, text: str = "第一条 本联盟名称。\n第二条 入盟自愿。", **values: Any) -> Charter:
    """The next version of the charter, adopted when the alliance was founded."""
    defaults = {
        "version": alliance.charters.count() + 1,
        "adopted_on": alliance.founded_on,
        "meeting": "第一次成员大会",
        "registered_at": datetime(2026, 11, 2, 1, tzinfo=UTC),
        "form_token": uuid4(),
    }
    return Charter.objects.create(alliance=alliance, text=text, **(defaults | values))


def membership_request(
    alliance: Alliance, enterprise: Enterprise, requested_by: User, **values: Any
) -> MembershipRequest:
    """A member that wants to leave."""
    defaults = {
        "kind": MembershipRequest.Kind.EXIT,
        "reason": "企业迁出本市",
        "requested_at": datetime(2026, 11, 2, 1, tzinfo=UTC),
    }
    return MembershipRequest.objects.create(
        alliance=alliance, enterprise=enterprise, requested_by=requested_by, **(defaults | values)
    )


def joint_committee(park: Region, **values: Any) -> JointCommittee:
    defaults = {"name": f"{park.name}产业链联合党委", "secretary": "郑涛", "staff": 3}
    return JointCommittee.objects.create(park=park, **(defaults | values))


def roster(alliance: Alliance, *organisations: PartyOrganisation, **values: Any) -> Roster:
    """A list of rotation in this order, in force from its adoption on."""
    adopted_on = values.pop("adopted_on", alliance.founded_on)
    defaults = {"version": alliance.rosters.count() + 1, "meeting": "第一次成员大会", "effective_on": adopted_on}
    made = Roster.objects.create(alliance=alliance, adopted_on=adopted_on, **(defaults | values))
    RosterSlot.objects.bulk_create(
        RosterSlot(roster=made, organisation=each, position=at, entered_on=made.effective_on)
        for at, each in enumerate(organisations, start=1)
    )
    return made


def term(alliance: Alliance, organisation: PartyOrganisation, starts_on: date, ends_on: date, **values: Any) -> Term:
    """A term of one quarter with its secretary; serving unless said otherwise."""
    defaults = {
        "year": ends_on.year,
        "quarter": (ends_on.month + 2) // 3,
        "reason": Reason.ORDER.value,
        "explanation": "按轮值名单顺序。",
    }
    made = Term.objects.create(
        alliance=alliance, organisation=organisation, starts_on=starts_on, ends_on=ends_on, **(defaults | values)
    )
    TermHolder.objects.create(
        term=made, organisation=organisation, person=organisation.secretary, starts_on=starts_on, ends_on=ends_on
    )
    return made


def handover(outgoing: Term, incoming: Term, **values: Any) -> Handover:
    """The pack between two terms of an alliance, not signed yet."""
    defaults = {"alliance": incoming.alliance, "due_on": due_on(incoming.starts_on, STATUTORY)}
    return Handover.objects.create(outgoing=outgoing, incoming=incoming, **(defaults | values))


def given_handover(outgoing: Term, incoming: Term, giver: User) -> Handover:
    """The same with the first signature."""
    content = {"facts": [], "parts": [], "texts": []}
    made = handover(outgoing, incoming, state=Handover.State.GIVEN, content=content, sha256=digest(content))
    HandoverSignature.objects.create(
        handover=made,
        party=HandoverSignature.Party.GIVING,
        user=giver,
        name=str(giver),
        unit=outgoing.organisation.name,
        sha256=made.sha256,
        signed_at=datetime(2026, 10, 2, 1, tzinfo=UTC),
    )
    return made


def done_handover(outgoing: Term, incoming: Term) -> Handover:
    """The same signed by all three, as far as its own row tells."""
    content = {"facts": [], "parts": [], "texts": []}
    return handover(
        outgoing,
        incoming,
        state=Handover.State.DONE,
        content=content,
        sha256=digest(content),
        completed_at=datetime(2026, 7, 6, 1, tzinfo=UTC),
    )


def handover_paper(handover: Handover, job: Job) -> HandoverPaper:
    """Its PDF."""
    return HandoverPaper.objects.create(handover=handover, job=job, file=stored_file("交接清单.pdf", b"%PDF-1.7"))


def rotation_request(
    alliance: Alliance, organisation: PartyOrganisation, requested_by: User, **values: Any
) -> RotationRequest:
    """A unit that asks to be skipped in the second quarter of 2027."""
    defaults = {
        "kind": RotationRequest.Kind.SKIP,
        "starts_on": date(2027, 4, 1),
        "ends_on": date(2027, 6, 30),
        "reason": "支部换届，请求顺延一个季度。",
        "requested_at": datetime(2026, 11, 2, 1, tzinfo=UTC),
    }
    return RotationRequest.objects.create(
        alliance=alliance, organisation=organisation, requested_by=requested_by, **(defaults | values)
    )


def meeting_body(alliance: Alliance, *seats: Enterprise, name: str = "理事会季度例会", **values: Any) -> MeetingBody:
    """A council that meets every quarter; without `seats` all members belong to it."""
    defaults = {
        "kind": MeetingBody.Kind.COUNCIL,
        "frequency": "quarterly",
        "starts_time": time(14, 30),
        "place": "市民中心三楼会议室",
        "all_members": not seats,
    }
    made = MeetingBody.objects.create(alliance=alliance, name=name, **(defaults | values))
    BodySeat.objects.bulk_create(BodySeat(body=made, enterprise=each) for each in seats)
    return made


def meeting(body: MeetingBody, **values: Any) -> Meeting:
    """A meeting that is planned in thirty days."""
    defaults = {
        "title": f"{body.name}第{number_of(Meeting)}次会议",
        "starts_at": timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=30),
        "place": body.place,
    }
    return Meeting.objects.create(body=body, **(defaults | values))


def meeting_topic(meeting: Meeting, proposed_by: User, title: str = "推广焊工共享用工", **values: Any) -> MeetingTopic:
    defaults = {"position": meeting.topics.count() + 1, "origin": "秘书处", "state": MeetingTopic.State.ACCEPTED}
    return MeetingTopic.objects.create(meeting=meeting, title=title, proposed_by=proposed_by, **(defaults | values))


def meeting_seat(meeting: Meeting, enterprise: Enterprise, **values: Any) -> MeetingSeat:
    return MeetingSeat.objects.create(meeting=meeting, enterprise=enterprise, **values)


def calendar_feed(user: User, token: str = "token") -> CalendarFeed:
    return CalendarFeed.objects.create(user=user, token_digest=digest_of(token), created_at=timezone.now())


def resolution(meeting: Meeting, text: str = "建立焊工共享用工台账", **values: Any) -> Resolution:
    """A resolution that was carried without a vote against it and waits to be carried out."""
    defaults = {"position": meeting.resolutions.count() + 1, "in_favour": 3, "due_on": date(2026, 12, 31)}
    defaults["state"] = Resolution.State.OPEN
    return Resolution.objects.create(meeting=meeting, text=text, **(defaults | values))


def resolution_report(resolution: Resolution, meeting: Meeting, reported_by: User, **values: Any) -> ResolutionReport:
    defaults = {"is_done": False, "note": "台账已建，协议在签。"}
    return ResolutionReport.objects.create(
        resolution=resolution, meeting=meeting, reported_by=reported_by, **(defaults | values)
    )


def activity(
    alliance: Alliance, *participants: Enterprise, topic: str = "学习党的二十大精神", **values: Any
) -> Activity:
    defaults = {"held_on": ADDED, "type": entry(Kind.ACTIVITY_TYPE), "five_joint": Activity.FiveJoint.ORGANISATION}
    made = Activity.objects.create(alliance=alliance, topic=topic, **(defaults | values))
    ActivityEnterprise.objects.bulk_create(ActivityEnterprise(activity=made, enterprise=each) for each in participants)
    search.index([made])
    return made


def attachment(activity: Activity, name: str = "现场照片.jpg", **values: Any) -> ActivityAttachment:
    file = values.get("file") or stored_file(name, content=activity.topic.encode())
    return ActivityAttachment.objects.create(activity=activity, file=file)


def demand(enterprise: Enterprise, content: str = "缺少熟练焊工二十名", **values: Any) -> Demand:
    defaults = {
        "number": f"XQ-2026-{number_of(Demand):06d}",
        "element": entry(Kind.ELEMENT),
        "state": Demand.State.IN_PROGRESS,
        "raised_on": ADDED,
    }
    made = Demand.objects.create(enterprise=enterprise, content=content, **(defaults | values))
    search.index([made])
    return made


def resource(enterprise: Enterprise, content: str = "五轴加工中心可对外加工", **values: Any) -> Resource:
    """An offer to the city through the enterprise's alliance, or the one given."""
    defaults = {
        "alliance": values.get("alliance") or enterprise.alliances.first(),
        "kind": entry(Kind.RESOURCE_KIND),
        "published_on": ADDED,
        "scope": Resource.Scope.CITY,
        "contact_phone": "13900000000",
    }
    made = Resource.objects.create(enterprise=enterprise, content=content, **(defaults | values))
    search.index([made])
    return made


def published_list(alliance: Alliance, published_by: User, *rows: Row, **values: Any) -> PublishedList:
    """The next version of the alliance's 需求清单, or of another kind."""
    kind = values.get("kind", ListKind.Kind.DEMANDS)
    listing = Listing(("编号", "诉求内容", "办理状态"), rows or (Row("1", ("XQ-2026-000001", "缺少焊工", "办理中")),))
    content = {"alliance": alliance.name, "period": "2026年第三季度"} | to_json(listing)
    defaults = {
        "kind": kind,
        "version": alliance.published_lists.filter(kind=kind).count() + 1,
        "name": ListKind.Kind(kind).label,
        "period": date(2026, 7, 1),
        "published_on": date(2026, 8, 20),
        "row_count": len(listing.rows),
        "summary": "首次发布",
        "content": content,
        "sha256": digest(content),
    }
    return PublishedList.objects.create(alliance=alliance, published_by=published_by, **(defaults | values))


def list_paper(published: PublishedList, job: Job) -> ListPaper:
    """Its files."""
    files = {"excel": stored_file("需求清单.xlsx", b"PK"), "pdf": stored_file("需求清单.pdf", b"%PDF-1.7")}
    return ListPaper.objects.create(published=published, job=job, **files)


def list_omission(alliance: Alliance, left_out_by: User, record: int = 1, **values: Any) -> ListOmission:
    defaults = {"kind": ListKind.Kind.DEMANDS, "title": "缺少焊工", "reason": "企业不愿公开", "left_out_on": ADDED}
    return ListOmission.objects.create(alliance=alliance, record=record, left_out_by=left_out_by, **(defaults | values))


def policy(name: str = "稳岗返还补贴", **values: Any) -> Policy:
    defaults = {
        "initials": search.initials(name),
        "document_number": f"济人社〔2026〕{number_of(Policy)}号",
        "issuer": values.get("issuer") or unit(),
        "element": entry(Kind.ELEMENT),
        "effective_on": date(2026, 1, 1),
        "delivery": Policy.Delivery.REVIEWED,
    }
    made = Policy.objects.create(name=name, **(defaults | values))
    search.index([made])
    return made


def minutes(meeting: Meeting, **values: Any) -> Minutes:
    defaults = {"pdf": stored_file("纪要.pdf", b"%PDF-1.7"), "word": stored_file("纪要.docx", b"PK")}
    return Minutes.objects.create(meeting=meeting, **(defaults | values))


def import_run(**values: Any) -> ImportRun:
    return ImportRun.objects.create(**({"sheet_key": "enterprises", "source": stored_file()} | values))


def notice(recipient: User, title: str = "导入已完成", **values: Any) -> Notice:
    return Notice.objects.create(recipient=recipient, title=title, **({"key": f"n{number_of(Notice)}"} | values))


def snapshot(**values: Any) -> Snapshot:
    defaults = {
        "number": f"KZ-2026-{number_of(Snapshot):06d}",
        "region": values.get("region") or county(),
        "period_from": date(2026, 7, 1),
        "period_to": date(2026, 9, 30),
        "figures": {},
        "sha256": "0" * 64,
    }
    return Snapshot.objects.create(**(defaults | values))


def briefing(**values: Any) -> Briefing:
    number = number_of(Briefing)
    defaults = {
        "year": 2026,
        "quarter": 3,
        "region": values.get("region") or county(),
        "issue": number,
        "serial": number,
        "title": "产业链党建工作简报",
        "snapshot": values.get("snapshot") or snapshot(),
        "file": values.get("file") or stored_file("简报.pdf", b"%PDF-1.7"),
    }
    return Briefing.objects.create(**(defaults | values))
