"""The tabs of an alliance's page."""

from tenants.tabs import TabBar

alliance_tabs = TabBar()
