"""Signing in at an activity by a QR code: the secretary's page with the code, and the public page behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import segno
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from tenants.accounts import client_address
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from tenants.views.base import add_refusal

from ..forms.sign_ins import SignInForm
from ..models import ActivitySignIn
from ..selectors.sign_ins import sign_in_find, sign_in_of, sign_in_token, tally_of
from ..services.sign_ins import closed_because, sign_in, sign_in_apply, sign_in_close, sign_in_open
from .recording import RecordPage

DEVICE_COOKIE, DEVICE_LIFE = "sign-in-device", timedelta(days=2)
#: Posts from one address: a hall of phones behind one address gets through, a script does not get far.
POSTS_MOST, POSTS_SECONDS = 300, 600


class SignInSheetView(RecordPage):
    """The code to hold up or print, what the phones said so far, and the buttons."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity = self.activity(pk)
        held = sign_in_of(activity)
        context: dict[str, Any] = {
            "activity": activity,
            "sign_in": held,
            "tally": tally_of(held),
            "closed_because": closed_because(activity, timezone.localdate()),
            "is_over": activity.held_on < timezone.localdate(),
            "crumbs": [
                {"label": "活动", "url": reverse("alliances:activity_list")},
                {"label": activity.topic, "url": reverse("alliances:activity_detail", args=[pk])},
                {"label": "扫码签到"},
            ],
        }
        if held and held.is_open:
            path = reverse("alliances:sign_in", args=[request.actor.user.tenant.slug])
            link = request.build_absolute_uri(f"{path}?key={sign_in_token(held)}")
            context |= {"link": link, "code": segno.make_qr(link, error="m").svg_data_uri(scale=7, border=2)}
        return render(request, "alliances/sign_in_sheet.html", context)


class SignInActView(RecordPage):
    """The buttons of that page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        activity, actor = self.activity(pk), request.actor
        try:
            if act == "open":
                sign_in_open(actor=actor, activity=activity, now=timezone.now())
                messages.success(request, "已开启签到，请把二维码给到会的人扫。以前的二维码不再有效。")
            elif act == "close":
                sign_in_close(actor=actor, activity=activity)
                messages.success(request, "已停止签到，二维码不再有效。")
            else:
                joined, heads = sign_in_apply(actor=actor, activity=activity)
                messages.success(request, f"已记入活动：新增参加企业 {joined} 家，参加人数 {heads} 人。")
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
        return redirect("alliances:sign_in_sheet", pk)


@method_decorator(never_cache, name="dispatch")
class SignInView(View):
    """What a phone opens: alliance, topic and day, and two fields. The key in the address is the whole proof.

    The key stands in the query, which no log keeps (docs/adr/0011). A wrong key, a closed one and an unknown tenant
    look the same.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tenant = tenant_by_slug(kwargs["slug"])
        if tenant is None:
            raise Http404
        with tenant_scope(tenant):
            found = sign_in_find(request.GET.get("key", ""))
            if found is None:
                raise Http404
            self.code = found
            response = super().dispatch(request, *args, **kwargs)
        return self._with_device(request, response)

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._show(request, SignInForm())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if _too_many(client_address(request)):
            return render(request, "429.html", status=429)
        form, now = SignInForm(request.POST), timezone.now()
        if form.is_valid():
            try:
                said = sign_in(
                    code=self.code, device=self._device(request), now=now, today=timezone.localdate(now),
                    **form.cleaned_data,
                )  # fmt: skip
            except ValidationError as error:
                add_refusal(form, error)
            else:
                return self._show(request, SignInForm(initial=form.cleaned_data), said=said)
        return self._show(request, form)

    def _show(self, request: HttpRequest, form: SignInForm, **more: Any) -> HttpResponse:
        activity = self.code.activity
        context = {"activity": activity, "form": form, "closed": closed_because(activity, timezone.localdate())} | more
        return render(request, "alliances/sign_in.html", context, status=422 if form.errors else 200)

    def _device(self, request: HttpRequest) -> UUID:
        """The phone's own number at this activity, from its cookie, or a new one."""
        if not hasattr(self, "_number"):
            try:
                self._number = UUID(request.COOKIES.get(_cookie(self.code), ""))
            except ValueError:
                self._number = uuid4()
        return self._number

    def _with_device(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.set_cookie(
            _cookie(self.code),
            str(self._device(request)),
            max_age=DEVICE_LIFE,
            path=request.path,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response


def _cookie(code: ActivitySignIn) -> str:
    return f"{DEVICE_COOKIE}-{code.pk}"


def _too_many(address: str) -> bool:
    key = f"sign-in:{address}"
    if cache.add(key, 1, POSTS_SECONDS):
        return False
    try:
        posts = cache.incr(key)
    except ValueError:  # It ran out between the two: a new count begins.
        cache.add(key, 1, POSTS_SECONDS)
        return False
    if posts == 1:  # It ran out while it was counted, which left a count without an end.
        cache.touch(key, POSTS_SECONDS)
    return posts > POSTS_MOST
