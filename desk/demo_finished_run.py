"""The finished run of the demonstration: signed for, countersigned, certified; all of it invented."""

from __future__ import annotations

import collections
import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from cycles import runs
from cycles.models import Cycle, Module, Organisation, Person, Programme, Session, SpeakerSlot
from notifications.delivery import ledger
from notifications.models import Delivery
from registrations import booking
from registrations.models import CycleRegistration, Registration
from training.documents import certificates
from training.documents.demonstration import PREFIX
from training.models import (
    Counter,
    Document,
    PaperScan,
    ProgrammeProvider,
    Signature,
    TraineeFile,
    TrainerNote,
    TrainingProvider,
)
from training.signing import verbs
from training.signing.sheet import freezing

from . import demo_programme_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from registrations.booking import Applicant

MODULE = f"{PREFIX}lire-sa-riviere"
ORGANISATION = f"{PREFIX}ecole-des-berges"
TRAINER = f"{PREFIX}tariq-benhaddou"
# As a speaker of the cycle: one page shows all that he does.
TRAINER_EMAIL = "tariq@demo.example.org"
PLACE = {
    "fr": "Maison des Berges, 3 quai des Saules, Vaubrette",
    "en": "Maison des Berges, 3 quai des Saules",
}
WEEKS_AGO = 3
HALF_DAYS = (((9, 0), (12, 30)), ((14, 0), (17, 30)))
LATE, ABSENT = 1, 4


def load(programme: Programme, people: Sequence[Applicant], *, at: dt.datetime) -> Cycle:
    """Hold a run some weeks before `at`: everybody signs, one comes late, one misses the afternoon."""
    module = Module.objects.create(
        slug=MODULE,
        programme=programme,
        legal_frame=Session.LegalFrame.TRAINING,
        status=Module.Status.OPEN,
        title={"fr": "Lire sa rivière", "en": "Reading one's river"},
        summary={
            "fr": "Une journée, inventée pour la démonstration, pour comprendre ce que disent l'eau et ses rives.",
            "en": "A day, invented for the demonstration, to understand what the water and its banks say.",
        },
    )
    _provider(programme)
    zone = zoneinfo.ZoneInfo("Europe/Paris")
    day = (at.astimezone(zone) - dt.timedelta(weeks=WEEKS_AGO)).date()
    day -= dt.timedelta(days=(day.weekday() - 1) % 7)
    spans = [
        tuple(dt.datetime.combine(day, dt.time(*hour), tzinfo=zone) for hour in half_day)
        for half_day in HALF_DAYS
    ]
    before = spans[0][0] - dt.timedelta(days=20)
    demo_programme_sheet.publish(module, at=before)
    cycle = runs.open_run(
        module,
        half_days=[
            runs.HalfDay(starts_at=start, ends_at=end, modality="on_site", place=PLACE)
            for start, end in spans
        ],
        terms=runs.Terms(capacity=12),
        trainers=list(Person.objects.filter(slug=TRAINER).values_list("pk", flat=True)),
        by=None,
        at=before,
    )
    Cycle.objects.filter(pk=cycle.pk).update(status=Cycle.Status.PUBLISHED)
    cycle.sessions.update(status=Session.Status.CONFIRMED)
    name_trainer(cycle)
    cycle.refresh_from_db()
    owners = [_registered(cycle, applicant, at=before) for applicant in people]
    sessions = list(cycle.sessions.order_by("starts_at"))
    for number, session in enumerate(sessions):
        _held(session, owners, is_afternoon=number == 1)
    TraineeFile.objects.create(
        cycle_registration=owners[0],
        kind=TraineeFile.Kind.EMPLOYEE,
        employer_name=owners[0].person.organisation_name,
    )
    issued = spans[-1][1] + dt.timedelta(days=1)
    certificates.issue_all(cycle, kind=Document.Kind.CERTIFICATE, by=None, at=issued)
    return cycle


def name_trainer(cycle: Cycle) -> None:
    """Give the trainer of a run the address by which he keeps its sheets."""
    SpeakerSlot.objects.filter(segment__session__cycle=cycle).update(
        contact_name="Tariq Benhaddou", contact_email=TRAINER_EMAIL
    )


