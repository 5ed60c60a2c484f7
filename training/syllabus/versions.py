"""Writing programme sheets: the next version as a draft, publishing it, keeping one for a run. The only writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import journal
from cycles.content import content_version
from cycles.models import Cycle, Module, Session
from cycles.schedule.revision import next_revised_at
from training.documents.issued import issuers
from training.documents.printed import looks
from training.models import RunSyllabus, Syllabus, SyllabusLook

from . import checklist, fields, queries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from accounts.models import User

WRITTEN = (
    *checklist.TEXTS,
    "dated_on",
    "minutes",
    "half_days",
    "modality",
    "waivers",
    "bpf_goal",
    "nsf_code",
)


class SyllabusError(Exception):
    """What cannot be done to a sheet, in words; `missing` are the fields that say nothing."""

    def __init__(self, text: str, *, missing: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.missing = missing


def draft(module: Module) -> Syllabus:
    """Return the draft of the next version: the stored one, else an unsaved one like the version in force."""
    stored = Syllabus.objects.drafts().filter(module=module).first()
    if stored is not None:
        return stored
    last = Syllabus.objects.filter(module=module).aggregate(Max("version"))["version__max"] or 0
    result = Syllabus(module=module, version=last + 1, audience=module.audience if not last else "")
    before = queries.in_force(module)
    if before is not None:
        for name in WRITTEN:
            if name != "dated_on":
                setattr(result, name, getattr(before, name))
    return result


def save(
    module: Module,
    *,
    values: Mapping[str, Any],
    seen: dt.datetime | None,
    by: User | None,
    at: dt.datetime,
) -> Syllabus:
    """Write the draft of the next version; a field that is filled loses its waiver. Return it.

    `seen` is the state from which the form was filled in. Raises SyllabusError where somebody saved since.
    """
    with journal.entry("syllabus.save", module, by=by, at=at):
        row = _lock(module)
        if row.revised_at != seen:
            raise SyllabusError(
                _(
                    "Somebody else saved this sheet meanwhile. What you typed is below: compare, then save again."
                )
            )
        for name in WRITTEN:
            if name in values:
                setattr(row, name, values[name])
        row.waivers = checklist.needed_waivers(row.filled, row.waivers)
        row.title, row.legal_frame = row.module.title, row.module.legal_frame
        row.revised_at = next_revised_at(row.revised_at, at=at)
        row.save()
        return row


def _lock(module: Module) -> Syllabus:
    """Return the draft of a module, held with it: two who begin one write the same version."""
    locked = Module.objects.select_for_update().get(pk=module.pk)
    return draft(locked)


def publish(module: Module, *, by: User | None, at: dt.datetime) -> Syllabus:
    """Put the draft in force, in place of the version before; runs keep the one that they were sold with.

    Without a date of its own it has the day on which it is published. Raises SyllabusError without a draft and, of a
    training, while a field says nothing and is not waived.
    """
    with journal.entry("syllabus.publish", module, by=by, at=at):
        row = _lock(module)
        if row.pk is None:
            raise SyllabusError(_("There is no draft to publish: write the sheet and save it first."))
        row.title, row.legal_frame = row.module.title, row.module.legal_frame
        row.dated_on = row.dated_on or timezone.localdate(at)
        if row.legal_frame == Session.LegalFrame.TRAINING and row.missing:
            raise SyllabusError(
                _("The sheet of a training says all of this, or why not: %(fields)s.")
                % {"fields": ", ".join(fields.labels(row.missing))},
                missing=tuple(row.missing),
            )
        Syllabus.objects.in_force().filter(module=module).update(ended_at=at)
        row.published_at, row.published_by = at, by
        row.save()
        look = looks.of(issuers.of_programme(module.programme))
        SyllabusLook.objects.create(syllabus=row, color=look.color, logo=look.png, alt=look.alt)
        content_version.touch()
        return row


def correct_codes(row: Syllabus, *, goal: str, nsf: str, by: User | None, at: dt.datetime) -> None:
    """Write the codes of the yearly report of a version, also once it is published."""
    with journal.entry("syllabus.codes", row.module, by=by, at=at):
        Syllabus.objects.filter(pk=row.pk).update(bpf_goal=goal, nsf_code=nsf)


def keep(cycle: Cycle, *, at: dt.datetime) -> None:
    """Note with which version a run is sold, now that somebody registers; what is noted stays."""
    row = queries.in_force(cycle.module) if cycle.module else None
    if row is not None and not RunSyllabus.objects.filter(cycle=cycle).exists():
        RunSyllabus.objects.get_or_create(cycle=cycle, defaults={"syllabus": row, "kept_at": at})
        content_version.touch()


def give(cycle: Cycle, *, by: User | None, at: dt.datetime) -> Syllabus:
    """Give the version in force to a run that was sold without one.

    Raises SyllabusError where it has one, or none is in force.
    """
    with journal.entry("syllabus.give", cycle, by=by, at=at):
        locked = Cycle.objects.select_for_update(of=("self",)).select_related("module").get(pk=cycle.pk)
        row = queries.in_force(locked.module) if locked.module else None
        if row is None:
            raise SyllabusError(_("No version of the sheet is published: publish one first."))
        if RunSyllabus.objects.filter(cycle=locked).exists():
            raise SyllabusError(_("This run keeps the version that it was sold with."))
        RunSyllabus.objects.create(cycle=locked, syllabus=row, kept_at=at)
        content_version.touch()
        return row
