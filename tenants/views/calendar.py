"""The administrator's pages about the working-day calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from .. import services
from ..calendar_pages import months
from ..forms import CalendarForm
from ..plain_forms import PlainForm
from ..selectors import calendar as found
from ..services.calendar import CalendarMovedError
from ..working_days import STATUTORY
from .base import ActPage, FormPage


class CalendarView(FormPage):
    """A year of the calendar, its versions, and a form that changes it; `?version=` shows the year in an older one."""

    template_name = "tenants/calendar.html"
    title, submit = "工作日历", "保存"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.today = timezone.localdate()
        return super().dispatch(request, *args, **kwargs)

    @property
    def year(self) -> int:
        """The year on the page; this one unless another is asked for."""
        wanted = self.request.GET.get("year", "")
        if wanted and not wanted.isdecimal():
            raise Http404
        year = int(wanted) if wanted else self.today.year
        if not min(STATUTORY.years) <= year <= self.today.year + 2:
            raise Http404
        return year

    def shown(self) -> found.CalendarKept:
        wanted = self.request.GET.get("version", "")
        if not wanted:
            return found.calendar_kept()
        if not wanted.isdecimal():
            raise Http404
        return found.calendar_version_get(actor=self.request.actor, number=int(wanted))

    def make_form(self, data: Any = None) -> CalendarForm:
        current = found.calendar_current()
        unknown = None if current.calendar_known(self.year) or self.year < self.today.year else self.year
        return CalendarForm(
            data, initial={"version": current.version, "token": uuid4(), "rule": "off"}, unknown_year=unknown
        )

    def act(self, form: BaseForm) -> str:
        try:
            made = services.calendar_change(actor=self.request.actor, now=timezone.now(), **form.cleaned_data)
        except CalendarMovedError as moved:
            data = self.request.POST.copy()
            data["version"] = str(moved.version)
            form.data = data
            raise
        return f"已保存为第 {made.number} 版。已经定下的时限不变，需要时请重算。"

    def next_url(self) -> str:
        return f"{reverse('tenants:calendar')}?year={self.year}"

    def context(self) -> dict[str, Any]:
        shown, current, year = self.shown(), found.calendar_current(), self.year
        years = range(max(self.today.year - 2, min(STATUTORY.years)), self.today.year + 2)
        version = shown.calendar.version
        suffix = f"&version={version}" if version != current.version else ""
        return {
            "year": year,
            "years": [{"label": f"{each}年", "url": f"?year={each}{suffix}", "on": each == year} for each in years],
            "months": months(shown.calendar, shown.days, year),
            "weekdays": "一二三四五六日",
            "is_known": shown.calendar.calendar_known(year),
            "version": version,
            "is_old": version != current.version,
            "current_version": current.version,
            "missing": found.calendar_missing(today=self.today),
            "imports": [{"year": each, "token": uuid4()} for each in found.official_years_open(today=self.today)],
            "history": found.calendar_history(actor=self.request.actor),
            "outdated": found.deadlines_outdated(actor=self.request.actor),
            "recompute_token": uuid4(),
            "cancel_url": "",
        }


class TokenForm(PlainForm):
    token = forms.UUIDField()


def token_of(request: HttpRequest) -> UUID:
    """The token of the form that a button stands in; a call without one is its own."""
    form = TokenForm(request.POST)
    return form.cleaned_data["token"] if form.is_valid() else uuid4()


class CalendarImportView(ActPage):
    """Take over the State Council's notice of a year."""

    def act(self) -> str:
        year = self.kwargs["year"]
        made = services.calendar_import(
            actor=self.request.actor, year=year, token=token_of(self.request), now=timezone.now()
        )
        return f"已收录{year}年放假安排，保存为第 {made.number} 版。"

    def next_url(self) -> str:
        return f"{reverse('tenants:calendar')}?year={min(self.kwargs['year'], timezone.localdate().year + 2)}"


class DeadlinesRecomputeView(ActPage):
    """Compute the open deadlines of older versions again."""

    def act(self) -> str:
        moved = services.deadlines_recompute(actor=self.request.actor, token=token_of(self.request), now=timezone.now())
        return f"已按现行日历重算，{moved} 条时限有变动。" if moved else "已按现行日历重算，没有时限变动。"

    def next_url(self) -> str:
        return reverse("tenants:calendar")
