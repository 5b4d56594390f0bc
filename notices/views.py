"""The 消息 page, and the pages about how messages leave the portal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from tenants.listing import ListView
from tenants.pages import TenantPage
from tenants.views.base import ActPage, AdminPage, FormPage

from .filters import NoticeFilter
from .forms import RobotChangeForm, RobotForm
from .office_hours import CLOSES, DIGEST_AT, OPENS
from .selectors import mailbox_of, notice_get, notice_list, robot_get, robot_list
from .services import mail_switch, notice_read, notices_read_all, robot_add, robot_change, robot_test


class NoticeListView(ListView):
    selector = notice_list
    filterset_class = NoticeFilter
    template_name = "notices/notice_list.html"
    title = "消息"
    empty = {"empty_title": "没有消息", "empty_text": "导入完成、简报生成、诉求有进展时，会在这里告诉您。"}


class NoticeOpenView(TenantPage):
    """Marks a message as read and goes where it points. A POST, because a GET never changes anything."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = notice_get(actor=request.actor, pk=pk)
        notice_read(actor=request.actor, notice=notice, now=timezone.now())
        inside = url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
        return redirect(notice.url if inside else "notices:list")


class NoticesReadView(TenantPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        count = notices_read_all(actor=request.actor, now=timezone.now())
        messages.success(request, f"{count} 条消息已标为已读。" if count else "没有未读消息。")
        return redirect("notices:list")


class DeliveryView(TenantPage):
    """Whether the actor's messages also go to his e-mail, with a button to change it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "mailbox": mailbox_of(actor=request.actor),
            "has_mail_server": settings.HAS_MAIL_SERVER,
            "hours": f"{OPENS:%H:%M}—{CLOSES:%H:%M}",
            "digest_at": f"{DIGEST_AT:%H:%M}",
            "crumbs": [{"label": "消息", "url": reverse("notices:list")}, {"label": "消息外发"}],
        }
        return render(request, "notices/delivery.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        on = "on" in request.POST
        try:
            mail_switch(actor=request.actor, on=on)
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
        else:
            messages.success(request, "已打开，明天起每个工作日发送。" if on else "已停止往邮箱发送。")
        return redirect("notices:delivery")


class RobotListView(AdminPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "notices/robot_list.html", {"robots": robot_list(actor=request.actor)})


class RobotCreateView(FormPage):
    title, submit = "添加群机器人", "添加"

    def make_form(self, data: Any = None) -> BaseForm:
        return RobotForm(data)

    def act(self, form: BaseForm) -> str:
        robot = robot_add(actor=self.request.actor, **form.cleaned_data)
        return f"已添加“{robot}”。可以发一条测试消息，看群里收不收得到。"

    def next_url(self) -> str:
        return reverse("notices:robot_list")

    def context(self) -> dict[str, Any]:
        return {"crumbs": [{"label": "群机器人", "url": self.next_url()}, {"label": self.title}]}


class RobotUpdateView(RobotCreateView):
    title, submit = "修改群机器人", "保存"

    def make_form(self, data: Any = None) -> BaseForm:
        self.robot = robot_get(actor=self.request.actor, pk=self.kwargs["pk"])
        initial = {name: getattr(self.robot, name) for name in ("unit", "name", "is_active")}
        return RobotChangeForm(data, initial=initial)

    def act(self, form: BaseForm) -> str:
        robot_change(actor=self.request.actor, robot=self.robot, **form.cleaned_data)
        return "已保存。"


class RobotTestView(ActPage):
    def act(self) -> str:
        robot = robot_get(actor=self.request.actor, pk=self.kwargs["pk"])
        new = robot_test(actor=self.request.actor, robot=robot, now=timezone.now())
        return "测试消息一分钟内发出，请到群里看。" if new else "上一条测试消息还在发，请稍等再看。"

    def next_url(self) -> str:
        return reverse("notices:robot_list")
