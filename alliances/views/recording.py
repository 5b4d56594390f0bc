"""Planning, recording, correcting and withdrawing activities. Made for a phone: one page, everything else optional."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from tenants.files import file_response
from tenants.pages import TenantPage
from tenants.search import matching
from tenants.trail import trail
from tenants.views.base import FormPage, add_refusal

from .. import selectors, services
from ..forms import ActivityForm, AttachmentForm, WithdrawalForm
from ..models import Activity, Alliance
from ..permissions import RECORDS

State = Activity.State
#: What a new activity takes over from the one that it is copied from; day, numbers and outcomes are its own.
COPIED = ("topic", "type_id", "five_joint", "host_name")
ALLIANCES_SHOWN = 50


class RecordPage(TenantPage):
    """A page for those who record activities. Of what they see, only their own alliances are theirs to record."""

    roles = RECORDS

    def require(self, alliance: Alliance) -> None:
        if not selectors.may_record(actor=self.request.actor, alliance_id=alliance.pk):
            raise PermissionDenied("您不能登记这个联盟的活动。如工作需要，请联系本单位的系统管理员。")

    def alliance(self, pk: int) -> Alliance:
        found = selectors.alliance_get(actor=self.request.actor, pk=pk)
        self.require(found)
        return found

    def activity(self, pk: int) -> Activity:
        found = selectors.activity_get(actor=self.request.actor, pk=pk)
        self.require(found.alliance)
        return found


class ActivityStartView(RecordPage):
    """Which alliance the activity is of; whoever has one only goes on at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        own, q = selectors.recordable_list(actor=request.actor), request.GET.get("q", "").strip()
        alliances = list(matching(own, q).select_related("region").order_by("pinyin", "pk")[:ALLIANCES_SHOWN])
        if len(alliances) == 1 and not q:
            return redirect("alliances:activity_create", alliances[0].pk)
        crumbs = [{"label": "活动", "url": reverse("alliances:activity_list")}, {"label": "登记活动"}]
        context = {"alliances": alliances, "q": q, "full": len(alliances) == ALLIANCES_SHOWN, "crumbs": crumbs}
        return render(request, "alliances/activity_start.html", context)


class ActivityFormView(RecordPage):
    """The form of one activity, shown, searched in and sent."""

    title = "登记活动"
    alliance_of: Alliance
    subject: Activity | None = None

    def load(self, pk: int) -> None:
        """Find whom the page is about, or 404, or 403."""
        raise NotImplementedError

    def initial(self) -> tuple[dict[str, Any], list[int]]:
        """What the form starts with, and who is chosen."""
        raise NotImplementedError

    def save(self, form: ActivityForm) -> HttpResponse:
        raise NotImplementedError

    def form(self, *data: Any, **options: Any) -> ActivityForm:
        candidates = selectors.participant_candidates(
            actor=self.request.actor, alliance=self.alliance_of, activity=self.subject
        )
        return ActivityForm(*data, candidates=candidates, activity=self.subject, **options)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.load(pk)
        initial, chosen = self.initial()
        return self.show(self.form(initial=initial), chosen)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.load(pk)
        chosen = _ids(request.POST.getlist("enterprises"))
        if "find" in request.POST:
            # Without JavaScript the search for participants comes this way; nothing is judged, nothing lost.
            return self.show(self.form(initial=request.POST.dict()), chosen)
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            try:
                return self.save(form)
            except ValidationError as error:
                add_refusal(form, error)
            except services.NewerEditError as newer:
                return self.show_newer(form, newer.activity)
        return self.show(form, chosen)

    def show_newer(self, form: ActivityForm, current: Activity) -> HttpResponse:
        """Somebody else's edit beside one's own; sent once more, one's own is kept."""
        data = self.request.POST.copy()
        data["version"] = selectors.activity_version(current)
        again = self.form(data, self.request.FILES)
        again.add_error(None, "您打开这个页面以后，有人改过这条活动。请看下面的对照，改好后再保存。")
        newer = {
            "differences": form.differences(current),
            "entries": trail({Activity: {current.pk: ""}}, limit=1),
        }
        return self.show(again, _ids(data.getlist("enterprises")), newer=newer, status=409)

    def show(self, form: ActivityForm, chosen: list[int], *, status: int = 200, **more: Any) -> HttpResponse:
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        picker = selectors.participant_picker(
            actor=self.request.actor,
            alliance=self.alliance_of,
            activity=self.subject,
            chosen=chosen,
            q=asked.get("q", "").strip(),
            everyone=asked.get("find") == "all",
        )
        context = {
            "title": self.title,
            "form": form,
            "alliance": self.alliance_of,
            "activity": self.subject,
            "picker": picker,
            "hosts": [each.name for each in (*picker.chosen, *picker.offered)],
            "files_lost": bool(self.request.FILES),
            "last": None,
        }
        code = 422 if form.errors and status == 200 else status
        return render(self.request, "alliances/activity_form.html", context | self.context() | more, status=code)

    def context(self) -> dict[str, Any]:
        return {}


