"""Uploads are taken for what they are, and given out as attachments."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from tenants.files import CSV, file_content, file_delete, file_response, file_store, upload_store
from tenants.models import AuditEntry, StoredFile, Tenant, User
from tenants.scope import ScopeRequiredError, tenant_scope

from .conftest import Member
from .signing import entries


@pytest.fixture
def user(member: Member) -> User:
    return member()


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    # The browser's word on the type is worth nothing.
    return SimpleUploadedFile(name, content, content_type="image/png")


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **options)
    return out.getvalue()


def office(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return out.getvalue()


PDF = b"%PDF-1.7\n%%EOF"


@pytest.mark.parametrize(
    ("name", "content", "kept_as", "content_type"),
    [
        ("照片.png", picture("JPEG"), "照片.jpg", "image/jpeg"),
        ("图.PNG", picture("PNG"), "图.png", "image/png"),
        ("合同.exe", PDF, "合同.pdf", "application/pdf"),
        ("表.zip", office("xl/workbook.xml"), "表.xlsx", None),
        ("文.docx", office("word/document.xml"), "文.docx", None),
    ],
)
def test_the_content_decides_what_a_file_is(
    user: User, name: str, content: bytes, kept_as: str, content_type: str | None
) -> None:
    with tenant_scope(user.tenant):
        stored = upload_store(upload=upload(name, content), uploaded_by=user)
    assert stored.original_name == kept_as
    assert content_type in (None, stored.content_type)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("页.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("程序.pdf", b"MZ\x90\x00"),
        ("空.pdf", b""),
        ("坏.xlsx", b"PK\x03\x04broken"),
        ("包.zip", office("readme.txt")),
        ("文本.txt", "你好".encode()),
    ],
)
def test_everything_else_is_refused(user: User, name: str, content: bytes) -> None:
    with tenant_scope(user.tenant), pytest.raises(ValidationError, match="不能上传这种文件"):
        upload_store(upload=upload(name, content), uploaded_by=user)


def test_macros_are_refused(user: User) -> None:
    content = office("xl/workbook.xml", "xl/vbaProject.bin")
    with tenant_scope(user.tenant), pytest.raises(ValidationError, match="宏"):
        upload_store(upload=upload("表.xlsx", content), uploaded_by=user)


def test_a_table_may_not_be_a_page(user: User) -> None:
    with tenant_scope(user.tenant):
        stored = upload_store(upload=upload("表.csv", "甲,乙".encode("gbk")), uploaded_by=user, accept=(CSV,))
        assert stored.content_type == "text/csv"
        with pytest.raises(ValidationError):
            upload_store(upload=upload("表.csv", b"\xef\xbb\xbf <html>"), uploaded_by=user, accept=(CSV,))


def test_pictures_lose_their_metadata_and_stand_upright(user: User) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6  # turn by 90 degrees
    with tenant_scope(user.tenant):
        stored = upload_store(upload=upload("a.jpg", picture(exif=exif) + b"<script>"), uploaded_by=user)
        content = file_content(stored)
    kept = Image.open(io.BytesIO(content))
    assert not kept.getexif()
    assert kept.size == (20, 40)
    assert b"taken at home" not in content
    assert b"<script>" not in content


def test_too_many_pixels_are_refused_before_they_are_decoded(user: User, settings: Settings) -> None:
    settings.IMAGE_MAX_PIXELS = 1_000_000
    with tenant_scope(user.tenant), pytest.raises(ValidationError, match="图片太大，超过 1 百万像素"):
        upload_store(upload=upload("a.png", picture("PNG", (1001, 1000))), uploaded_by=user)


def test_a_bomb_beyond_pillows_own_limit_is_refused(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for size in ((12, 10), (30, 30)):
        with tenant_scope(user.tenant), pytest.raises(ValidationError, match="图片太大"):
            upload_store(upload=upload("a.png", picture("PNG", size)), uploaded_by=user)


def test_a_broken_picture_is_refused(user: User) -> None:
    out = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(out, "JPEG")
    content = out.getvalue()
    with tenant_scope(user.tenant), pytest.raises(ValidationError, match="可能已损坏"):
        upload_store(upload=upload("a.jpg", content[: len(content) // 2]), uploaded_by=user)


def test_size_and_quota_are_limits(user: User, settings: Settings) -> None:
    with tenant_scope(user.tenant):
        settings.FILE_MAX_BYTES = 10
        with pytest.raises(ValidationError, match="超过上限"):
            upload_store(upload=upload("a.pdf", PDF), uploaded_by=user)
        settings.FILE_MAX_BYTES, settings.FILE_QUOTA_BYTES = 1000, 2 * len(PDF)
        upload_store(upload=upload("a.pdf", PDF), uploaded_by=user)
        upload_store(upload=upload("b.pdf", PDF), uploaded_by=user)
        with pytest.raises(ValidationError, match="文件空间"):
            upload_store(upload=upload("c.pdf", PDF), uploaded_by=user)


def test_another_tenants_files_do_not_fill_the_quota(
    user: User, member: Member, neighbour: Tenant, settings: Settings
) -> None:
    settings.FILE_QUOTA_BYTES = len(PDF)
    other = member(tenant=neighbour)
    for each in (user, other):
        with tenant_scope(each.tenant):
            upload_store(upload=upload("a.pdf", PDF), uploaded_by=each)


def test_names_on_disk_are_random_and_apart_by_tenant(user: User, settings: Settings) -> None:
    with tenant_scope(user.tenant):
        names = [upload_store(upload=upload("../../a.pdf", PDF), uploaded_by=user).file.name for _ in range(2)]
    assert len(set(names)) == 2
    for name in names:
        assert name.startswith(f"{user.tenant_id}/")
        assert len(Path(name).stem) == 32
        assert (Path(settings.MEDIA_ROOT) / name).is_file()


def test_a_download_is_an_attachment_and_leaves_an_entry(user: User) -> None:
    with tenant_scope(user.tenant):
        stored = upload_store(upload=upload("合同.pdf", PDF), uploaded_by=user)
        response = file_response(stored)
    # The scope is closed here, as it is when a worker sends the body.
    assert b"".join(response.streaming_content) == PDF
    response.file_to_stream.close()
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"
    assert entries(user.tenant, AuditEntry.Verb.DOWNLOAD)[-1].object_id == stored.pk


def test_a_deleted_file_leaves_the_disk_when_that_is_certain(
    user: User, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with tenant_scope(user.tenant):
        stored = upload_store(upload=upload("a.pdf", PDF), uploaded_by=user)
        on_disk = Path(settings.MEDIA_ROOT) / stored.file.name
        with transaction.atomic():
            file_delete(StoredFile.objects.get())
            transaction.set_rollback(True)
        assert on_disk.is_file()
        with django_capture_on_commit_callbacks() as after_commit:
            file_delete(stored)
        assert on_disk.is_file()
        for callback in after_commit:
            callback()
    assert not on_disk.exists()


def test_a_file_of_the_portals_own_is_kept_with_its_digest(user: User) -> None:
    with tenant_scope(user.tenant):
        stored = file_store(name="简报.pdf", content=PDF, content_type="application/pdf", uploaded_by=None)
    assert (stored.size, stored.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())


def test_nothing_is_kept_outside_a_tenant(db: None) -> None:
    with pytest.raises(ScopeRequiredError):
        file_store(name="a.pdf", content=PDF, content_type="application/pdf", uploaded_by=None)
