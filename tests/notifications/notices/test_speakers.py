"""What the speakers are sent: their lines of the plan, changes of date, each address once, nobody else's links."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from cycles.content import editing
from cycles.models import Session, SpeakerSlot
from cycles.schedule import planning
from notifications.delivery import interventions, retention
from notifications.delivery.run import sending
from notifications.mail.preview import rehearsal
from notifications.models import Delivery, Occurrence, ReminderStep
from notifications.plan import audiences, defaults, policy
from speakers.people import speaking
from tests import make
from tests.make import paris

pytestmark = pytest.mark.django_db
START = paris(2026, 11, 19)
DUE = paris(2026, 11, 16)
NOTICE = dt.timedelta(minutes=11)
VALUES = {
    "audience": "speakers",
    "kind": "speaker_reminder",
    "opens": dt.time(8),
    "closes": dt.time(20),
    "avoids_weekends": False,
    "avoids_holidays": False,
    "on_uncertain": "retry",
}
JOIN = re.compile(r"/join/")


@pytest.fixture
def session() -> Session:
    """A session whose plan is one line: three days before, to the speakers."""
    session = make.session(number=2, room_url="https://visio.example.org/salle", starts_at=START)
    policy.add(session.cycle, timing=policy.Timing(count=3, unit="days"), values=VALUES, by=None, at=make.AT)
    return session


def run(at: dt.datetime) -> None:
    sending.tick(clock=at)
    sending.drain(clock=at)


def entry_of(message: mail.EmailMessage) -> str:
    (content,) = (part[1] for part in message.attachments if part[0] == "invite.ics")
    return str(content.decode())


def agenda(session: Session, **changes: Any) -> list[dict[str, Any]]:
    """Return the agenda as the editor hands it over, with something of every speaker changed."""
    names = ("person_id", "organisation_id", "illustrates_id", "state")
    contact = ("contact_name", "contact_email", "contact_language")
    return [
        {
            "pk": segment.pk,
            "title": segment.title,
            "slots": [
                {"pk": slot.pk, **{name: getattr(slot, name) for name in (*names, *contact)}, **changes}
                for slot in segment.slots.all()
            ],
        }
        for segment in session.segments.all()
    ]


def edit(session: Session, at: dt.datetime, wanted: list[dict[str, Any]]) -> None:
    session.refresh_from_db()
    editing.edit(session, values={}, agenda=wanted, by=None, at=at)


def test_a_speaker_is_reminded_with_a_way_in_of_their_own(session: Session) -> None:
    make.slot(session)
    make.registration(session=session)
    run(DUE)
    (message,) = mail.outbox
    assert message.to == ["nadia@example.org"]
    assert message.subject.startswith("Jeudi 19 novembre, 13\u202fh, vous intervenez")
    text = str(message.body)
    assert "Bonjour Nadia," in text
    assert "- Les leviers" in text
    assert "parce que vous intervenez" in text
    assert JOIN.search(text) is None
    assert "/my/" not in text
    assert "List-Unsubscribe" not in message.extra_headers
    (link,) = set(re.findall(r"https?://\S+/speak/\S+", text))
    (entry,) = (part for part in message.attachments if part[0] == "invite.ics")
    event = Calendar.from_ical(entry[1]).events[0]
    assert (event["LOCATION"], event["ATTENDEE"]) == (link, "mailto:nadia@example.org")


def test_each_address_gets_one_mail_whatever_it_speaks_of(session: Session) -> None:
    for fields in ({}, {"contact_email": "NADIA@example.org"}, {"contact_email": "zoe@example.org"}):
        make.slot(session, **fields)
    make.slot(session, contact_email="late@example.org", state=SpeakerSlot.State.DECLINED)
    make.slot(session, contact_email="", contact_name="")
    run(DUE)
    run(DUE + dt.timedelta(minutes=16))
    assert sorted(message.to[0] for message in mail.outbox) == ["nadia@example.org", "zoe@example.org"]
    assert str(mail.outbox[0].body).count("- Les leviers") == 1


def test_mail_in_the_speakers_language(session: Session) -> None:
    make.slot(session, contact_language="en")
    run(DUE)
    assert mail.outbox[0].subject.endswith(", you speak: A title: “the trial”")


def test_a_move_tells_speakers_the_old_and_the_new_date(session: Session) -> None:
    make.slot(session)
    planning.move(session, to=paris(2026, 12, 3), by=None, at=make.AT, reason="Grève")
    run(make.AT + NOTICE)
    (message,) = mail.outbox
    text = str(message.body)
    assert "jeudi 19 novembre 2026" in text
    assert "jeudi 3 décembre 2026" in text
    assert "Grève" in text
    assert "Vous y intervenez" in text
    (row,) = Delivery.objects.all()
    assert (row.kind, row.participant, row.state) == ("speaker_moved", None, "sent")
    assert "METHOD:REQUEST" in entry_of(message)


def test_who_is_also_registered_is_told_once(session: Session) -> None:
    make.slot(session, contact_email="Amina@example.org")
    make.slot(session)
    row = make.registration(session=session, participant=make.participant(email="amina@example.org"))
    assert [one.email for one in speaking.of(session)] == ["amina@example.org", "nadia@example.org"]
    planning.cancel(session, by=None, at=make.AT, reason="Salle fermée")
    run(make.AT + NOTICE)
    told = dict(Delivery.objects.values_list("kind", "to_address"))
    assert told == {"session_cancelled": row.participant.email, "speaker_cancelled": "nadia@example.org"}
    assert all("METHOD:CANCEL" in entry_of(message) for message in mail.outbox)


def test_postponed_and_restored_tell_them_too(session: Session) -> None:
    make.slot(session)
    planning.postpone(session, by=None, at=make.AT, reason="Grève")
    run(make.AT + NOTICE)
    session.refresh_from_db()
    planning.cancel(session, by=None, at=make.AT + 2 * NOTICE, reason="Salle fermée")
    run(make.AT + 3 * NOTICE)
    session.refresh_from_db()
    planning.restore(session, by=None, at=make.AT + 4 * NOTICE)
    run(make.AT + 5 * NOTICE)
    assert list(Delivery.objects.order_by("pk").values_list("kind", "state")) == [
        ("speaker_postponed", "sent"),
        ("speaker_cancelled", "sent"),
        ("speaker_postponed", "sent"),
    ]


def test_who_no_longer_speaks_when_it_leaves_gets_nothing(session: Session) -> None:
    slot = make.slot(session)
    sending.tick(clock=DUE)
    SpeakerSlot.objects.filter(pk=slot.pk).update(state=SpeakerSlot.State.REPLACED)
    sending.drain(clock=DUE)
    assert mail.outbox == []
    row = Delivery.objects.get()
    assert (row.state, row.reason) == ("skipped", "not_speaking")
    with pytest.raises(interventions.InterventionError):
        interventions.retry(row, by=None, at=DUE)


def test_who_joins_the_agenda_after_it_left_gets_it_alone(session: Session) -> None:
    make.slot(session)
    run(DUE)
    run(DUE + dt.timedelta(minutes=16))
    assert Occurrence.objects.get().state == "closed"
    edit(session, DUE + dt.timedelta(hours=2), agenda(session, contact_email="zoe@example.org"))
    run(DUE + dt.timedelta(hours=2))
    assert [message.to[0] for message in mail.outbox] == ["nadia@example.org", "zoe@example.org"]


def test_an_agenda_written_anew_owes_nothing_twice(session: Session) -> None:
    make.slot(session)
    run(DUE)
    wanted = agenda(session)
    for part in wanted:
        del part["pk"]
        del part["slots"][0]["pk"]
    edit(session, DUE, wanted)
    run(DUE + dt.timedelta(hours=1))
    assert len(mail.outbox) == 1


def test_too_late_for_speakers_is_written_down(session: Session) -> None:
    make.slot(session)
    run(START)
    assert mail.outbox == []
    assert list(Delivery.objects.values_list("state", "reason")) == [("skipped", "too_late")]


def test_the_plan_counts_them(session: Session) -> None:
    make.registration(session=session)
    make.slot(session)
    step = ReminderStep.objects.get()
    assert audiences.count(step, session, due_at=DUE) == 1
    assert list(audiences.of_step(step, session, due_at=DUE)) == []


@pytest.mark.parametrize(
    ("values", "timing"),
    [
        ({"kind": "reminder"}, {}),
        ({"audience": "confirmed"}, {}),
        ({}, {"is_after": True}),
    ],
)
def test_lines_that_make_no_sense_are_refused(values: dict[str, Any], timing: dict[str, Any]) -> None:
    with pytest.raises(policy.PolicyError):
        policy.add(
            make.session().cycle,
            timing=policy.Timing(count=2, unit="days", **timing),
            values=VALUES | values,
            by=None,
            at=make.AT,
        )


@pytest.mark.parametrize(
    "kind",
    ["speaker_reminder", "speaker_moved", "speaker_postponed", "speaker_cancelled", "speaker_restored"],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mail_to_a_speaker_can_be_looked_at_first(session: Session, kind: str, language: str) -> None:
    scene = rehearsal.Scene(cycle=session.cycle, kind=kind, session=session, language=language)
    written = rehearsal.rehearse(scene, at=make.AT)
    assert "Camille Exemple" in str(written.body)
    assert SpeakerSlot.objects.count() == 0


def test_contacts_are_forgotten_with_the_cycle() -> None:
    over = make.cycle(first_date=dt.date(2024, 1, 1), last_date=dt.date(2024, 12, 1))
    slot = make.slot(make.session(starts_at=paris(2024, 11, 19), cycle=over))
    kept = make.slot(contact_email="zoe@example.org")
    assert retention.run(at=make.AT)["speakers"] == 1
    assert retention.run(at=make.AT)["speakers"] == 0
    slot.refresh_from_db()
    kept.refresh_from_db()
    assert (slot.contact_name, slot.contact_email, kept.contact_email) == ("", "", "zoe@example.org")


def test_the_default_plan_reminds_speakers_and_participants_apart(session: Session) -> None:
    defaults.default_steps(session.cycle)
    make.slot(session)
    make.registration(session=session)
    run(START - dt.timedelta(hours=1))
    reached = list(Delivery.objects.filter(state="sent").values_list("kind", flat=True))
    assert sorted(reached) == ["reminder", "speaker_reminder"]