class ActivityCreateView(ActivityFormView):
    """A new activity of one alliance, empty or like an earlier one (`?copy=`)."""

    def load(self, pk: int) -> None:
        self.alliance_of = self.alliance(pk)

    def initial(self) -> tuple[dict[str, Any], list[int]]:
        initial: dict[str, Any] = {"held_on": timezone.localdate(), "token": uuid4()}
        if "copy" not in self.request.GET:
            return initial, []
        visible = selectors.activity_list(actor=self.request.actor).filter(alliance=self.alliance_of)
        example = get_object_or_404(visible, pk=(_ids([self.request.GET["copy"]]) or [0])[0])
        initial |= {name.removesuffix("_id"): getattr(example, name) for name in COPIED}
        return initial, list(example.enterprises.values_list("pk", flat=True))

    def save(self, form: ActivityForm) -> HttpResponse:
        activity, made = services.activity_create(
            actor=self.request.actor,
            alliance=self.alliance_of,
            entry=form.entry(),
            token=form.cleaned_data["token"],
            today=timezone.localdate(),
            uploads=form.cleaned_data["attachments"],
        )
        if made:
            done = "已记录活动" if activity.state == State.HELD else "已存为计划"
            messages.success(self.request, f"{done}“{activity.topic}”。")
        else:
            messages.info(self.request, "这张表单已经提交过，没有重复登记。要修改请点“修改”。")
        return redirect("alliances:activity_detail", activity.pk)

    def context(self) -> dict[str, Any]:
        tab = reverse("alliances:activities", args=[self.alliance_of.pk])
        crumbs = [{"label": self.alliance_of.name, "url": tab}, {"label": self.title}]
        copying = "copy" in self.request.GET or self.request.method == "POST"
        last = None if copying else selectors.last_activity(actor=self.request.actor, alliance=self.alliance_of)
        return {"crumbs": crumbs, "cancel_url": tab, "last": last, "offers_plan": True}


