"""Keeping several uploads for one record: all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from tenants.files import ATTACHMENTS, FileKind, file_delete, upload_store
from tenants.models import StoredFile
from tenants.permissions import Actor


def uploads_keep(
    *,
    actor: Actor,
    uploads: Sequence[UploadedFile],
    held: Collection[str],
    most: int,
    subject: str,
    accept: tuple[FileKind, ...] = ATTACHMENTS,
) -> list[StoredFile]:
    """Keep what somebody uploads for a record that has files of the digests `held` already; the same file again is
    passed over.

    Raises `ValidationError` (beside `attachments`) for more than `most` in all, counted for `subject` ("一次活动"),
    and naming the file that is refused; none is left on the disk then.
    """
    known = set(held)
    if len(known) + len(uploads) > most:
        raise ValidationError({"attachments": f"{subject}最多放 {most} 个附件，已有 {len(known)} 个。请挑选后再传。"})
    kept: list[StoredFile] = []
    for upload in uploads:
        try:
            stored = upload_store(upload=upload, uploaded_by=actor.user, accept=accept)
        except ValidationError as error:
            for each in kept:
                each.file.delete(save=False)
            reason = error.messages[0]
            named = reason if upload.name and upload.name in reason else f"“{upload.name}”：{reason}"
            raise ValidationError({"attachments": named}) from error
        if stored.sha256 in known:
            file_delete(stored)
            continue
        known.add(stored.sha256)
        kept.append(stored)
    return kept
