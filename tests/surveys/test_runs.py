"""The surveys around a training: lines of the plan, each person asked once a line and never after they answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cycles.schedule import planning
from notifications.delivery.run import sending
from notifications.mail import compose
from notifications.models import Delivery, Occurrence, ReminderStep
from notifications.plan import healing, planner, policy, survey_lines
from registrations.attendance.models import Attendance
from registrations.links import personal_links
from registrations.models import Registration
from registrations.people import participants
from surveys.answering import links
from surveys.answering import verbs as answering
from surveys.answering.links import Asked
from surveys.asking import verbs
from surveys.models import Answer, Guest, Survey
from tests import make
from tests.surveys import build

if TYPE_CHECKING:
    from pathlib import Path

    from cycles.models import Cycle
    from registrations.models import CycleRegistration

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
AT = make.paris(2026, 9, 1, 9).astimezone(dt.UTC)


@pytest.fixture
def run() -> Cycle:
    cycle = make.run(programme=make.programme(contact_email="equipe@example.org"), slug="lire-1")
    make.half_days(cycle, created_at=AT, revised_at=AT)
    return cycle


def trainees(run: Cycle, *names: str, at: dt.datetime = AT) -> list[CycleRegistration]:
    rows = []
    for name in names:
        person = make.participant(email=f"{name}@example.org", given_name=name.title(), created_at=AT)
        row = make.cycle_registration(
            participant=person, cycle=run, requested_at=at, confirmed_at=at, scope="all"
        )
        for session in run.sessions.all():
            make.registration(
                session=session,
                participant=person,
                cycle_registration=row,
                queued_at=at,
                confirmed_at=at,
            )
        rows.append(row)
    return rows


def came(row: CycleRegistration) -> None:
    place = Registration.objects.filter(cycle_registration=row).order_by("session__starts_at").first()
    assert place is not None
    Attendance.objects.create(
        registration=place, state="present", source="hand", noted_at=place.session.starts_at or AT
    )


def opened(run: Cycle, moment: str, *, at: dt.datetime = AT) -> Survey:
    survey = verbs.open_survey(run, moment=moment, by=None, at=at)
    survey_lines.add(survey, by=None, at=at)
    return survey


def planned(kind: str) -> list[tuple[str, dt.datetime, str]]:
    rows = Occurrence.objects.filter(kind=kind).exclude(state="cancelled").order_by("due_at")
    return [(row.session.slug, row.due_at, row.state) for row in rows.select_related("session")]


def owed(kind: str, at: dt.datetime) -> list[str]:
    """Return to whom mails of a kind have been owed by `at`, oldest first."""
    planner.open_due(at=at)
    return list(Delivery.objects.filter(kind=kind).order_by("pk").values_list("to_address", flat=True))


def says(survey: Survey, row: CycleRegistration, *, at: dt.datetime, text: str = "un exemple") -> None:
    question = survey.questions.filter(is_required=True).last() or survey.questions.get()
    value = {str(question.pk): text if question.kind == "text" else "4"}
    said = answering.Said(texts=value) if question.kind == "text" else answering.Said(values=value)
    answering.answer(Asked(survey=survey, registration=row), said, at=at)


def test_each_line_leaves_once_a_run_at_its_first_or_its_last_half_day(run: Cycle) -> None:
    for moment in ("needs", "hot", "cold"):
        opened(run, moment)
    assert planned("survey_needs") == [
        # Fifteen days before, Monday 21 September, and eight before, Monday 28.
        ("demi-journee-01", make.paris(2026, 9, 21, 9), "planned"),
        ("demi-journee-01", make.paris(2026, 9, 28, 9), "planned"),
    ]
    assert planned("survey_hot") == [
        ("demi-journee-02", make.paris(2026, 10, 6, 17, 31), "planned"),
        ("demi-journee-02", make.paris(2026, 10, 7, 17, 30), "planned"),
    ]
    # The check value of the model: ninety days after 6 October is Monday 4 January.
    assert planned("survey_cold") == [
        ("demi-journee-02", make.paris(2027, 1, 4, 9), "planned"),
        ("demi-journee-02", make.paris(2027, 1, 11, 9), "planned"),
    ]
    # Opening again adds no line; and the tick finds nothing to mend.
    opened(run, "needs")
    assert ReminderStep.objects.filter(cycle=run, kind="survey_needs").count() == 2
    assert [healing.heal_some(at=AT), healing.heal_some(at=AT + DAY)] == [0, 0]


def test_lines_follow_the_half_day_that_becomes_the_first_or_the_last(run: Cycle) -> None:
    opened(run, "needs")
    opened(run, "hot")
    first, second = run.sessions.order_by("number")
    # The afternoon is held a week before the morning.
    with time_machine.travel(AT, tick=False):
        planning.move(
            second,
            to=make.paris(2026, 9, 29, 14),
            by=None,
            at=AT,
        )
    assert [slug for slug, _due, _state in planned("survey_needs")] == ["demi-journee-02"] * 2
    assert [slug for slug, _due, _state in planned("survey_hot")] == ["demi-journee-01"] * 2
    assert healing.heal_some(at=AT + DAY) == 0
    first.refresh_from_db()
    planning.cancel(first, reason="pluie", by=None, at=AT)
    assert [slug for slug, _due, _state in planned("survey_hot")] == ["demi-journee-02"] * 2


def test_needs_are_asked_and_chased_once_until_they_are_answered(run: Cycle) -> None:
    survey = opened(run, "needs")
    amina, zoe, ismael = trainees(run, "amina", "zoe", "ismael")
    participants.stop_reminders(ismael.participant, at=AT)
    first, second = make.paris(2026, 9, 21, 9), make.paris(2026, 9, 28, 9)
    assert owed("survey_needs", first) == ["amina@example.org", "zoe@example.org"]
    says(survey, amina, at=first + DAY)
    # Whoever registered meanwhile is asked with the others who have not answered.
    trainees(run, "late", at=first + DAY)
    assert sorted(owed("survey_needs", second)) == [
        "amina@example.org",
        "late@example.org",
        "zoe@example.org",
        "zoe@example.org",
    ]
    assert Answer.objects.get().cycle_registration == amina
    mail = Delivery.objects.filter(to_address="zoe@example.org").order_by("pk").last()
    assert mail is not None
    Delivery.objects.filter(to_address="zoe@example.org").exclude(pk=mail.pk).update(
        state="sent", sent_at=first
    )
    text = compose.message(mail, at=second)
    assert text.subject.startswith("Rappel\u202f: ")
    token = links.token(survey, zoe)
    assert f"/survey/{token}/" in text.body
    assert "mardi 6 octobre 2026" in text.body
    late_mail = Delivery.objects.get(to_address="late@example.org")
    assert not compose.message(late_mail, at=second).subject.startswith("Rappel")
    # Again and again: nobody is owed a third.
    planner.replan_all(list(run.sessions.values_list("pk", flat=True)))
    assert len(owed("survey_needs", second + dt.timedelta(hours=1))) == 4


def states(kind: str) -> dict[str, tuple[str, str]]:
    rows = Delivery.objects.filter(kind=kind).values_list("to_address", "state", "reason")
    return {address: (state, reason) for address, state, reason in rows}


def test_at_the_last_instant_nobody_is_asked_who_has_answered_or_whom_it_no_longer_concerns(
    run: Cycle,
) -> None:
    survey = opened(run, "hot")
    amina, zoe, absent = trainees(run, "amina", "zoe", "absent")
    came(amina)
    came(zoe)
    due = make.paris(2026, 10, 6, 17, 31)
    assert owed("survey_hot", due) == ["amina@example.org", "zoe@example.org"]
    says(survey, amina, at=due)
    with time_machine.travel(due, tick=False):
        sending.drain(clock=due)
    assert states("survey_hot") == {
        "amina@example.org": ("skipped", "answered"),
        "zoe@example.org": ("sent", ""),
    }
    # The next working day: closed meanwhile, so nobody is asked.
    next_day = make.paris(2026, 10, 7, 17, 30)
    assert owed("survey_hot", next_day)[2:] == ["zoe@example.org"]
    verbs.close(survey, by=None, at=next_day)
    with time_machine.travel(next_day, tick=False):
        sending.drain(clock=next_day)
    assert Delivery.objects.latest("pk").reason == "survey_closed"
    assert absent.survey_turns.count() == 0


def test_a_cancelled_run_asks_nobody(run: Cycle) -> None:
    opened(run, "cold")
    (amina,) = trainees(run, "amina")
    came(amina)
    for session in run.sessions.all():
        planning.cancel(session, reason="pluie", by=None, at=AT)
    assert planned("survey_cold") == []
    assert owed("survey_cold", make.paris(2027, 1, 4, 9)) == []


def test_guests_are_asked_at_their_addresses_and_answer_under_their_name(run: Cycle) -> None:
    survey = opened(run, "employer")
    verbs.set_guests(
        survey,
        guests=[("rh@example.org", "Marie Dupont"), ("chef@example.org", "")],
        language="en",
        by=None,
        at=AT,
    )
    due = make.paris(2026, 11, 5, 9)
    assert owed("survey_employer", due) == ["rh@example.org", "chef@example.org"]
    mail = Delivery.objects.get(to_address="rh@example.org")
    text = compose.message(mail, at=due)
    guest = Guest.objects.get(email="rh@example.org")
    path = f"/en/survey/{links.guest_token(guest)}/"
    assert [path in text.body, "Hello Marie Dupont," in text.body] == [True, True]
    phone = Client()
    with time_machine.travel(due, tick=False):
        assert phone.get(path).status_code == 200
        first = survey.questions.order_by("order")[0]
        assert phone.post(path, {f"q{first.pk}": "5"}).status_code == 302
        assert phone.post(path, {f"q{first.pk}": "1"}).status_code == 200
        sending.drain(clock=due)
    assert Answer.objects.get().answers == {str(first.pk): "5"}
    assert states("survey_employer") == {
        "rh@example.org": ("skipped", "answered"),
        "chef@example.org": ("sent", ""),
    }
    # Taken off the list: their link ends; who has answered stays.
    verbs.set_guests(survey, guests=[], language="en", by=None, at=due)
    assert list(Guest.objects.values_list("email", flat=True)) == ["rh@example.org"]


@pytest.mark.parametrize(
    ("kind", "audience", "is_after"),
    [
        ("survey_needs", "surveyed", True),
        ("survey_hot", "surveyed", False),
        ("survey_hot", "confirmed", True),
        ("reminder", "surveyed", False),
    ],
)
def test_a_line_that_would_ask_the_wrong_people_is_refused(
    run: Cycle, *, kind: str, audience: str, is_after: bool
) -> None:
    values = {"kind": kind, "audience": audience}
    with pytest.raises(policy.PolicyError):
        policy.add(
            run,
            timing=policy.Timing(count=3, unit="days", is_after=is_after),
            values=values,
            by=None,
            at=AT,
        )
    assert not ReminderStep.objects.filter(code__startswith="j-3").exists()


def test_whoever_registers_too_late_is_asked_by_the_joining_instructions(run: Cycle) -> None:
    survey = opened(run, "needs")
    late, early = trainees(run, "late", "early")
    at = make.paris(2026, 9, 30, 9)
    says(survey, early, at=at)
    found = {}
    for row in (late, early):
        mail = Delivery(
            pk=row.pk,
            key=f"joining:{row.pk}",
            kind="joining_instructions",
            cycle_registration=row,
            participant=row.participant,
            to_address=row.participant.email,
            domain="example.org",
            language="fr",
            created_at=at,
            next_at=at,
        )
        found[row.participant.email] = links.token(survey, row) in str(compose.message(mail, at=at).body)
    assert found == {"late@example.org": True, "early@example.org": False}


def test_trainers_are_known_from_the_agenda(run: Cycle) -> None:
    client = Client()
    client.force_login(make.membership(programme=run.programme).user)
    for session in run.sessions.all():
        make.slot(session, contact_name="Marc Exemple", contact_email="marc@example.org")
    with time_machine.travel(AT, tick=False):
        answer = client.post("/fr/desk/cycles/lire-1/surveys/trainer/open/", follow=True)
        assert "marc@example.org Marc Exemple" in answer.content.decode()
        wrong = client.post(
            "/fr/desk/cycles/lire-1/surveys/trainer/guests/", {"guests": "Marc marc@", "language": "fr"}
        )
        page = wrong.content.decode()
        assert (wrong.status_code, "ne commence pas par une adresse" in page) == (422, True)
        assert ">\nMarc marc@</textarea>" in page
        client.post(
            "/fr/desk/cycles/lire-1/surveys/trainer/guests/",
            {"guests": "Lea@Example.org  Léa\n\nmarc@example.org", "language": "en"},
        )
    guests = Guest.objects.values_list("email", "name", "language")
    assert sorted(guests) == [("lea@example.org", "Léa", "en"), ("marc@example.org", "", "fr")]


def test_the_page_of_a_survey_has_the_look_of_its_programme(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    programme = make.programme(accent="navy")
    make.logo(programme)
    session = make.session(cycle=make.cycle(programme=programme))
    (place,) = build.came(session, 1)
    survey = build.opened(session.cycle)
    assert session.ends_at is not None
    with time_machine.travel(session.ends_at + dt.timedelta(hours=1), tick=False):
        mine = reverse("surveys:mine", args=[personal_links.manage_token(place.participant)])
        pages = [client.get(path).content.decode() for path in (build.path(survey, place), mine)]
    assert [("Trois vagues bleues" in page, 'data-accent="navy"' in page) for page in pages] == [
        (True, True)
    ] * 2
