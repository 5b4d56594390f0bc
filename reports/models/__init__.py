from .briefing import Briefing, Snapshot
from .handover import HandoverPaper

__all__ = ["Briefing", "HandoverPaper", "Snapshot"]
