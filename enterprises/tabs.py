"""The tabs of an enterprise's page."""

from tenants.tabs import TabBar

enterprise_tabs = TabBar()
