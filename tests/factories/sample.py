"""At least one row of every model, the same in every tenant that it is filled into: what leaks is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from alliances.models import (
    Activity,
    ActivityAttachment,
    Agreement,
    Alliance,
    Appointment,
    BrandAttachment,
    BrandProject,
    CasePhoto,
    Charter,
    Handover,
    JointCommittee,
    Meeting,
    MeetingBody,
    MeetingSeat,
    MeetingTopic,
    Membership,
    MembershipRequest,
    Resolution,
    RotationRequest,
    Segment,
    SupplyLink,
    Term,
    TypicalCase,
    Venue,
    VenueBooking,
)
from demands.models import Demand, DemandCounter, DemandEvent, ListKind, PublishedList, Resource
from demands.services.published_lists import LIST_TASK
from enterprises.models import (
    Cadre,
    Enterprise,
    InstructorTeam,
    PartyOrganisation,
    SupportGroup,
    TeamAssignment,
    TeamMember,
    Visit,
)
from ledgers.models import ImportRun
from notices.models import Channel, Notice
from policies.models import Policy
from reports.booklet_selectors import BOOKLET_TASK
from reports.models import Briefing, CaseBooklet, Snapshot
from reports.selectors import BRIEFING_TASK, HANDOVER_TASK, PROFILE_TASK
from tenants.models import DictionaryEntry, Invitation, Job, Region, Role, RoleAssignment, StoredFile, Unit, User
from tenants.permissions import Actor

from . import business, cases, cooperation, courses, doors, forces, ground, messages, people


@dataclass(frozen=True)
class Sample:
    """Rows of 任城区, seen by everybody in it; `other_…` are those of 鱼台县."""

    city: Region
    county: Region
    other_county: Region
    park: Region
    unit: Unit
    element: DictionaryEntry
    enterprise: Enterprise
    other_enterprise: Enterprise
    party_organisation: PartyOrganisation
    other_party_organisation: PartyOrganisation
    support_group: SupportGroup
    other_support_group: SupportGroup
    cadre: Cadre
    team: InstructorTeam
    other_team: InstructorTeam
    team_member: TeamMember
    other_team_member: TeamMember
    team_assignment: TeamAssignment
    other_team_assignment: TeamAssignment
    visit: Visit
    other_visit: Visit
    segment: Segment
    cluster: DictionaryEntry
    #: Between the two counties: only who sees both sees it.
    supply: SupplyLink
    alliance: Alliance
    other_alliance: Alliance
    appointment: Appointment
    other_appointment: Appointment
    membership: Membership
    membership_request: MembershipRequest
    other_membership: Membership
    other_membership_request: MembershipRequest
    joint_committee: JointCommittee
    charter: Charter
    other_charter: Charter
    activity: Activity
    other_activity: Activity
    attachment: ActivityAttachment
    other_attachment: ActivityAttachment
    agreement: Agreement
    other_agreement: Agreement
    venue: Venue
    other_venue: Venue
    booking: VenueBooking
    brand: BrandProject
    other_brand: BrandProject
    brand_attachment: BrandAttachment
    other_brand_attachment: BrandAttachment
    #: Returned to its alliance.
    case: TypicalCase
    other_case: TypicalCase
    #: Waits for the county's review.
    submitted_case: TypicalCase
    accepted_case: TypicalCase
    booklet: CaseBooklet
    booklet_job: Job
    photo: CasePhoto
    other_photo: CasePhoto
    term: Term
    handover: Handover
    other_handover: Handover
    done_handover: Handover
    rotation_request: RotationRequest
    meeting_body: MeetingBody
    other_meeting_body: MeetingBody
    meeting: Meeting
    other_meeting: Meeting
    meeting_topic: MeetingTopic
    #: With its minutes.
    held_meeting: Meeting
    #: Called for today.
    running_meeting: Meeting
    meeting_seat: MeetingSeat
    #: Of a meeting before.
    resolution: Resolution
    demand: Demand
    other_demand: Demand
    demand_event: DemandEvent
    other_demand_event: DemandEvent
    resource: Resource
    other_resource: Resource
    published_list: PublishedList
    other_published_list: PublishedList
    policy: Policy
    run: ImportRun
    job: Job
    file: StoredFile
    snapshot: Snapshot
    briefing: Briefing
    briefing_job: Job
    profile_job: Job
    other_profile_job: Job
    admin: Actor
    role: RoleAssignment
    user: User
    notice: Notice
    robot: Channel
    invitation: Invitation


def fill() -> Sample:
    """Fill the open tenant, which `ground.city` made."""
    here, there = ground.county("任城区"), ground.county("鱼台县")
    park, unit, other_unit = ground.park(), ground.unit(), ground.unit("市财政局")
    first = business.enterprise(region=here, park=park)
    second = business.enterprise(region=there)
    alliance = business.alliance(first, region=here, lead_unit=unit)
    other_alliance = business.alliance(second, region=there, lead_unit=other_unit)
    group, other_group = forces.support_group(first), forces.support_group(second, region=there)
    team, other_team = forces.team(first), forces.team(second, region=there)
    DemandCounter.objects.create(year=2026, last=2)
    activity, other_activity = business.activity(alliance, first), business.activity(other_alliance, second)
    doors.sign_in_code(activity, first)
    members_only = {"scope": Resource.Scope.ALLIANCE}
    party, other_party = business.party_organisation(first), business.party_organisation(second)
    business.roster(alliance, party)
    admin = people.actor(Role.TENANT_ADMIN, login="admin")
    body, other_body = business.meeting_body(alliance), business.meeting_body(other_alliance, second)
    meeting, other_meeting = business.meeting(body), business.meeting(other_body)
    now = timezone.now()
    held = business.meeting(body, state="held", called_at=now, starts_at=now - timedelta(days=90))
    running = business.meeting(body, state="called", called_at=now, starts_at=now)
    business.meeting(other_body, state="called", called_at=now, starts_at=now)
    resolution = business.resolution(held)
    business.minutes(held)
    business.calendar_feed(admin.user)
    business.resolution_report(resolution, running, admin.user)
    business.meeting_seat(other_meeting, second)
    snapshot = business.snapshot(region=here.parent)
    last, term = _terms(alliance, party)
    second_quarter = (date(2026, 4, 1), date(2026, 6, 30))
    before = business.term(alliance, party, *second_quarter, outcome=Term.Outcome.COMPLETED)
    done_handover = business.done_handover(before, last)
    business.handover_paper(done_handover, ground.job(HANDOVER_TASK, started_by=admin.user))
    robot, notice = messages.robot(unit), business.notice(admin.user)
    messages.delivery(robot, notice)
    published = business.published_list(alliance, admin.user)
    business.list_paper(published, ground.job(LIST_TASK, started_by=admin.user))
    business.list_omission(alliance, admin.user)
    ListKind.objects.create(kind=ListKind.Kind.DEMANDS, name="需求清单")
    other_published = business.published_list(other_alliance, admin.user)
    business.list_paper(other_published, ground.job(LIST_TASK, started_by=admin.user))
    agreement = cooperation.agreement(alliance, first, file=ground.stored_file("协议.pdf"))
    other_agreement = cooperation.agreement(other_alliance, second, file=ground.stored_file("协议.pdf"))
    venue, other_venue = cooperation.venue(alliance, first), cooperation.venue(other_alliance, second)
    brand, other_brand = cases.brand(alliance, first), cases.brand(other_alliance, second)
    cases.brand_progress(brand, admin.user)
    returned = {"state": "returned", "writer": admin.user}
    case = cases.typical_case(alliance, first, **returned)
    other_case = cases.typical_case(other_alliance, second, **returned)
    accepted_case = cases.typical_case(alliance, first, title="共享用工计")
    # Object grants of every kind.
    people.actor(Role.ROTATING_SECRETARY, party_organisation=other_party, login="lead-of-second")
    of_second = people.actor(Role.ENTERPRISE, enterprise=second, login="operator-of-second")
    of_alliance = people.actor(Role.ALLIANCE_SECRETARY, alliance=other_alliance, login="secretary-of-second")
    return Sample(
        city=here.parent,
        county=here,
        other_county=there,
        park=park,
        unit=unit,
        element=ground.entry(DictionaryEntry.Kind.ELEMENT),
        enterprise=first,
        other_enterprise=second,
        party_organisation=party,
        other_party_organisation=other_party,
        support_group=group,
        other_support_group=other_group,
        cadre=forces.cadre(group),
        team=team,
        other_team=other_team,
        team_member=forces.team_member(team, is_leader=True),
        other_team_member=forces.team_member(other_team),
        team_assignment=team.assignments.get(),
        other_team_assignment=other_team.assignments.get(),
        visit=forces.visit(first, group=group, recorded_by=admin.user),
        other_visit=forces.visit(second, recorded_by=admin.user),
        segment=(segment := business.segment()),
        cluster=segment.cluster,
        supply=business.supply(first, second),
        alliance=alliance,
        other_alliance=other_alliance,
        appointment=business.appointment(alliance),
        other_appointment=business.appointment(other_alliance, account=of_alliance.user),
        membership=alliance.memberships.get(),
        membership_request=business.membership_request(alliance, first, admin.user),
        other_membership=other_alliance.memberships.get(),
        other_membership_request=business.membership_request(other_alliance, second, admin.user),
        joint_committee=business.joint_committee(park),
        charter=business.charter(alliance, file=ground.stored_file("章程.pdf"), registered_by=admin.user),
        other_charter=business.charter(other_alliance, file=ground.stored_file("章程.docx")),
        activity=activity,
        other_activity=other_activity,
        attachment=business.attachment(activity),
        other_attachment=business.attachment(other_activity),
        agreement=agreement,
        other_agreement=other_agreement,
        venue=venue,
        other_venue=other_venue,
        booking=cooperation.booking(venue, admin.user),
        brand=brand,
        other_brand=other_brand,
        brand_attachment=cases.brand_attachment(brand),
        other_brand_attachment=cases.brand_attachment(other_brand),
        case=case,
        other_case=other_case,
        submitted_case=cases.typical_case(alliance, first, title="带货计", state="submitted"),
        accepted_case=accepted_case,
        booklet=cases.booklet(accepted_case, job=ground.job(BOOKLET_TASK)),
        booklet_job=ground.job(BOOKLET_TASK, started_by=admin.user),
        photo=cases.case_photo(case),
        other_photo=cases.case_photo(other_case),
        term=term,
        handover=business.handover(last, term),
        done_handover=done_handover,
        other_handover=business.given_handover(*_terms(other_alliance, other_party), of_second.user),
        rotation_request=business.rotation_request(alliance, party, admin.user),
        meeting_body=body,
        other_meeting_body=other_body,
        meeting=meeting,
        other_meeting=other_meeting,
        meeting_topic=business.meeting_topic(meeting, admin.user),
        held_meeting=held,
        running_meeting=running,
        meeting_seat=business.meeting_seat(running, first),
        resolution=resolution,
        demand=(demand := business.demand(first, alliance=alliance, unit=unit)),
        other_demand=(other_demand := business.demand(second, alliance=other_alliance, unit=other_unit)),
        demand_event=courses.course(demand, admin.user),
        other_demand_event=courses.course(other_demand, of_second.user),
        resource=business.resource(first, **members_only),
        other_resource=business.resource(second, **members_only),
        published_list=published,
        other_published_list=other_published,
        policy=business.policy(issuer=unit),
        run=business.import_run(started_by=admin.user, error_workbook=ground.stored_file("错误标注.xlsx")),
        job=ground.job(started_by=admin.user),
        file=ground.stored_file(uploaded_by=admin.user),
        snapshot=snapshot,
        briefing=business.briefing(region=here.parent, snapshot=snapshot),
        profile_job=_profile(alliance, admin.user),
        other_profile_job=_profile(other_alliance, admin.user),
        briefing_job=ground.job(BRIEFING_TASK, started_by=admin.user),
        admin=admin,
        role=RoleAssignment.objects.get(user=admin.user),
        user=of_second.user,
        notice=notice,
        robot=robot,
        invitation=ground.invitation(admin.user),
    )


def _terms(alliance: Alliance, party: PartyOrganisation) -> tuple[Term, Term]:
    """The terms of the third and the fourth quarter of 2026."""
    ended = business.term(alliance, party, date(2026, 7, 1), date(2026, 9, 30), outcome=Term.Outcome.COMPLETED)
    return ended, business.term(alliance, party, date(2026, 10, 1), date(2026, 12, 31))


def _profile(alliance: Alliance, asked_by: User) -> Job:
    """A finished profile of an alliance."""
    return ground.job(
        PROFILE_TASK,
        started_by=asked_by,
        state=Job.State.DONE,
        arguments={"alliance": alliance.pk},
        result={"file": ground.stored_file("一页通.pdf").pk},
    )
