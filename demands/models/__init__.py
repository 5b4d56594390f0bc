from .demand import Demand, DemandCounter
from .published_list import ListKind, ListOmission, ListPaper, PublishedList
from .resource import Resource

__all__ = ["Demand", "DemandCounter", "ListKind", "ListOmission", "ListPaper", "PublishedList", "Resource"]
