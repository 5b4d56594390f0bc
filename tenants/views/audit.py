"""The operation log and the sign-in log, and showing masked personal data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from ..filters import LogFilter, SignInFilter
from ..listing import SIZES, ListFilter
from ..models import AuditEntry
from ..pages import TenantPage
from ..reveals import revealable_get
from ..selectors import operation_log, sign_in_log
from ..services import reveal
from ..trail import names_of, who
from ..wording import object_words, sentence
from .base import AdminPage


@dataclass(frozen=True)
class LogLine:
    """An entry as the log shows it."""

    entry: AuditEntry
    who: str
    about: str
    text: str


class LogView(AdminPage):
    """A log by pages of ids, newest first: `?after=<id>` leads to older entries, `?before=<id>` to newer ones."""

    selector: ClassVar[Callable[..., QuerySet[AuditEntry]]]
    filterset_class: ClassVar[type[ListFilter]]
    template_name: ClassVar[str]
    title: ClassVar[str]

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = self.filterset_class(request.GET, queryset=type(self).selector(actor=request.actor), request=request)
        size = int(request.GET["size"]) if request.GET.get("size", "") in map(str, SIZES) else SIZES[1]
        entries, newer, older = keyset_page(rows.qs, request.GET, size)
        names = names_of(entries)
        lines = [LogLine(entry, who(entry), object_words(entry), sentence(entry, names)) for entry in entries]
        keyset = {
            "rows": lines,
            "total": None,
            "previous_url": self.url(request, before=entries[0].pk) if newer else None,
            "next_url": self.url(request, after=entries[-1].pk) if older else None,
        }
        context = {"filter": rows, "keyset": keyset, "size": size, "title": self.title, "empty_title": "还没有记录"}
        return render(request, self.template_name, context)

    def url(self, request: HttpRequest, **place: int) -> str:
        params = request.GET.copy()
        for name in ("after", "before"):
            params.pop(name, None)
        params.update({name: str(pk) for name, pk in place.items()})
        return f"?{params.urlencode()}"


def keyset_page(rows: QuerySet[AuditEntry], params: QueryDict, size: int) -> tuple[list[AuditEntry], bool, bool]:
    """One page of entries, newest first, and whether there are newer and older ones."""
    before, after = _id(params.get("before")), _id(params.get("after"))
    if before:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: size + 1])
        return found[:size][::-1], len(found) > size, True
    found = list((rows.filter(pk__lt=after) if after else rows).order_by("-pk")[: size + 1])
    return found[:size], bool(after), len(found) > size


def _id(text: str | None) -> int:
    """An entry's id in the address; 0 for none or for nonsense."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


class OperationLogView(LogView):
    selector = operation_log
    filterset_class = LogFilter
    template_name = "tenants/operation_log.html"
    title = "操作日志"


class SignInLogView(LogView):
    selector = sign_in_log
    filterset_class = SignInFilter
    template_name = "tenants/sign_in_log.html"
    title = "登录日志"


class RevealView(TenantPage):
    """Show one masked value of an object that the actor may see, for a stated reason; part of a page, or a page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, kind: str, pk: int, field: str) -> HttpResponse:
        obj = revealable_get(actor=request.actor, kind=kind, pk=pk, field=field)
        context: dict[str, Any] = {"object": obj, "kind": kind, "field": field, "label": _label(obj, field)}
        context["back_url"] = _back(request)
        try:
            context["value"] = reveal(
                actor=request.actor,
                obj=obj,
                field=field,
                reason=request.POST.get("reason", ""),
                address=get_adapter(request).get_client_ip(request),
            )
        except ValidationError as error:
            context["refusal"] = "".join(error.messages)
        template = "tenants/revealed.html" if request.htmx else "tenants/reveal_page.html"
        response = render(request, template, context, status=422 if "refusal" in context else 200)
        response["Cache-Control"] = "no-store"
        return response


def _label(obj: Any, field: str) -> str:
    return str(obj._meta.get_field(field).verbose_name)


def _back(request: HttpRequest) -> str:
    """The page the button stood on; only one of ours."""
    referrer = request.headers.get("referer", "")
    return referrer if url_has_allowed_host_and_scheme(referrer, {request.get_host()}) else ""
