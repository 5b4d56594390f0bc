from .briefing import Briefing, Snapshot
from .handover import HandoverPaper
from .minutes import Minutes

__all__ = ["Briefing", "HandoverPaper", "Minutes", "Snapshot"]
