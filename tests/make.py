"""Typed builders for tests: each makes one valid row, and takes what the test is about as keywords."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zlib
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from PIL import Image

from accounts import addresses
from accounts.models import User
from cycles.content import pictures
from cycles.models import (
    Cycle,
    Invitation,
    Membership,
    Module,
    Organisation,
    Person,
    Picture,
    Programme,
    Segment,
    Session,
    SpeakerSlot,
    Topic,
)
from notifications.models import Delivery, GroupMessage, RefusedMailing
from registrations.attendance.models import Attendance, AttendanceReport
from registrations.models import CycleRegistration, Participant, Question, Registration, State
from speakers.people import contacts

if TYPE_CHECKING:
    from speakers.models import Contact

PARIS = ZoneInfo("Europe/Paris")
# Thursday 1 October 2026, 09:00 in Paris: before the first stop, as in journey J1 shifted by six years.
AT = dt.datetime(2026, 10, 1, 7, 0, tzinfo=dt.UTC)

_serial = itertools.count(1)


def paris(year: int, month: int, day: int, hour: int = 13, minute: int = 0) -> dt.datetime:
    """Return an aware instant from a wall clock in Paris."""
    return dt.datetime(year, month, day, hour, minute, tzinfo=PARIS)


def user(**fields: Any) -> User:
    fields.setdefault("email", f"organiser{next(_serial)}@example.org")
    fields.setdefault("name", "Claire")
    return User.objects.create_user(**fields)


def organisation(**fields: Any) -> Organisation:
    fields.setdefault("slug", f"organisation-{next(_serial)}")
    fields.setdefault("name", "Association des Quais")
    return Organisation.objects.create(**fields)


def person(**fields: Any) -> Person:
    fields.setdefault("slug", f"person-{next(_serial)}")
    fields.setdefault("given_name", "Nadia")
    fields.setdefault("family_name", "Belkacem")
    return Person.objects.create(**fields)


def topic(**fields: Any) -> Topic:
    fields.setdefault("slug", f"topic-{next(_serial)}")
    fields.setdefault("name", {"fr": "Levier", "en": "Lever"})
    return Topic.objects.create(**fields)


def programme(**fields: Any) -> Programme:
    fields.setdefault("slug", f"programme-{next(_serial)}")
    fields.setdefault("title", {"fr": "Programme d'essai", "en": "Trial programme"})
    fields.setdefault("is_published", True)
    return Programme.objects.create(**fields)


def logo(of: Programme | Organisation, *, color: str = "#1f3a7d", **fields: Any) -> Picture:
    """Give a programme or an organisation a logo, with its files in MEDIA_ROOT (which the test moves aside)."""
    target = io.BytesIO()
    Image.new("RGB", (600, 300), color).save(target, "PNG")
    prepared = pictures.prepare(target.getvalue())
    pictures.keep(prepared)
    fields.setdefault("alt", {"fr": "Trois vagues bleues"})
    fields["programme" if isinstance(of, Programme) else "organisation"] = of
    sizes = {name: getattr(prepared, name) for name in ("digest", "width", "height", "small_width")}
    return Picture.objects.create(**sizes, **fields)


def membership(**fields: Any) -> Membership:
    fields.setdefault("role", Membership.Role.ORGANISER)
    fields["programme"] = fields.get("programme") or programme()
    fields["user"] = fields.get("user") or user()
    return Membership.objects.create(**fields)


def invitation(**fields: Any) -> Invitation:
    """An open invitation to organise: sent just now, so that it is open whenever the tests run."""
    fields["programme"] = fields.get("programme") or programme()
    fields.setdefault("email", f"invited{next(_serial)}@example.org")
    fields.setdefault("role", Membership.Role.ORGANISER)
    fields.setdefault("sent_at", timezone.now())
    fields.setdefault("expires_at", fields["sent_at"] + dt.timedelta(days=7))
    return Invitation.objects.create(**fields)


def cycle(**fields: Any) -> Cycle:
    """A published cycle on every third Thursday, 13:00-14:30 in Paris, October 2026 to October 2027."""
    fields.setdefault("slug", f"cycle-{next(_serial)}")
    fields.setdefault("title", {"fr": "Le tour en 12 étapes", "en": "The tour in 12 stages"})
    fields.setdefault("session_word", {"fr": "Escale", "en": "Stop"})
    fields.setdefault("status", Cycle.Status.PUBLISHED)
    fields.setdefault("revised_at", AT)
    if "frequency" not in fields:
        fields |= {
            "frequency": Cycle.Frequency.MONTHLY_WEEKDAY,
            "nth": 3,
            "weekday": 3,
            "first_date": fields.get("first_date", dt.date(2026, 10, 1)),
            "last_date": fields.get("last_date", dt.date(2027, 10, 31)),
            "local_start": dt.time(13, 0),
            "minutes": 90,
            "planned_count": fields.get("planned_count", 12),
        }
    return Cycle.objects.create(**fields)


def module(**fields: Any) -> Module:
    fields.setdefault("slug", f"module-{next(_serial)}")
    fields.setdefault("title", {"fr": "Lire une rivière", "en": "Reading a river"})
    fields.setdefault("status", Module.Status.OPEN)
    return Module.objects.create(**fields)


def run(**fields: Any) -> Cycle:
    """A published run of a module, without half-days (see `half_days`)."""
    fields["module"] = fields.get("module") or module()
    fields.setdefault("run_number", fields["module"].runs.count() + 1)
    fields.setdefault("programme", fields["module"].programme)
    fields.setdefault("title", fields["module"].title)
    fields.setdefault("session_word", {"fr": "Demi-journée", "en": "Half-day"})
    return cycle(kind=Cycle.Kind.RUN, frequency="", **fields)


def half_days(of: Cycle, *, day: dt.date = dt.date(2026, 10, 6), **fields: Any) -> tuple[Session, Session]:
    """The two half-days of journey J8 on one day at a place: 9:00-12:30 and 14:00-17:30 in Paris."""
    fields.setdefault("modality", "on_site")
    fields.setdefault("place", {"fr": "Maison des Rives, 3 quai du Gué, Nantes"})
    fields.setdefault("title", of.title)
    first, second = (
        session(
            cycle=of,
            slug=f"demi-journee-{number:02d}",
            number=number,
            starts_at=dt.datetime(day.year, day.month, day.day, *starts, tzinfo=PARIS),
            ends_at=dt.datetime(day.year, day.month, day.day, *ends, tzinfo=PARIS),
            **fields,
        )
        for number, starts, ends in ((1, (9, 0), (12, 30)), (2, (14, 0), (17, 30)))
    )
    return first, second


def session(**fields: Any) -> Session:
    """A confirmed session of 90 minutes; by default escale 2, 19 November 2026 at 13:00 in Paris."""
    serial = next(_serial)
    fields["cycle"] = fields.get("cycle") or cycle()
    fields.setdefault("slug", f"escale-{serial:02d}")
    fields.setdefault("title", {"fr": "Un titre : « l'essai »", "en": "A title: “the trial”"})
    fields.setdefault("status", Session.Status.CONFIRMED)
    fields.setdefault("starts_at", paris(2026, 11, 19))
    if fields["starts_at"] is not None:
        fields.setdefault("ends_at", fields["starts_at"] + dt.timedelta(minutes=90))
    fields.setdefault("created_at", AT)
    fields.setdefault("revised_at", AT)
    return Session.objects.create(**fields)


def slot(at: Session | None = None, **fields: Any) -> SpeakerSlot:
    """Someone who speaks in a part of their own of a session, with an address to write to."""
    if "segment" not in fields:
        at = at or session()
        fields["segment"] = Segment.objects.create(
            session=at, order=at.segments.count() + 1, title={"fr": "Les leviers", "en": "The levers"}
        )
    fields["organisation"] = fields.get("organisation") or organisation()
    fields.setdefault("order", 1)
    fields.setdefault("contact_name", "Nadia")
    fields.setdefault("contact_email", "nadia@example.org")
    return SpeakerSlot.objects.create(**fields)


def contact(email: str) -> Contact:
    """The contact of an address that stands in an agenda."""
    return contacts.ensure([email], at=AT)[addresses.key(email)]


def participant(**fields: Any) -> Participant:
    fields.setdefault("email", f"participant{next(_serial)}@example.org")
    fields.setdefault("email_key", addresses.key(fields["email"]))
    fields.setdefault("given_name", "Amina")
    fields.setdefault("family_name", "Diallo-Lefèvre")
    fields.setdefault("created_at", AT)
    fields.setdefault("confirmed_at", AT)
    fields.setdefault("proved_at", fields["confirmed_at"])
    return Participant.objects.create(**fields)


def cycle_registration(**fields: Any) -> CycleRegistration:
    """A confirmed registration for a whole cycle; the per-session rows are not made (see `registration`)."""
    fields["participant"] = fields.get("participant") or participant()
    fields["cycle"] = fields.get("cycle") or cycle()
    fields.setdefault("state", State.CONFIRMED)
    fields.setdefault("requested_at", AT)
    if fields["state"] == State.CONFIRMED:
        fields.setdefault("confirmed_at", AT)
    return CycleRegistration.objects.create(**fields)


def question(**fields: Any) -> Question:
    fields["cycle"] = fields.get("cycle") or cycle()
    fields.setdefault("label", {"fr": "Pourquoi venez-vous ?", "en": "Why do you come?"})
    return Question.objects.create(**fields)


def registration(**fields: Any) -> Registration:
    """A confirmed registration for one session, with the cycle registration that it hangs on."""
    fields["session"] = fields.get("session") or session()
    fields["participant"] = fields.get("participant") or participant()
    if "cycle_registration" not in fields:
        fields["cycle_registration"] = CycleRegistration.objects.filter(
            cycle=fields["session"].cycle, participant=fields["participant"]
        ).first() or cycle_registration(
            cycle=fields["session"].cycle,
            participant=fields["participant"],
            scope=CycleRegistration.Scope.CHOSEN,
        )
    fields.setdefault("state", State.CONFIRMED)
    fields.setdefault("queued_at", AT)
    if fields["state"] == State.CONFIRMED:
        fields.setdefault("confirmed_at", AT)
    return Registration.objects.create(**fields)


def crowd(cycle: Cycle, count: int) -> None:
    """Register many people for every session of a cycle, with a mail about each: a few statements in all."""
    people = Participant.objects.bulk_create(
        Participant(
            email=f"crowd{number}@example.org",
            email_key=f"crowd{number}@example.org",
            given_name="Amina",
            family_name=f"Foule {number}",
            created_at=AT,
            confirmed_at=AT,
            proved_at=AT,
        )
        for number in range(count)
    )
    rows = CycleRegistration.objects.bulk_create(
        CycleRegistration(
            cycle=cycle, participant=person, state=State.CONFIRMED, requested_at=AT, confirmed_at=AT
        )
        for person in people
    )
    for session in cycle.sessions.all():
        seats = Registration.objects.bulk_create(
            Registration(
                participant=person,
                session=session,
                cycle_registration=row,
                state=State.CONFIRMED,
                queued_at=AT,
                confirmed_at=AT,
            )
            for person, row in zip(people, rows, strict=True)
        )
        Delivery.objects.bulk_create(
            Delivery(
                key=f"crowd:{seat.pk}",
                kind="reminder",
                session=session,
                cycle=cycle,
                revision=session.revision,
                registration=seat,
                cycle_registration=row,
                participant=person,
                to_address=person.email,
                domain="example.org",
                language="fr",
                state=Delivery.State.SENT,
                created_at=AT,
                next_at=AT,
                sent_at=AT,
            )
            for person, row, seat in zip(people, rows, seats, strict=True)
        )


def delivery(row: Registration, **fields: Any) -> Delivery:
    """A mail owed to someone about one session; waiting, unless a state is given."""
    person = row.participant
    state = fields.setdefault("state", Delivery.State.PENDING)
    fields.setdefault("kind", "reminder")
    fields.setdefault("key", f"test:{next(_serial)}")
    fields.setdefault("created_at", AT)
    fields.setdefault("next_at", AT)
    fields.setdefault("sent_at", AT if state == Delivery.State.SENT else None)
    fields.setdefault("reason", Delivery.Reason.TOO_LATE if state == Delivery.State.SKIPPED else "")
    return Delivery.objects.create(
        session=row.session,
        cycle_id=row.session.cycle_id,
        revision=row.session.revision,
        registration=row,
        cycle_registration=row.cycle_registration,
        participant=person,
        to_address=person.email,
        domain=person.email.rpartition("@")[2],
        language=person.language,
        **fields,
    )


def group_message(**fields: Any) -> GroupMessage:
    """A draft to everyone in a cycle."""
    fields["cycle"] = fields.get("cycle") or cycle()
    fields.setdefault("subjects", {"fr": "Salle changée", "en": "Another room"})
    fields.setdefault("bodies", {"fr": "Bonjour {given_name}.", "en": "Hello {given_name}."})
    fields.setdefault("written_at", AT)
    return GroupMessage.objects.create(**fields)


def refused_mailing(**fields: Any) -> RefusedMailing:
    """Reminders of a day that five addresses refused in the same way; the rest waits."""
    fields["cycle"] = fields.get("cycle") or cycle()
    fields.setdefault("mailing", f"reminder:{fields['cycle'].pk}:{AT:%Y-%m-%d}")
    fields.setdefault("ground", "no_mailbox")
    fields.setdefault("kind", "reminder")
    fields.setdefault("first_at", AT)
    fields.setdefault("held_at", AT)
    fields.setdefault("count", 5)
    fields.setdefault("asks_at", 5)
    return RefusedMailing.objects.create(**fields)


def attendance(**fields: Any) -> Attendance:
    """Somebody who was there all the time, as a report says."""
    fields["registration"] = fields.get("registration") or registration()
    fields.setdefault("state", Attendance.State.PRESENT)
    fields.setdefault("source", Attendance.Source.REPORT)
    fields.setdefault("noted_at", AT)
    return Attendance.objects.create(**fields)


def attendance_report(**fields: Any) -> AttendanceReport:
    """A file that nobody has confirmed yet: one line."""
    content = fields.pop("content", b"Name,Email,Duration\nAmina,amina@example.org,88\n")
    fields["session"] = fields.get("session") or session()
    fields.setdefault("name", "participants.csv")
    fields.setdefault("uploaded_at", AT)
    return AttendanceReport.objects.create(content=zlib.compress(content), **fields)
