"""Notes of organisers about a person: the only writer. They are erased with the registration that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import journal
from registrations.people.models import PersonNote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from accounts.models import User
    from registrations.models import CycleRegistration


def write(registration: CycleRegistration, *, text: str, by: User | None, at: dt.datetime) -> PersonNote:
    """Keep a note about somebody. The journal says that one was written, never what it says."""
    with journal.entry("registration.note", registration, by=by, at=at):
        return PersonNote.objects.create(cycle_registration=registration, text=text, by=by, written_at=at)


def erase(note: PersonNote, *, by: User | None, at: dt.datetime) -> None:
    with journal.entry("registration.note_gone", note.cycle_registration, by=by, at=at):
        note.delete()


def forget(registrations: Collection[int]) -> None:
    """Erase what was noted on registrations that become nobody's, or whose person is erased."""
    PersonNote.objects.filter(cycle_registration__in=registrations).delete()
