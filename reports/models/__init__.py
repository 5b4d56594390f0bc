from .booklet import BookletChapter, CaseBooklet
from .briefing import Briefing, Snapshot
from .demand_paper import DemandPaper
from .handover import HandoverPaper
from .minutes import Minutes

__all__ = ["BookletChapter", "Briefing", "CaseBooklet", "DemandPaper", "HandoverPaper", "Minutes", "Snapshot"]
