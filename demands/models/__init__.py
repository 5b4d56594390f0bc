from .course import Assignment, DemandDeadline, DemandEvent, DemandExtension, DemandPause
from .demand import Demand, DemandCounter
from .published_list import ListKind, ListOmission, ListPaper, PublishedList
from .resource import Resource

__all__ = [
    "Assignment",
    "Demand",
    "DemandCounter",
    "DemandDeadline",
    "DemandEvent",
    "DemandExtension",
    "DemandPause",
    "ListKind",
    "ListOmission",
    "ListPaper",
    "PublishedList",
    "Resource",
]
