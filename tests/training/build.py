"""The run of journey J8: one day on 6 October 2026 (as 2020 shifted by six years), two half-days, its trainer Marc."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cycles.models import Cycle, Module, Partnership, Session
from registrations.models import Registration
from tests import make
from training.models import ProgrammeProvider, TrainingProvider
from training.signing import verbs
from training.signing.sheet import freezing

if TYPE_CHECKING:
    from cycles.models import Programme
    from registrations.models import CycleRegistration
    from training.models import Document

DAY = (2026, 10, 6)
NAMES = (("Amina", "Diallo-Lefèvre"), ("Zoë", "O’Brien-Nguyễn"), ("Jean‑Noël", "d’Âme"))
MARC = "marc@example.org"

# A programme sheet that says everything.
SHEET: dict[str, Any] = {
    **{
        name: {"fr": text}
        for name, text in {
            "audience": "bénévoles",
            "prerequisites": "Aucun",
            "objectives": "- Observer\n- Noter",
            "content": "L’eau, la berge",
            "access": "jusqu’à la veille",
            "price": "120 €",
            "methods": "exposés",
            "means": "une salle",
            "trainers": "Marc Exemple",
            "assessment": "une page de carnet",
            "validation": "certificat de réalisation",
            "accessibility": "acces@example.org",
            "contact": "formation@example.org",
            "results": "92 % de satisfaits en 2025 (n = 24)",
        }.items()
    },
    "dated_on": dt.date(2026, 10, 1),
    "minutes": 420,
    "half_days": 2,
    "modality": "on_site",
    "waivers": {},
    "bpf_goal": "d",
    "nsf_code": "343",
}


def at(hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    """Return an instant of the day of the run, by the clock of its place."""
    return make.paris(*DAY, hour, minute) + dt.timedelta(seconds=second)


MORNING = (at(9), at(12, 30))
AFTERNOON = (at(14), at(17, 30))


@dataclass(frozen=True, kw_only=True)
class Run:
    programme: Programme
    cycle: Cycle
    morning: Session
    afternoon: Session
    people: list[CycleRegistration]

    def row(self, person: int, session: Session | None = None) -> Registration:
        """Return the registration of somebody for a half-day, the morning's by default."""
        return Registration.objects.select_related("session__cycle", "participant").get(
            cycle_registration=self.people[person], session=session or self.morning
        )


def run(names: tuple[tuple[str, str], ...] = NAMES, **fields: object) -> Run:
    """Build the run, published, with a trainer and one registration for each name."""
    programme = make.programme()
    module = Module.objects.create(
        slug="mse",
        programme=programme,
        legal_frame="training_action",
        title={"fr": "Modèles socio-économiques", "en": "Socio-economic models"},
    )
    cycle = make.cycle(
        slug="mse-1",
        programme=programme,
        kind=Cycle.Kind.RUN,
        module=module,
        run_number=1,
        frequency="",
        title={"fr": "Modèles socio-économiques", "en": "Socio-economic models"},
        session_word={"fr": "Demi-journée", "en": "Half-day"},
        **fields,
    )
    morning, afternoon = (
        make.session(
            cycle=cycle,
            number=number,
            slug=f"demi-journee-{number}",
            starts_at=span[0],
            ends_at=span[1],
            legal_frame="training_action",
            modality="on_site",
            place={"fr": "12 rue de l’Exemple, 75010 Paris"},
            title={"fr": title, "en": title},
        )
        for number, span, title in ((1, MORNING, "Comprendre"), (2, AFTERNOON, "Agir"))
    )
    for session in (morning, afternoon):
        make.slot(session, contact_name="Marc Exemple", contact_email=MARC)
    people = []
    for given, family in names:
        person = make.participant(given_name=given, family_name=family)
        owner = make.cycle_registration(cycle=cycle, participant=person)
        for session in (morning, afternoon):
            make.registration(session=session, participant=person, cycle_registration=owner)
        people.append(owner)
    return Run(programme=programme, cycle=cycle, morning=morning, afternoon=afternoon, people=people)


def provider(run: Run) -> TrainingProvider:
    """Let a provider with a declaration of activity issue the papers of a run."""
    organisation = make.organisation(name="Association Exemple Formation")
    Partnership.objects.create(programme=run.programme, organisation=organisation, order=1)
    row = TrainingProvider.objects.create(
        organisation=organisation,
        legal_name="Association Exemple Formation",
        siret="12345678200010",
        nda="11755555575",
        address="1 place de l’Essai, 75010 Paris",
        city="Paris",
        signatory_name="Claire Exemple",
        signatory_quality="présidente",
    )
    ProgrammeProvider.objects.create(programme=run.programme, provider=row)
    return row


def sign(row: Registration, moment: dt.datetime) -> None:
    verbs.sign(row, means="link", language="fr", at=moment)


def countersign(session: Session, moment: dt.datetime | None = None) -> Document:
    """Countersign as Marc, ten minutes after the end."""
    session.refresh_from_db()
    ends_at = session.ends_at
    assert ends_at is not None
    return freezing.countersign(
        session,
        by=None,
        by_name="Marc Exemple",
        by_email=MARC,
        language="fr",
        at=moment or ends_at + dt.timedelta(minutes=11),
    )


def all_sign(run: Run, session: Session, *, but: tuple[int, ...] = ()) -> None:
    """Let everybody sign at the start of a half-day, and note the others as absent."""
    for number in range(len(run.people)):
        row = run.row(number, session)
        assert session.starts_at is not None
        if number in but:
            verbs.note(row, kind="absent", by=None, by_name="Marc Exemple", at=session.starts_at)
        else:
            sign(row, session.starts_at)


def finished(run: Run) -> None:
    """Let everybody sign for both half-days, and countersign them."""
    for session in (run.morning, run.afternoon):
        all_sign(run, session)
        countersign(session)
