"""The 消息 page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from tenants.listing import ListView
from tenants.pages import TenantPage

from .filters import NoticeFilter
from .selectors import notice_get, notice_list
from .services import notice_read, notices_read_all


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
