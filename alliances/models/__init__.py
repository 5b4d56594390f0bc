from .activity import Activity, ActivityAttachment, ActivityEnterprise
from .agreement import Agreement, AgreementParty
from .alliance import Alliance, AlliancePermission, Membership, Segment
from .appointment import Appointment
from .brand import BrandAttachment, BrandProgress, BrandProject
from .case import CaseEnterprise, CasePhoto, CaseStep, TypicalCase
from .chain import SupplyLink
from .charter import Charter
from .feed import CalendarFeed
from .handover import Handover, HandoverSignature
from .joint_committee import JointCommittee
from .meeting import BodySeat, Meeting, MeetingBody, MeetingSeat, MeetingTopic
from .membership_request import MembershipRequest
from .resolution import Resolution, ResolutionReport
from .rotation import Roster, RosterSlot, RotationRequest, Term, TermHolder
from .sign_in import ActivitySignIn, SignInEntry
from .venue import Venue, VenueBooking

__all__ = [
    "Activity",
    "ActivityAttachment",
    "ActivityEnterprise",
    "ActivitySignIn",
    "Agreement",
    "AgreementParty",
    "Alliance",
    "AlliancePermission",
    "Appointment",
    "BodySeat",
    "BrandAttachment",
    "BrandProgress",
    "BrandProject",
    "CalendarFeed",
    "CaseEnterprise",
    "CasePhoto",
    "CaseStep",
    "Charter",
    "Handover",
    "HandoverSignature",
    "JointCommittee",
    "Meeting",
    "MeetingBody",
    "MeetingSeat",
    "MeetingTopic",
    "Membership",
    "MembershipRequest",
    "Resolution",
    "ResolutionReport",
    "Roster",
    "RosterSlot",
    "RotationRequest",
    "Segment",
    "SignInEntry",
    "SupplyLink",
    "Term",
    "TermHolder",
    "TypicalCase",
    "Venue",
    "VenueBooking",
]
