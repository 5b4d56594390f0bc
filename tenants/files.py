"""Files of a tenant: taken in by what they are, kept under random names, given out as attachments only.

The type comes from the content, never from the name or the browser. Pictures are written anew, which drops their
metadata (where a photo was taken) and whatever hides behind them. Downloads pass the permission of the record that
refers to the file: its app's view finds the record through a selector and then calls `file_response`.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Sum
from django.http import FileResponse
from PIL import Image, ImageOps, UnidentifiedImageError

from .audit import record
from .models import AuditEntry, StoredFile, User
from .scope import require_tenant_id

MEGABYTE = 1024 * 1024
JPEG_QUALITY = 88
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: First of the two keys of the advisory lock under which a tenant's quota is counted.
QUOTA_LOCK = 7301


@dataclass(frozen=True)
class FileKind:
    """A type of file that may be kept."""

    label: str
    suffix: str
    content_type: str


PDF = FileKind("PDF", ".pdf", "application/pdf")
JPEG = FileKind("JPG 图片", ".jpg", "image/jpeg")
PNG = FileKind("PNG 图片", ".png", "image/png")
XLSX = FileKind("Excel（.xlsx）", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
DOCX = FileKind("Word（.docx）", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
#: The old binary formats of Excel and Word look alike; the name tells them apart, for the download's name only.
XLS = FileKind("Excel（.xls）", ".xls", "application/vnd.ms-excel")
DOC = FileKind("Word（.doc）", ".doc", "application/msword")
CSV = FileKind("CSV", ".csv", "text/csv")
PICTURES = {JPEG: "JPEG", PNG: "PNG"}
ATTACHMENTS = (PDF, JPEG, PNG, XLSX, DOCX, XLS, DOC)
SIGNATURES: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
)


def kind_of(content: bytes, name: str) -> FileKind | None:
    """What a file is, by its content; None for everything that is not kept here (SVG and HTML among it)."""
    for signature, kind in SIGNATURES:
        if content.startswith(signature):
            return kind
    suffix = PurePosixPath(name).suffix.lower()
    if content.startswith(ZIP):
        return _office(content)
    if content.startswith(OLE):
        return {XLS.suffix: XLS, DOC.suffix: DOC}.get(suffix)
    return CSV if suffix == CSV.suffix and _is_table(content) else None


def _office(content: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = set(parts.namelist())
    except zipfile.BadZipFile:
        return None
    if any(PurePosixPath(part).name.lower() == "vbaproject.bin" for part in names):
        raise ValidationError("文件里有宏，不能上传。请另存为不带宏的 .xlsx 或 .docx 后再传。")
    return XLSX if "xl/workbook.xml" in names else DOCX if "word/document.xml" in names else None


def _is_table(content: bytes) -> bool:
    """Text that is not markup. UTF-8 and GBK are both in use for CSV."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return b"\x00" not in content and start != b"<"


def upload_store(
    *,
    upload: UploadedFile,
    uploaded_by: User,
    accept: tuple[FileKind, ...] = ATTACHMENTS,
    max_bytes: int | None = None,
) -> StoredFile:
    """Keep what somebody uploads. Raises `ValidationError` for wrong types, sizes, damaged pictures, a full quota."""
    limit, size = max_bytes or settings.FILE_MAX_BYTES, upload.size or 0
    if size > limit:
        raise ValidationError(f"文件有 {_megabytes(size)}，超过上限 {_megabytes(limit)}。请压缩或拆分后再传。")
    upload.seek(0)
    content, name = upload.read(), PurePosixPath(upload.name or "").name
    kind = kind_of(content, name)
    if kind is None or kind not in accept:
        labels = "、".join(each.label for each in accept)
        raise ValidationError(f"不能上传这种文件：“{name}”的内容不是允许的类型。可以上传：{labels}。")
    if kind in PICTURES:
        content = _drawn_anew(content, PICTURES[kind])
    # The content decides the ending as well, so that nothing is opened as what it is not.
    name = f"{PurePosixPath(name).stem}{kind.suffix}"
    return file_store(name=name, content=content, content_type=kind.content_type, uploaded_by=uploaded_by)


def file_store(*, name: str, content: bytes, content_type: str, uploaded_by: User | None) -> StoredFile:
    """Keep a file that the portal has made or read itself. Raises `ValidationError` when the quota is full."""
    tenant_id = require_tenant_id()
    with connection.cursor() as cursor:
        # Two uploads at once would each see room for itself.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [QUOTA_LOCK, tenant_id % 2**31])
    used = StoredFile.objects.aggregate(total=Sum("size"))["total"] or 0
    if used + len(content) > settings.FILE_QUOTA_BYTES:
        quota = _megabytes(settings.FILE_QUOTA_BYTES)
        raise ValidationError(f"本单位的文件空间（{quota}）已满。请联系管理员清理或扩容。")
    path = PurePosixPath(name)
    stored_name = default_storage.save(f"{tenant_id}/{secrets.token_hex(16)}{path.suffix}", ContentFile(content))
    return StoredFile.objects.create(
        file=stored_name,
        original_name=f"{path.stem[:190]}{path.suffix}",
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=uploaded_by,
    )


def file_content(stored: StoredFile) -> bytes:
    """All of a file, for services; downloads go through `file_response`."""
    with stored.file.open("rb") as source:
        return source.read()


def file_delete(stored: StoredFile) -> None:
    """Take a file that nothing refers to any more from its row and, once that is certain, from the disk."""
    name = str(stored.file.name)
    stored.delete()
    transaction.on_commit(lambda: default_storage.delete(name))


def file_response(stored: StoredFile) -> FileResponse:
    """The file as an attachment, with an audit entry. Reads from disk only, so it may outlive the tenant's scope."""
    record(AuditEntry.Verb.DOWNLOAD, label=stored.original_name, obj=stored)
    response = FileResponse(
        stored.file.open("rb"), as_attachment=True, filename=stored.original_name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _drawn_anew(content: bytes, form: str) -> bytes:
    """The picture without metadata, turned as its camera meant it."""
    picture = _opened(content, form)
    plain = ImageOps.exif_transpose(picture)
    if form == "JPEG" and plain.mode != "RGB":
        plain = plain.convert("RGB")
    bare = Image.new(plain.mode, plain.size)
    if plain.mode == "P":
        bare.putpalette(plain.getpalette() or [])
    bare.paste(plain)
    out = io.BytesIO()
    options: dict[str, int | bool] = {"quality": JPEG_QUALITY} if form == "JPEG" else {"optimize": True}
    bare.save(out, form, **options)
    return out.getvalue()


def _opened(content: bytes, form: str) -> Image.Image:
    """A decoded picture. Its size is checked before any pixel is."""
    damaged = ValidationError("图片打不开，可能已损坏。请重新拍摄或导出后再传。")
    if not _is_whole(content, form):
        raise damaged
    too_large = ValidationError(f"图片太大，超过 {settings.IMAGE_MAX_PIXELS // 1_000_000} 百万像素。请缩小后再传。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[form])
        if picture.width * picture.height > settings.IMAGE_MAX_PIXELS:
            raise too_large
        picture.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise too_large from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise damaged from error
    return picture


def _is_whole(content: bytes, form: str) -> bool:
    """Whether a picture has its end. Pillow cannot be asked: WeasyPrint tells it to put up with half a file."""
    if form == "JPEG":
        return content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda")
    return b"IEND" in content


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB".replace(".0 MB", " MB")
