"""The tabs of an alliance's page and of a meeting's, and what upper floors offer about a finished handover pack."""

from tenants.tabs import TabBar

alliance_tabs = TabBar()
handover_tabs = TabBar()
meeting_tabs = TabBar()