class ActivityUpdateView(ActivityFormView):
    """Correct an activity; record what came of a plan."""

    title = "修改活动"
    subject: Activity

    def load(self, pk: int) -> None:
        self.subject = self.activity(pk)
        self.alliance_of = self.subject.alliance

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.activity(pk).state == State.WITHDRAWN:
            messages.error(request, "这条活动已经撤回，不能再改。")
            return redirect("alliances:activity_detail", pk)
        return super().get(request, pk)

    def initial(self) -> tuple[dict[str, Any], list[int]]:
        activity = self.subject
        initial = {name: getattr(activity, name, None) for name in ActivityForm.base_fields if name != "enterprises"}
        del initial["attachments"]
        initial |= {"type": activity.type_id, "version": selectors.activity_version(activity), "token": uuid4()}
        return initial, list(activity.enterprises.values_list("pk", flat=True))

    def save(self, form: ActivityForm) -> HttpResponse:
        was_planned = self.subject.state == State.PLANNED
        activity = services.activity_update(
            actor=self.request.actor,
            activity=self.subject,
            entry=form.entry(),
            version=form.cleaned_data["version"],
            today=timezone.localdate(),
            uploads=form.cleaned_data["attachments"],
        )
        recorded = was_planned and activity.state == State.HELD
        messages.success(self.request, f"已记录活动“{activity.topic}”。" if recorded else "已保存。")
        return redirect("alliances:activity_detail", activity.pk)

    def context(self) -> dict[str, Any]:
        page = reverse("alliances:activity_detail", args=[self.subject.pk])
        home = {"label": "活动", "url": reverse("alliances:activity_list")}
        crumbs = [home, {"label": self.subject.topic, "url": page}, {"label": self.title}]
        return {"crumbs": crumbs, "cancel_url": page, "offers_plan": self.subject.state == State.PLANNED}


class ParticipantPickerView(RecordPage):
    """The picker's rows for what has been typed, as htmx asks for them."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        alliance = self.alliance(pk)
        subject = None
        if number := _ids([request.GET.get("activity", "")]):
            subject = get_object_or_404(selectors.activity_list(actor=request.actor), alliance=alliance, pk=number[0])
        picker = selectors.participant_picker(
            actor=request.actor,
            alliance=alliance,
            activity=subject,
            chosen=_ids(request.GET.getlist("enterprises")),
            q=request.GET.get("q", "").strip(),
            everyone=request.GET.get("find") == "all",
        )
        return render(request, "alliances/activity_participants.html", {"picker": picker})


class ActivityWithdrawView(FormPage):
    """Withdraw an activity, with the reason."""

    roles = RECORDS
    title, submit = "撤回活动", "撤回"

    def make_form(self, data: Any = None) -> WithdrawalForm:
        self.subject = selectors.activity_get(actor=self.request.actor, pk=self.kwargs["pk"])
        if not selectors.may_record(actor=self.request.actor, alliance_id=self.subject.alliance_id):
            raise PermissionDenied("您不能撤回这个联盟的活动。如工作需要，请联系本单位的系统管理员。")
        return WithdrawalForm(data)

    def act(self, form: BaseForm) -> str:
        services.activity_withdraw(actor=self.request.actor, activity=self.subject, **form.cleaned_data)
        return f"已撤回“{self.subject.topic}”，不再计入统计。"

    def next_url(self) -> str:
        return reverse("alliances:activity_detail", args=[self.kwargs["pk"]])

    def context(self) -> dict[str, Any]:
        home = {"label": "活动", "url": reverse("alliances:activity_list")}
        return {"crumbs": [home, {"label": self.subject.topic, "url": self.next_url()}, {"label": self.title}]}


class AttachmentAddView(RecordPage):
    """More photos and papers for an activity; what is refused is said on its page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        activity, field = self.activity(pk), AttachmentForm().fields["attachments"]
        try:
            uploads = field.clean(request.FILES.getlist("attachments"))
            services.attachments_add(actor=request.actor, activity=activity, uploads=uploads)
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
        else:
            messages.success(request, "附件已保存。")
        return redirect("alliances:activity_detail", pk)


class AttachmentRemoveView(RecordPage):
    """Remove a photo or paper for good."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        attachment = selectors.attachment_get(actor=request.actor, pk=pk)
        self.require(attachment.activity.alliance)
        services.attachment_remove(actor=request.actor, attachment=attachment)
        messages.success(request, f"已删除附件“{attachment.file.original_name}”。")
        return redirect("alliances:activity_detail", attachment.activity_id)


class AttachmentDownloadView(TenantPage):
    """A photo or paper, for everybody who may see its activity."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return file_response(selectors.attachment_get(actor=request.actor, pk=pk).file)


def _ids(values: list[str]) -> list[int]:
    """The numbers among some texts of a request."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 16]
