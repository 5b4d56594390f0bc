"""The tabs of an alliance's page and of a meeting's, what upper floors offer about a finished handover pack, and the
lists of cases, projects and booklets."""

from tenants.tabs import TabBar

alliance_tabs = TabBar()
case_tabs = TabBar()
handover_tabs = TabBar()
meeting_tabs = TabBar()