def _provider(programme: Programme) -> None:
    provider, _is_new = TrainingProvider.objects.get_or_create(
        organisation=Organisation.objects.get(slug=ORGANISATION),
        defaults={
            "legal_name": "École d'ingénierie des berges (invention)",
            "siret": "12345678200010",
            "nda": "11000000000",
            "address": "1 quai des Saules, 00000 Vaubrette",
            "city": "Vaubrette",
            "signatory_name": "Odile Marchenoir",
            "signatory_quality": "présidente",
        },
    )
    ProgrammeProvider.objects.get_or_create(programme=programme, defaults={"provider": provider})


def _registered(cycle: Cycle, applicant: Applicant, *, at: dt.datetime) -> CycleRegistration:
    """Register somebody in time; the mails of then are not sent now."""
    row = booking.add(cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, by=None, at=at)
    ledger.skip(Delivery.objects.filter(cycle_registration=row), reason=Delivery.Reason.STOPPED)
    return row


def _held(session: Session, owners: list[CycleRegistration], *, is_afternoon: bool) -> None:
    """Let a half-day be signed for and countersigned by its trainer."""
    if session.starts_at is None or session.ends_at is None:
        return
    minute = dt.timedelta(minutes=1)
    for number, owner in enumerate(owners):
        row = Registration.objects.get(cycle_registration=owner, session=session)
        if number == ABSENT and is_afternoon:
            verbs.note(
                row,
                kind=TrainerNote.Kind.EXCUSED,
                reason="obligation professionnelle",
                by=None,
                by_name="Tariq Benhaddou",
                at=session.starts_at,
            )
            continue
        is_late = number == LATE and not is_afternoon
        signed = session.starts_at + (20 * minute if is_late else (number - 6) * minute)
        verbs.sign(row, means=Signature.Means.LINK, language="fr", at=signed)
        if is_late:
            verbs.note(
                row,
                kind=TrainerNote.Kind.PARTIAL,
                arrived_at=signed,
                reason="transports",
                by=None,
                by_name="Tariq Benhaddou",
                at=signed,
            )
    freezing.countersign(
        session,
        by=None,
        by_name="Tariq Benhaddou",
        by_email=TRAINER_EMAIL,
        language="fr",
        at=session.ends_at + 8 * minute,
    )


def deleted(rows: QuerySet[Any]) -> int:
    """Delete rows; return how many of them went, without those that hung on them."""
    return rows.delete()[1].get(rows.model._meta.label, 0)


def remove_documents(cycles: QuerySet[Cycle]) -> collections.Counter[str]:
    """Take the papers and signatures of the demonstration's cycles away: nothing else names their people then.

    Return how many by section.
    """
    ids = list(cycles.values_list("pk", flat=True))
    may_go = Q(is_demo=True) | Q(kind__in=Document.OF_THE_PERSON)
    documents = list(Document.objects.light().filter(may_go, cycle__in=ids).order_by("-pk"))
    for document in documents:
        document.delete()
    theirs = {"registration__session__cycle__in": ids}
    return collections.Counter(
        documents=len(documents),
        signatures=deleted(Signature.objects.filter(**theirs)),
        trainer_notes=deleted(TrainerNote.objects.filter(**theirs)),
        paper_scans=deleted(PaperScan.objects.filter(session__cycle__in=ids)),
    )


def remove_run() -> collections.Counter[str]:
    """Take the run, its module, provider and number counters away, once nobody is registered.

    Return how many by section.
    """
    runs_of_demo = Cycle.objects.filter(module__slug=MODULE)
    removed = collections.Counter(
        sessions=deleted(Session.objects.filter(cycle__in=runs_of_demo)),
        runs=deleted(runs_of_demo),
        modules=deleted(Module.objects.filter(slug=MODULE)),
    )
    providers = TrainingProvider.objects.filter(organisation__slug__startswith=PREFIX)
    keys = [f"provider-{pk}" for pk in providers.values_list("pk", flat=True)]
    unused = Counter.objects.filter(issuer__in=keys).exclude(issuer__in=Document.objects.values("issuer"))
    removed["number_counters"] = deleted(unused)
    ProgrammeProvider.objects.filter(provider__in=providers).delete()
    removed["training_providers"] = deleted(providers)
    return removed
