"""The tab 合作 of an alliance: pairings and agreements, shared venues and their bookings; projects and cases, whose
own pages are in `brands` and `cases`."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from tenants.files import file_response
from tenants.listing import ListView
from tenants.pages import TenantPage
from tenants.trail import trail
from tenants.views.base import FormPage

from .. import selectors
from ..filters import AgreementFilter
from ..forms.cooperation import AgreementForm, BookingForm, CancelForm, EndForm, VenueForm
from ..models import Agreement, Alliance, Venue
from ..permissions import KEEPERS, SEES_LOG, keeps
from ..rotation_wording import in_words
from ..selectors import cooperation as found
from ..selectors.brands import brands_of, shortages_of
from ..selectors.cases import cases_of
from ..services.agreements import REFUSAL, agreement_end, agreement_register
from ..services.venues import REFUSAL as VENUE_REFUSAL
from ..services.venues import booking_cancel, venue_book, venue_offer, venue_update
from .alliances import AllianceTabView, open_to

TAB_ROWS = 10


class AllianceCooperationView(AllianceTabView):
    route = "alliances:cooperation"
    template_name = "alliances/alliance_cooperation.html"

    def tab_context(self, request: HttpRequest, alliance: Alliance) -> dict[str, Any]:
        actor, today = request.actor, timezone.localdate()
        agreements = found.agreement_list(actor=actor).filter(alliance=alliance)
        shown = list(found.with_renewal(agreements).prefetch_related("parties")[:TAB_ROWS])
        found.light_up(shown, today=today)
        venues = list(found.venue_list(actor=actor).filter(alliance=alliance).select_related("enterprise"))
        keeper, projects = keeps(actor, alliance), brands_of(alliance)
        return {
            "agreements": shown,
            "total": agreements.count(),
            "in_force": agreements.filter(found.in_force(today)).count(),
            "venues": venues,
            "keeps": keeper,
            "brands": projects,
            "shortages": shortages_of(alliance, projects, today=today) if keeper else [],
            "cases": cases_of(actor=actor, alliance=alliance)[:TAB_ROWS],
            "may_offer": keeper or bool(found.own_members(actor=actor, alliance=alliance)),
        }


class AgreementListView(ListView):
    selector = found.agreement_list
    filterset_class = AgreementFilter
    template_name = "alliances/agreement_list.html"
    title = "结对与协议"
    related = ("alliance",)
    is_small = True
    empty = {"empty_title": "还没有结对和协议", "empty_text": "由联盟秘书长在联盟的“合作”栏登记。"}

    def fill(self, page: Page) -> Page:
        page = super().fill(page)
        found.light_up(page.object_list, today=timezone.localdate())
        return page

    def prepare(self, rows: Any) -> Any:
        return found.with_renewal(super().prepare(rows)).prefetch_related("parties")


class AgreementDetailView(TenantPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        agreement = found.agreement_get(actor=request.actor, pk=pk)
        parties = list(agreement.parties.order_by("pinyin", "pk"))
        context = {
            "agreement": agreement,
            "standing": found.standing_of(agreement, today=timezone.localdate()),
            "parties": parties,
            "open_ids": open_to(request, {each.pk for each in parties}),
            "renewal": agreement.renewals.first(),
            "keeps": keeps(request.actor, agreement.alliance),
            "crumbs": [*_crumbs(agreement.alliance), {"label": agreement.subject}],
        }
        if request.actor.roles & SEES_LOG:
            context["entries"] = trail({Agreement: {agreement.pk: ""}})
        return render(request, "alliances/agreement_detail.html", context)


class AgreementFileView(TenantPage):
    """The paper, for everybody who may see the alliance."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        agreement = found.agreement_get(actor=request.actor, pk=pk)
        if agreement.file is None:
            raise Http404
        return file_response(agreement.file)


class AgreementPage(FormPage):
    """A form about the agreements of an alliance that the actor keeps."""

    roles = KEEPERS
    alliance: Alliance

    def keep(self, alliance: Alliance) -> Alliance:
        if not keeps(self.request.actor, alliance):
            raise PermissionDenied(REFUSAL)
        self.alliance = alliance
        return alliance

    def context(self) -> dict[str, Any]:
        return {"crumbs": [*_crumbs(self.alliance), {"label": self.title}]}


