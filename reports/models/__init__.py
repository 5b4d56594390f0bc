from .briefing import Briefing, Snapshot
from .demand_paper import DemandPaper
from .handover import HandoverPaper
from .minutes import Minutes

__all__ = ["Briefing", "DemandPaper", "HandoverPaper", "Minutes", "Snapshot"]
