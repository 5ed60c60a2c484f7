"""The demonstration: two programmes, invented people, and a session whose reminder one can watch leave."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q

import cycles
from cycles.imports.programme import import_programme
from cycles.imports.programme.database.removal import remove_programme
from cycles.imports.programme.shift import MONTHS_A_YEAR
from cycles.models import Cycle, Programme, Session
from cycles.schedule import planning
from desk.speakers import demo as speakers
from notifications.delivery import ledger
from notifications.models import Delivery
from notifications.plan import defaults
from registrations import booking
from registrations.attendance import noting
from registrations.booking import Applicant
from registrations.models import CycleRegistration, Participant, Registration
from registrations.people import participants
from registrations.people.data import rights

from . import demo_finished_run, demo_surveys, demo_training

if TYPE_CHECKING:
    from django.db.models import QuerySet

DATA = Path(cycles.__file__).parent / "data"
# The real programme of 2020-2021 as if it were 2026-2027: same weekdays, same days of clock change.
REAL_FILE, REAL_YEARS = DATA / "programme.yaml", 6
INVENTED_FILE = DATA / "demo.yaml"
REAL_PROGRAMME, INVENTED_PROGRAMME = "reconnaissance-mse", "au-fil-de-la-vaubrette"
REAL_CYCLE, INVENTED_CYCLE = "reconnaissance-2020-2021", "onze-ponts"
HOUR = dt.timedelta(hours=1)
# Backends that hand nothing over to a mail server.
KEEPING = (
    "MailboxBackend",
    "console.EmailBackend",
    "dummy.EmailBackend",
    "locmem.EmailBackend",
    "filebased.EmailBackend",
)
CATCHERS_PORT = 1025


@dataclass(frozen=True)
class Invented:
    """A person who does not exist; `days` ago they registered, 0 for just now."""

    name: tuple[str, str]
    email: str
    organisation: str = ""
    language: str = "fr"
    zone: str = ""
    days: int = 0

    @property
    def applicant(self) -> Applicant:
        return Applicant(
            email=self.email,
            given_name=self.name[0],
            family_name=self.name[1],
            organisation_name=self.organisation,
            language=self.language,
            timezone=self.zone,
        )


PEOPLE = (
    Invented(("Amina", "Diallo-Lefèvre"), "amina@asso-test.example.org", "Association d'essai", days=160),
    Invented(("Zoë", "O'Brien-Nguyễn"), "zoe+webinaire@example.org", "", "en", "Indian/Reunion", days=150),
    Invented(("Jean‑Noël", "d'Âme"), "JEAN.NOEL@Example.ORG", "Les Quatre Vents", days=120),
    Invented(
        ("Marie-Ange", "Payet"), "payet@example.org", "Collectif du Piton", "fr", "Indian/Reunion", days=90
    ),
    Invented(("Teva", "Maitai"), "teva@example.org", "", "fr", "Pacific/Tahiti", days=75),
    Invented(("Ismaël", "Ben Salah"), "ismael@example.org", "La Halte", days=61),
    Invented(("Gwenaëlle", "Le Goff"), "gwenaelle@example.org", "Ker Asso", days=45),
    Invented(("Ngọc", "Trần"), "ngoc.tran@example.org", "Fonds Lotus", "en", days=33),
    Invented(
        ("Louise", "Bergeron"), "louise@example.org", "Réseau du fleuve", "fr", "America/Toronto", days=21
    ),
    Invented(("Karim", "Aït-Ouali"), "karim@example.org", "", days=13),
    Invented(("Éloïse", "Saint-Just"), "eloise@example.org", "Maison des voisins", days=8),
    Invented(("Bartholomew", "Finch"), "finch@example.org", "The Otter Trust", "en", days=3),
    # These two have just registered: their confirmations are in the mailbox, one in each language.
    Invented(("Camille", "Rousset"), "camille@example.org", "Les Petits Pas"),
    Invented(("Morgan", "Whitaker"), "morgan@example.org", "Harbour Lights", "en"),
)
# Who followed the finished run of training.
TRAINEES = 5
# Who registered for the real programme too, who for one stop only, who declined one, who wants no reminder.
ALSO_REAL = 8
ONE_STOP_ONLY = "karim@example.org"
DECLINED = "gwenaelle@example.org"
NO_REMINDERS = "ismael@example.org"
LATE_TO_THE_ROOM = dt.timedelta(minutes=2)


def would_mail() -> bool:
    """Tell whether what the demonstration sends would leave for real mail servers.

    It would not where mail is kept, or goes to a catcher: SMTP without a login on the port of Mailpit and MailHog.
    """
    backend = settings.EMAIL_BACKEND
    if settings.ESCALE_MAILBOX or backend.endswith(KEEPING):
        return False
    is_smtp = backend.endswith("smtp.EmailBackend")
    return not (is_smtp and int(settings.EMAIL_PORT) == CATCHERS_PORT and not settings.EMAIL_HOST_USER)


def is_loaded() -> bool:
    return Programme.objects.filter(slug=INVENTED_PROGRAMME).exists()


@transaction.atomic
def load(*, at: dt.datetime) -> bool:
    """Load both programmes and the invented people; False when the demonstration is there already."""
    if is_loaded():
        return False
    if not Programme.objects.filter(slug=REAL_PROGRAMME).exists():
        import_programme(REAL_FILE, at=at, shift_months=REAL_YEARS * MONTHS_A_YEAR)
    import_programme(INVENTED_FILE, at=at, shift_months=None)
    _register(Cycle.objects.get(slug=INVENTED_CYCLE), PEOPLE, at=at)
    _register(Cycle.objects.get(slug=REAL_CYCLE), PEOPLE[:ALSO_REAL], at=at)
    _live(at=at)
    finished = demo_finished_run.load(
        Programme.objects.get(slug=INVENTED_PROGRAMME),
        [person.applicant for person in PEOPLE[:TRAINEES]],
        at=at,
    )
    demo_surveys.load(Cycle.objects.get(slug=INVENTED_CYCLE), finished, at=at)
    speakers.load(Cycle.objects.get(slug=INVENTED_CYCLE), at=at)
    coming, full = demo_training.load(at=at)
    _register(coming, PEOPLE[2:7], at=at)
    # Two more than there are places.
    _register(full, PEOPLE[: demo_training.PLACES_FULL + 2], at=at)
    _say_so()
    return True


def _say_so() -> None:
    """Let the runs of training say as well that they are invented: on their pages, in calendars and in mails."""
    programme = Programme.objects.get(slug=INVENTED_PROGRAMME)
    Cycle.objects.filter(programme=programme, banner__in=("", "{}")).update(banner=programme.banner)


def _register(cycle: Cycle, people: tuple[Invented, ...], *, at: dt.datetime) -> None:
    """Register people by the way that everyone takes, each on their day; old mails are not sent again."""
    defaults.default_steps(cycle)
    for person in people:
        when = at - dt.timedelta(days=person.days)
        only = None
        if person.email == ONE_STOP_ONLY:
            only = cycle.sessions.upcoming(at=at).first()
        registration = booking.register(
            cycle,
            applicant=person.applicant,
            scope=CycleRegistration.Scope.CHOSEN if only else CycleRegistration.Scope.ALL,
            session_ids=[only.pk] if only else [],
            at=when,
        )
        booking.confirm(registration, at=when)
        if person.days:
            owed = Delivery.objects.filter(cycle_registration=registration)
            ledger.skip(owed, reason=Delivery.Reason.STOPPED)


def _live(*, at: dt.datetime) -> None:
    """Let some come to the sessions that are over, one decline the next, one stop reminders."""
    come = Registration.objects.confirmed().filter(
        session__cycle__slug=INVENTED_CYCLE, session__ends_at__lte=at
    )
    for row in come.select_related("session").order_by("pk"):
        if row.session.starts_at is not None and (row.participant_id + row.session_id) % 4:
            noting.join(row, at=row.session.starts_at + LATE_TO_THE_ROOM)
    coming = Session.objects.filter(cycle__slug=INVENTED_CYCLE).upcoming(at=at).first()
    declined = Registration.objects.filter(
        session=coming, participant__email_key=booking.address_key(DECLINED)
    ).first()
    if declined is not None:
        booking.cancel(declined, at=at)
        ledger.skip(Delivery.objects.filter(registration=declined), reason=Delivery.Reason.STOPPED)
    participants.stop_reminders(Participant.objects.get(email_key=booking.address_key(NO_REMINDERS)), at=at)


def plan_reminder_in(minutes: int, *, at: dt.datetime) -> tuple[Session, dt.datetime]:
    """Plan an invented session whose H-1 reminder is due in so many minutes; return it and when that is.

    The moment is rounded up to a whole minute. Everybody registered for the whole invented cycle is reminded.
    """
    load(at=at)
    cycle = Cycle.objects.get(slug=INVENTED_CYCLE)
    defaults.default_steps(cycle)
    due_at = at + dt.timedelta(minutes=minutes)
    if due_at.second or due_at.microsecond:
        due_at = due_at.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    session = planning.add(
        cycle,
        starts_at=due_at + HOUR,
        ends_at=due_at + 2 * HOUR,
        title={
            "fr": "Séance d'essai\u202f: un rappel part sous vos yeux",
            "en": "Trial session: watch a reminder leave",
        },
        reason={"fr": "pour voir partir un rappel", "en": "to watch a reminder leave"},
        by=None,
        at=at,
    )
    return session, due_at


@transaction.atomic
def remove(*, at: dt.datetime) -> Counter[str]:
    """Take everything of the demonstration away, registrations in its cycles included; return what went.

    People who are registered elsewhere stay, and so does whatever another programme has come to use. The real
    programme stays when it was not imported as a demonstration (its dates are not shifted).
    """
    files = [INVENTED_FILE]
    demo = Q(slug=INVENTED_CYCLE) | Q(programme__slug=INVENTED_PROGRAMME)
    if Cycle.objects.filter(slug=REAL_CYCLE).exclude(demo_shift_years=0).exists():
        files.append(REAL_FILE)
        demo |= Q(slug=REAL_CYCLE) | Q(programme__slug=REAL_PROGRAMME)
    # In this order: papers name people, people are registered in runs, the files' rows are named by all of these.
    removed = demo_finished_run.remove_documents(Cycle.objects.filter(demo))
    removed += speakers.remove(Cycle.objects.filter(demo))
    removed += Counter(participants=_remove_people(Cycle.objects.filter(demo), at=at))
    removed += demo_finished_run.remove_run()
    removed += demo_training.remove()
    for file in files:
        removed += remove_programme(file, at=at)
    return removed


def _remove_people(demo: QuerySet[Cycle], *, at: dt.datetime) -> int:
    """Take away the registrations in these cycles, and whoever is registered nowhere else; return how many."""
    registrations = CycleRegistration.objects.filter(cycle__in=demo).order_by("pk")
    people = set(registrations.values_list("participant_id", flat=True))
    Delivery.objects.filter(session__cycle__in=demo).delete()
    for registration in registrations:
        # Not before the loop: a place that one gives back owes a mail to another, who goes next.
        Delivery.objects.filter(cycle_registration=registration).delete()
        booking.remove(registration, at=at)
    only_here = list(Participant.objects.filter(pk__in=people, cycle_registrations=None))
    for participant in only_here:
        Delivery.objects.filter(participant=participant).delete()
        rights.erase(participant, at=at)
    return len(only_here)