class AgreementCreateView(AgreementPage):
    title, submit = "登记结对或协议", "登记"
    follows: Agreement | None = None

    def make_form(self, data: Any = None) -> AgreementForm:
        self.find()
        members = found.members_of(self.alliance)
        if data is not None:
            return AgreementForm(data, self.request.FILES, members=members)
        return AgreementForm(initial={"token": uuid4()} | self.start(), members=members)

    def find(self) -> None:
        self.keep(selectors.alliance_get(actor=self.request.actor, pk=self.kwargs["pk"]))

    def start(self) -> dict[str, Any]:
        """What the form begins with."""
        return {}

    def act(self, form: BaseForm) -> str:
        made = agreement_register(
            actor=self.request.actor,
            alliance=self.alliance,
            entry=form.entry,
            token=form.cleaned_data["token"],
            upload=form.cleaned_data["upload"],
            follows=self.follows,
            today=timezone.localdate(),
        )
        return f"已登记“{made.subject}”。"

    def next_url(self) -> str:
        return reverse("alliances:cooperation", args=[self.alliance.pk])


class AgreementRenewView(AgreementCreateView):
    """A renewal: an agreement of its own that starts from the old one."""

    title, submit = "续签", "登记续签"

    def find(self) -> None:
        self.follows = found.agreement_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.keep(self.follows.alliance)

    def start(self) -> dict[str, Any]:
        old = self.follows
        assert old is not None  # noqa: S101 (set by find)
        values = {name: getattr(old, name) for name in ("kind", "subject", "outside", "content")}
        return values | {"parties": list(old.parties.all())}


class AgreementEndView(AgreementPage):
    title, submit = "终止协议", "终止"

    def make_form(self, data: Any = None) -> EndForm:
        self.agreement = found.agreement_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.keep(self.agreement.alliance)
        return EndForm(data, initial={"ended_on": timezone.localdate()})

    def act(self, form: BaseForm) -> str:
        agreement_end(
            actor=self.request.actor, agreement=self.agreement, today=timezone.localdate(), **form.cleaned_data
        )
        return f"已终止“{self.agreement.subject}”。"

    def next_url(self) -> str:
        return reverse("alliances:agreement_detail", args=[self.agreement.pk])

    def context(self) -> dict[str, Any]:
        until = self.agreement.valid_until
        facts = [("协议", self.agreement.subject), ("有效期至", in_words(until) if until else "没有写明期限")]
        return super().context() | {"facts": facts}


