"""Joining instructions: a week before, at once for who is late, to who stopped reminders, anew when a date moves."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from cycles.models import Cycle, Session, SpeakerSlot
from cycles.schedule import planning
from notifications.joining import letter, owing
from notifications.mail import compose
from notifications.models import Delivery
from notifications.plan import defaults, planner
from registrations.models import CycleRegistration, State
from registrations.people import participants
from tests import make
from tests.make import paris
from tests.training import build
from tests.training.documents.test_tagged_papers import tags
from training.syllabus import versions

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
# Seven days before 6 October 2026, 9:00 in Paris.
DUE = paris(2026, 9, 29, 9).astimezone(dt.UTC)
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def run() -> Cycle:
    cycle = make.run(price={"fr": "120 €"}, contact_email="formation@example.org")
    for session in make.half_days(cycle, access={"fr": "Métro 4, entrée de plain-pied"}):
        make.slot(session, person=make.person(slug=f"marc-{session.number}", given_name="Marc"))
    return cycle


def person(cycle: Cycle, **fields: object) -> CycleRegistration:
    return make.cycle_registration(cycle=cycle, confirmed_at=DUE - 20 * DAY, **fields)


def told() -> list[str]:
    rows = Delivery.objects.filter(kind="joining_instructions", state="pending")
    return list(rows.order_by("pk").values_list("to_address", flat=True))


@pytest.mark.parametrize("count", [1, 3])
def test_a_week_before_once_each(run: Cycle, count: int) -> None:
    people = [person(run).participant.email for _ in range(count)]
    make.cycle_registration(cycle=run, state=State.WAITLISTED, queued_at=DUE)
    assert owing.owe_due(at=DUE - MINUTE) == 0
    assert owing.owe_due(at=DUE) == count
    assert owing.owe_due(at=DUE + MINUTE) == 0
    assert told() == people
    assert {d.not_after for d in Delivery.objects.all()} == {paris(2026, 10, 6, 9)}


def test_whoever_is_late_has_them_at_once_and_nobody_after_the_start(run: Cycle) -> None:
    person(run)
    owing.owe_due(at=DUE)
    late = person(run)
    assert owing.owe_due(at=DUE + 5 * DAY) == 1
    assert told()[1:] == [late.participant.email]
    person(run)
    assert owing.owe_due(at=paris(2026, 10, 6, 9).astimezone(dt.UTC)) == 0


def test_whoever_stopped_reminders_has_them_and_cannot_stop_them(run: Cycle) -> None:
    row = person(run)
    participants.stop_reminders(row.participant, at=DUE - DAY)
    assert owing.owe_due(at=DUE) == 1
    mail = compose.message(Delivery.objects.get(kind="joining_instructions"), at=DUE)
    assert "List-Unsubscribe" not in mail.extra_headers


def test_what_they_say_and_the_page_attached(run: Cycle) -> None:
    person(run)
    owing.owe_due(at=DUE)
    mail = compose.message(Delivery.objects.get(kind="joining_instructions"), at=DUE)
    assert mail.subject == "Convocation\u202f: Lire une rivière"
    for said in (
        "mardi 6 octobre 2026, 9\u202fh\u202f00 – 12\u202fh\u202f30 (heure de Paris)",
        "mardi 6 octobre 2026, 14\u202fh\u202f00 – 17\u202fh\u202f30 (heure de Paris)",
        "Maison des Rives, 3 quai du Gué, Nantes",
        "Métro 4, entrée de plain-pied",
        "Marc Belkacem",
        "120 €",
        "formation@example.org",
    ):
        assert said in mail.body, said
    assert "Rejoindre" not in mail.body
    ((name, content, kind),) = mail.attachments
    assert (name, kind, content[:5]) == ("convocation.pdf", "application/pdf", b"%PDF-")
    assert [mark in content for mark in (b"/StructTreeRoot", b"/Lang")] == [True, True]


@pytest.mark.parametrize(
    "name",
    [
        "Zoë O’Brien-Nguyễn",
        "Šárka Čapek-Ðorđević",
        "محمد",
        '#eval("1")',
        "$x$",
        "*gras*",
        "<script>",
        "🦦",
        "a" * 120,
    ],
)
def test_the_page_is_made_whatever_a_person_is_called(run: Cycle, name: str) -> None:
    row = person(run, participant=make.participant(given_name=name[:120], family_name="D'Âme"))
    with translation.override("fr"):
        page = letter.pdf(run, row.participant, contact="a@example.org", at=DUE)
    assert page == letter_again(run, row)
    assert page.startswith(b"%PDF-")


def letter_again(run: Cycle, row: CycleRegistration) -> bytes:
    with translation.override("fr"):
        return letter.pdf(run, row.participant, contact="a@example.org", at=DUE)


def test_a_moved_half_day_makes_them_new_and_one_taken_back_does_not(run: Cycle) -> None:
    person(run)
    owing.owe_due(at=DUE)
    Delivery.objects.update(state="sent", sent_at=DUE)
    session = run.sessions.get(number=2)
    planning.move(session, to=paris(2026, 10, 6, 15), by=None, at=DUE + DAY)
    session.refresh_from_db()
    planning.move(session, to=paris(2026, 10, 6, 14), by=None, at=DUE + DAY + MINUTE)
    assert owing.owe_due(at=DUE + DAY + 2 * MINUTE) == 0
    session.refresh_from_db()
    planning.move(session, to=paris(2026, 10, 6, 15), by=None, at=DUE + 2 * DAY)
    assert owing.owe_due(at=DUE + 2 * DAY + MINUTE) == 1
    # It waits as long as the change may be taken back.
    new = Delivery.objects.get(kind="joining_instructions", state="pending")
    session.refresh_from_db()
    assert new.next_at == session.revised_at + planning.grace()
    planning.move(session, to=paris(2026, 10, 6, 14), by=None, at=DUE + 2 * DAY + 2 * MINUTE)
    assert owing.owe_due(at=DUE + 2 * DAY + 3 * MINUTE) == 0
    new.refresh_from_db()
    assert (new.state, new.reason) == ("skipped", "superseded")


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_no_run_that_is_not_open_sends_them(run: Cycle, status: str) -> None:
    person(run)
    Cycle.objects.filter(pk=run.pk).update(status=status)
    assert owing.owe_due(at=DUE) == 0


def test_a_webinar_sends_none_and_a_run_is_reminded_once_a_day(run: Cycle) -> None:
    webinar = make.session()
    make.registration(session=webinar)
    assert webinar.starts_at is not None
    assert owing.owe_due(at=webinar.starts_at - DAY) == 0
    defaults.default_steps(run)
    assert list(run.reminder_steps.exclude(audience="speakers").values_list("code", flat=True)) == ["j-1"]
    row = person(run)
    for session in Session.objects.filter(cycle=run):
        make.registration(session=session, participant=row.participant, cycle_registration=row)
    planner.replan_all(list(run.sessions.values_list("pk", flat=True)))
    planner.open_due(at=paris(2026, 10, 5, 15).astimezone(dt.UTC))
    reminders = Delivery.objects.filter(kind="reminder", state="pending")
    assert list(reminders.values_list("session__number", flat=True)) == [1]
    mail = compose.message(reminders.get(), at=paris(2026, 10, 5, 15).astimezone(dt.UTC))
    assert re.findall(r"(\d+)\u202fh\u202f00 – ", str(mail.body)) == ["9", "14"]
    assert "Rejoindre" not in mail.body


def test_it_leads_to_the_programme_that_the_run_was_sold_with(run: Cycle) -> None:
    module = run.module
    assert module is not None
    row = person(run)
    owing.owe_due(at=DUE)
    delivery = Delivery.objects.get(kind="joining_instructions")
    address = f"/fr/modules/{module.slug}/programme-1.pdf"

    def page() -> str:
        content = letter.pdf(run, row.participant, contact="a@example.org", at=DUE)
        return "".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())

    assert (address in compose.message(delivery, at=DUE).body, address in page()) == (False, False)
    versions.save(module, values=build.SHEET, seen=None, by=None, at=DUE)
    versions.publish(module, by=None, at=DUE)
    with translation.override("fr"):
        assert (address in compose.message(delivery, at=DUE).body, address in page()) == (True, True)


def test_who_trains_gets_the_way_to_the_sheet_the_day_before(run: Cycle) -> None:
    Session.objects.filter(cycle=run).update(legal_frame="training_action")
    SpeakerSlot.objects.update(contact_email="marc@example.org", contact_name="Marc", contact_language="fr")
    defaults.default_steps(run)
    planner.replan_all(list(run.sessions.values_list("pk", flat=True)))
    planner.open_due(at=paris(2026, 10, 5, 8, 59).astimezone(dt.UTC))
    assert not Delivery.objects.exists()
    planner.open_due(at=paris(2026, 10, 5, 9).astimezone(dt.UTC))
    mail = compose.message(Delivery.objects.get(), at=paris(2026, 10, 5, 9).astimezone(dt.UTC))
    assert mail.to == ["marc@example.org"]
    assert "La feuille d’émargement de chaque demi-journée est sur votre page" in mail.body
    assert "Rejoindre" not in mail.body


def test_the_letter_has_the_logo_of_the_programme(run: Cycle, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    run.programme = make.programme()
    run.save()
    make.logo(run.programme, alt={"fr": "Trois vagues", "en": "Three waves"})
    row = person(run)
    shown = []
    for is_published in (True, False):
        run.programme.is_published = is_published
        run.programme.save()
        for language in ("fr", "en"):
            with translation.override(language):
                content = letter.pdf(
                    Cycle.objects.get(pk=run.pk), row.participant, contact="a@example.org", at=DUE
                )
            root: Any = PdfReader(io.BytesIO(content)).trailer["/Root"]
            shown += [str(tag["/Alt"]) for tag in tags(root["/StructTreeRoot"]) if tag["/S"] == "/Figure"]
    # Of a draft programme, which nobody else sees, nothing is shown.
    assert shown == ["Trois vagues", "Three waves"]
