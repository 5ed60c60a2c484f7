"""The file of a resource: put there, replaced, taken away; a new document of a session, with its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import journal
from cycles.content import documents
from cycles.models import Resource, ResourceFile
from cycles.models.shared import DatePrecision

from . import content

if TYPE_CHECKING:
    import datetime as dt

    from i18nfield.strings import LazyI18nString

    from accounts.models import User
    from cycles.content.documents import Document
    from cycles.models import Session


def file_of(resource: Resource) -> ResourceFile | None:
    """Return the file of a resource, or None."""
    return ResourceFile.objects.filter(resource=resource).first()


def set_file(
    resource: Resource, *, document: Document, name: str, by: User | None, at: dt.datetime
) -> ResourceFile:
    """Give a resource its file, in the place of the one that it has; `name` is what it was called where it came from.

    The address to download it stays the same: it depends on the resource alone.
    """
    with journal.entry("resource.file", resource, by=by, at=at):
        Resource.objects.select_for_update().get(pk=resource.pk)
        file = file_of(resource) or ResourceFile(resource=resource)
        documents.keep(document)
        file.digest, file.ending, file.size = document.digest, document.ending, len(document.content)
        file.name = document.safe_name(name, otherwise=resource.slug)
        file.added_at = at
        file.save()
        return file


def remove_file(resource: Resource, *, by: User | None, at: dt.datetime) -> None:
    """Take the file of a resource away: nobody downloads it from now on. It is deleted with the next sweep."""
    with journal.entry("resource.file_remove", resource, by=by, at=at) as entry:
        gone, _rows = ResourceFile.objects.filter(resource=resource).delete()
        if not gone:
            entry.drop()


def add_document(
    session: Session,
    *,
    title: LazyI18nString,
    kind: str,
    document: Document,
    name: str,
    is_published: bool,
    by: User | None,
    at: dt.datetime,
) -> Resource:
    """Make a resource of a session with its file, dated `at`; a draft unless `is_published`."""
    with journal.entry("session.document", session, by=by, at=at):
        resource = content.create(
            Resource,
            values={
                "programme_id": session.cycle.programme_id,
                "session_id": session.pk,
                "kind": kind,
                "title": title,
                "date_precision": DatePrecision.DAY,
                "date_from": at.astimezone(session.zone).date(),
            },
            by=by,
            at=at,
        )
        set_file(resource, document=document, name=name, by=by, at=at)
        if is_published:
            content.publish(resource, by=by, at=at)
        return resource
