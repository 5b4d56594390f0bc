from .briefing import Briefing, Snapshot

__all__ = ["Briefing", "Snapshot"]