class VenueDetailView(TenantPage):
    """A venue, what is taken in the two weeks to come, and the form to book it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        venue, actor, now = found.venue_get(actor=request.actor, pk=pk), request.actor, timezone.now()
        today = timezone.localdate(now)
        standing = [each for each in found.taken(venue, today, found.CALENDAR_DAYS) if each.ends_at > now]
        context = {
            "venue": venue,
            "days": found.venue_calendar(venue, today=today),
            "cancellable": found.cancellable(actor=actor, venue=venue, bookings=standing),
            "may_book": found.may_book(actor=actor, venue=venue),
            "may_keep": found.may_keep_venue(actor=actor, venue=venue),
            "crumbs": [*_crumbs(venue.alliance), {"label": venue.name}],
        }
        return render(request, "alliances/venue_detail.html", context)


class VenueCreateView(FormPage):
    """A member offers a venue; the secretary may do so for it."""

    roles = None
    title, submit = "登记共享场地", "登记"

    def make_form(self, data: Any = None) -> VenueForm:
        self.alliance = selectors.alliance_get(actor=self.request.actor, pk=self.kwargs["pk"])
        providers = found.own_members(actor=self.request.actor, alliance=self.alliance)
        if keeps(self.request.actor, self.alliance):
            providers = list(found.members_of(self.alliance))
        if not providers:
            raise PermissionDenied(VENUE_REFUSAL)
        initial = {"token": uuid4(), "opens": "08:30", "closes": "17:30"}
        if len(providers) == 1:
            initial["enterprise"] = str(providers[0].pk)
        return VenueForm(data, providers=providers, initial=initial)

    def act(self, form: BaseForm) -> str:
        enterprise, token = form.cleaned_data["enterprise"], form.cleaned_data["token"]
        venue = venue_offer(
            actor=self.request.actor, alliance=self.alliance, enterprise=enterprise, entry=form.entry, token=token
        )
        return f"已登记“{venue.name}”。"

    def next_url(self) -> str:
        return reverse("alliances:cooperation", args=[self.alliance.pk])

    def context(self) -> dict[str, Any]:
        return {"crumbs": [*_crumbs(self.alliance), {"label": self.title}]}


class VenuePage(FormPage):
    """A form about one venue."""

    roles = None
    venue: Venue

    def next_url(self) -> str:
        return reverse("alliances:venue_detail", args=[self.venue.pk])

    def context(self) -> dict[str, Any]:
        venue = {"label": self.venue.name, "url": self.next_url()}
        return {"crumbs": [*_crumbs(self.venue.alliance), venue, {"label": self.title}]}


class VenueUpdateView(VenuePage):
    title, submit = "修改场地", "保存"

    def make_form(self, data: Any = None) -> VenueForm:
        self.venue = found.venue_get(actor=self.request.actor, pk=self.kwargs["pk"])
        if not found.may_keep_venue(actor=self.request.actor, venue=self.venue):
            raise PermissionDenied(VENUE_REFUSAL)
        initial = {name: getattr(self.venue, name) for name in VenueForm.base_fields if name not in ("token",)}
        initial |= {"token": uuid4(), "enterprise": str(self.venue.enterprise_id)}
        return VenueForm(data, providers=[self.venue.enterprise], initial=initial)

    def act(self, form: BaseForm) -> str:
        venue_update(actor=self.request.actor, venue=self.venue, entry=form.entry)
        return "已保存。"


class VenueBookView(VenuePage):
    title, submit = "预约场地", "预约"

    def make_form(self, data: Any = None) -> BookingForm:
        actor = self.request.actor
        self.venue = found.venue_get(actor=actor, pk=self.kwargs["pk"])
        if not found.may_book(actor=actor, venue=self.venue):
            raise PermissionDenied("场地由联盟成员预约。如工作需要，请联系联盟秘书长。")
        keeper = keeps(actor, self.venue.alliance)
        units = found.members_of(self.venue.alliance) if keeper else found.own_members(
            actor=actor, alliance=self.venue.alliance
        )  # fmt: skip
        initial = {"token": uuid4(), "day": self.request.GET.get("day", "")}
        return BookingForm(data, units=list(units), keeps=keeper, initial=initial)

    def act(self, form: BaseForm) -> str:
        venue_book(actor=self.request.actor, venue=self.venue, now=timezone.now(), **form.wish)
        return "已预约。"

    def context(self) -> dict[str, Any]:
        hours = f"{self.venue.opens:%H:%M}—{self.venue.closes:%H:%M}"
        return super().context() | {"facts": [("场地", self.venue.name), ("开放时间", hours)]}


class BookingCancelView(VenuePage):
    title, submit = "取消预约", "取消这次预约"

    def make_form(self, data: Any = None) -> CancelForm:
        self.booking = found.booking_get(actor=self.request.actor, pk=self.kwargs["pk"])
        self.venue = self.booking.venue
        if not found.may_cancel(actor=self.request.actor, booking=self.booking):
            raise PermissionDenied("只有预约的单位、提供场地的单位和联盟秘书长可以取消。")
        return CancelForm(data)

    def act(self, form: BaseForm) -> str:
        booking_cancel(actor=self.request.actor, booking=self.booking, now=timezone.now(), **form.cleaned_data)
        return "已取消，这段时间可以再约。"

    def context(self) -> dict[str, Any]:
        span = found.span_of(self.booking)
        when = f"{in_words(span.starts_at.date())} {span.starts_at:%H:%M}—{span.ends_at:%H:%M}"
        return super().context() | {"facts": [("场地", self.venue.name), ("时间", when), ("使用", span.label)]}


def _crumbs(alliance: Alliance) -> list[dict[str, str]]:
    return [
        {"label": "联盟", "url": reverse("alliances:list")},
        {"label": alliance.name, "url": reverse("alliances:cooperation", args=[alliance.pk])},
    ]
