"""HTML to PDF by WeasyPrint: one layout, fonts loaded once per process, nothing fetched from anywhere.

WeasyPrint by itself reads `file:` and any host; here only `data:` and the bundled fonts answer (security.md "Input and
output").
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from .fonts import FontSet, font_file, font_set, installed_families

#: A paper of more HTML than this would keep a worker for minutes (20,000 table rows took 146 s).
MAX_HTML = 2_000_000
#: The scheme under which a paper names its photos.
PHOTO = "photo:"


class PaperTooLongError(ValueError):
    """The paper would be too long to lay out; `sentence` is for the user."""

    sentence = "内容太多，超出一份材料的上限。请缩小时期或区域后重试。"


@dataclass(frozen=True)
class Printed:
    """A finished PDF."""

    content: bytes
    pages: int


class PaperFetcher(URLFetcher):
    """Answers for `data:` addresses, bundled fonts and the photos it was given only; anything else is left out of the
    paper."""

    def __init__(self, photos: Mapping[str, bytes] | None = None) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self.photos = photos or {}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        photo = self.photos.get(url.removeprefix(PHOTO)) if url.startswith(PHOTO) else None
        if photo is not None:
            return URLFetcherResponse(url, photo, {"Content-Type": "image/jpeg"})
        path = font_file(url)
        if path is not None:
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/otf"})
        return super().fetch(url, headers)


@cache
def fonts() -> FontSet:
    """What papers are printed with on this machine, and what to say about it."""
    return font_set(installed_families())


@cache
def _loaded() -> tuple[FontConfiguration, CSS]:
    configuration = FontConfiguration()
    return configuration, CSS(string=fonts().stylesheet, font_config=configuration, url_fetcher=PaperFetcher())


def print_pdf(html: str, photos: Mapping[str, bytes] | None = None) -> Printed:
    """Lay `html` out once and write it as PDF with embedded, subsetted fonts. `photos` are the JPEGs behind its
    `photo:<key>` addresses.

    Raises `PaperTooLongError` for more than `MAX_HTML` characters. Only for workers and commands, never in a request.
    """
    if len(html) > MAX_HTML:
        raise PaperTooLongError(PaperTooLongError.sentence)
    configuration, stylesheet = _loaded()
    with _collector_paused():
        document = HTML(string=html, url_fetcher=PaperFetcher(photos)).render(
            font_config=configuration, stylesheets=[stylesheet], presentational_hints=False
        )
        return Printed(document.write_pdf(), len(document.pages))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A layout is one great graph that lives to its end: looking for garbage in it again and again costs a sixteenth of
    the time. `MAX_HTML` bounds what piles up meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
