"""Photos and papers of an activity: what is kept of them, and who gets them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from alliances.models import Activity, ActivityAttachment
from tenants.files import file_content
from tenants.models import AuditEntry, Role, StoredFile, Tenant
from tenants.scope import tenant_scope
from tests.browsing import browser
from tests.factories import Sample

from .test_activity_recording import CREATE, DETAIL, filled, of, recorded, send

ADD, GET, REMOVE = "alliances:attachment_add", "alliances:attachment", "alliances:attachment_remove"
PDF = b"%PDF-1.7\n%%EOF"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


@pytest.fixture
def secretary(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance)


def photo(name: str = "现场.jpg", colour: str = "red") -> SimpleUploadedFile:
    """A photo that says where it was taken, with something behind its end."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010E] = "taken in Jining"
    Image.new("RGB", (40, 20), colour).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue() + b"<script>", content_type="text/html")


def kept(tenant: Tenant, activity: Activity) -> list[str]:
    with tenant_scope(tenant):
        return [each.file.original_name for each in ActivityAttachment.objects.filter(activity=activity)]


def files_on_disk(settings: Any) -> set[str]:
    return {str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


def test_photo_and_paper_come_with_the_record(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    data = filled(tenant, attachments=[photo(), SimpleUploadedFile("签到表.exe", PDF)])
    assert send(secretary, sample, data).status_code == 302
    (made,) = recorded(tenant)
    assert kept(tenant, made) == ["现场.jpg", "签到表.pdf"]
    with tenant_scope(tenant):
        stored = ActivityAttachment.objects.filter(activity=made).first().file
        content = file_content(stored)
        assert stored.original_name not in stored.file.name
    assert b"taken in Jining" not in content
    assert b"<script>" not in content
    assert not Image.open(io.BytesIO(content)).getexif()
    assert "把 附件 由 空 改为 现场.jpg、签到表.pdf" in secretary.get(reverse(DETAIL, args=[made.pk])).content.decode()


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (SimpleUploadedFile("图.png", SVG), "“图.png”的内容不是允许的类型"),
        (SimpleUploadedFile("页.jpg", b"<!doctype html><script>alert(1)</script>"), "不能上传这种文件"),
        (SimpleUploadedFile("空.pdf", b""), "不能上传这种文件"),
        (SimpleUploadedFile("坏.jpg", b"\xff\xd8\xff broken"), "“坏.jpg”：图片打不开"),
        (SimpleUploadedFile("表.csv", b"a,b"), "不能上传这种文件"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_kept(
    secretary: Client, sample: Sample, tenant: Tenant, settings: Any, upload: SimpleUploadedFile, sentence: str
) -> None:
    before = files_on_disk(settings)
    upload.seek(0)
    page = send(secretary, sample, filled(tenant, attachments=[photo(), upload]))
    assert sentence in "".join(of(page, "attachments"))
    assert "请重新选一次" in page.content.decode()
    assert recorded(tenant) == []
    assert files_on_disk(settings) == before


def test_pixels_sizes_quota_and_number_are_limited(
    secretary: Client, sample: Sample, tenant: Tenant, settings: Any
) -> None:
    address = reverse(ADD, args=[sample.activity.pk])

    def refusal(*uploads: SimpleUploadedFile) -> str:
        return secretary.post(address, {"attachments": uploads}, follow=True).content.decode()

    settings.IMAGE_MAX_PIXELS = 100
    assert "“现场.jpg”：图片太大" in refusal(photo())
    settings.IMAGE_MAX_PIXELS, settings.FILE_MAX_BYTES = 1_000_000, 100
    assert "超过上限" in refusal(photo())
    settings.FILE_MAX_BYTES, settings.FILE_QUOTA_BYTES = 1_000_000, 10
    assert "已满" in refusal(photo())
    settings.FILE_QUOTA_BYTES = 1_000_000
    assert "最多放 20 个附件，已有 1 个" in refusal(*(photo(f"{n}.jpg") for n in range(20)))
    assert "请先选择照片或文件" in secretary.post(address, {}, follow=True).content.decode()
    assert kept(tenant, sample.activity) == ["现场照片.jpg"]


def test_the_same_photo_is_kept_once(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    address = reverse(ADD, args=[sample.activity.pk])
    for _ in range(2):
        assert secretary.post(address, {"attachments": [photo()]}).status_code == 302
    assert kept(tenant, sample.activity) == ["现场照片.jpg", "现场.jpg"]


def test_a_download_is_an_attachment_and_is_logged(sample: Sample, tenant: Tenant) -> None:
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    response = client.get(reverse(GET, args=[sample.attachment.pk]))
    assert response.getvalue() == sample.activity.topic.encode()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    with tenant_scope(tenant):
        assert AuditEntry.objects.filter(verb=AuditEntry.Verb.DOWNLOAD, object_label="现场照片.jpg").count() == 1


def test_files_pass_the_permission_of_their_activity(
    secretary: Client, sample: Sample, tenant: Tenant, second_tenant: Tenant
) -> None:
    with tenant_scope(second_tenant):
        foreign = ActivityAttachment.objects.first().pk
    for pk in (sample.other_attachment.pk, foreign):
        assert secretary.get(reverse(GET, args=[pk])).status_code == 404
        assert secretary.post(reverse(REMOVE, args=[pk])).status_code == 404
    enterprise = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert enterprise.post(reverse(REMOVE, args=[sample.attachment.pk])).status_code == 403
    assert enterprise.post(reverse(ADD, args=[sample.activity.pk])).status_code == 403
    assert Client().get(reverse(GET, args=[sample.attachment.pk]))["Location"].startswith(reverse("account_login"))


def test_removing_takes_the_file_from_the_disk(
    secretary: Client, sample: Sample, tenant: Tenant, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    secretary.post(reverse(ADD, args=[sample.activity.pk]), {"attachments": [photo()]})
    with tenant_scope(tenant):
        added = ActivityAttachment.objects.get(activity=sample.activity, file__original_name="现场.jpg")
        place = Path(settings.MEDIA_ROOT) / added.file.file.name
    assert place.exists()
    with django_capture_on_commit_callbacks(execute=True):
        secretary.post(reverse(REMOVE, args=[added.pk]))
    assert not place.exists()
    with tenant_scope(tenant):
        assert not StoredFile.objects.filter(pk=added.file_id).exists()
    assert "把 附件 由 现场.jpg 改为 空" in secretary.get(reverse(DETAIL, args=[sample.activity.pk])).content.decode()


def test_withdrawn_activities_take_no_more_files(secretary: Client, sample: Sample, tenant: Tenant) -> None:
    secretary.post(reverse("alliances:activity_withdraw", args=[sample.activity.pk]), {"reason": "重复"})
    page = secretary.post(reverse(ADD, args=[sample.activity.pk]), {"attachments": [photo()]}, follow=True)
    assert "已经撤回，不能再加附件" in page.content.decode()
    assert reverse(CREATE, args=[sample.alliance.pk]) in page.content.decode()
