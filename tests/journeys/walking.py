"""Every page there is, found as people find it: by following links. One page for each name of the URL table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Page

from tests.tenancy import url_roles

#: Every link of the page on the portal itself, but for its own anchors.
LINKS = """() => [...document.querySelectorAll('a[href]')].map(link => link.href.split('#')[0])
    .filter(address => address.startsWith(location.origin))"""


def walk(page: Page, *more: str) -> Iterator[tuple[str, str]]:
    """Open `more` and one page of each name, breadth first from the desk; give name and address while it is open."""
    met: set[str] = set()
    waiting = deque([*more, "/"])
    while waiting:
        address = waiting.popleft()
        name = _name(address)
        if (name in met and address not in more) or not _is_page(page, address):
            continue
        met.add(name)
        assert page.goto(address).status == 200, address
        waiting += page.evaluate(LINKS)
        yield name, address


def _name(address: str) -> str:
    return resolve(urlsplit(address).path).view_name


def _is_page(page: Page, address: str) -> bool:
    """Whether the address answers with a page; the others are files to keep."""
    return page.context.request.head(address).headers.get("content-type", "").startswith("text/html")


def linked_pages(role: str) -> set[str]:
    """The pages that the table gives to a role."""
    return {each.name for each in url_roles.PAGES if role in each.who and each.data is None and each.stranger == 302}
