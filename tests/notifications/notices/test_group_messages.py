"""Messages to a group: frozen when sent, once a person, stopped while they wait, true when they leave."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail

from notifications.delivery.run import sending
from notifications.mail.own_texts import texts
from notifications.models import Delivery, GroupMessage, NewsStop
from notifications.notices import group_messages
from notifications.notices.group_messages import GroupMessageError
from registrations import booking
from registrations.models import CycleRegistration
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from cycles.models import Cycle

pytestmark = pytest.mark.django_db

GRACE = dt.timedelta(minutes=10)


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour")


def register(cycle: Cycle, name: str, *, language: str = "fr", **fields: Any) -> CycleRegistration:
    person = make.participant(
        given_name=name, email=f"{name}@example.org", email_key=f"{name}@example.org", language=language
    )
    return make.cycle_registration(cycle=cycle, participant=person, **fields)


def everyone(cycle: Cycle) -> Any:
    return CycleRegistration.objects.filter(cycle=cycle)


def send(message: GroupMessage, *, expected: int, at: dt.datetime = AT) -> int:
    return group_messages.send(message, people=everyone(message.cycle), expected=expected, by=None, at=at)


def run(at: dt.datetime) -> None:
    sending.tick(clock=at)
    sending.drain(clock=at)


def test_each_reads_it_once_in_their_language_after_the_grace(cycle: Cycle) -> None:
    register(cycle, "amina")
    register(cycle, "zoe", language="en")
    message = make.group_message(cycle=cycle)
    assert send(message, expected=2) == 2
    run(AT + GRACE - dt.timedelta(seconds=1))
    assert mail.outbox == []
    run(AT + GRACE)
    run(AT + 2 * GRACE)
    french, english = sorted(mail.outbox, key=lambda letter: letter.to)
    assert (french.subject, english.subject) == ("Salle changée", "Another room")
    assert "Bonjour amina." in french.body
    assert "Hello zoe." in english.body
    assert "/my/" in french.body
    assert "List-Unsubscribe" not in french.extra_headers


def test_headings_lists_and_links_reach_the_group(cycle: Cycle) -> None:
    register(cycle, "amina")
    written = "## À prévoir\n\n- **un stylo**\n- [le plan](https://example.org/plan)\n\n> À bientôt, {given_name} <3"
    message = make.group_message(cycle=cycle, bodies={"fr": written})
    send(message, expected=1)
    run(AT + GRACE)
    (letter,) = mail.outbox
    assert (
        "À prévoir\n---------\n\n- un stylo\n- le plan (https://example.org/plan)\n\n> À bientôt, amina <3\n"
    ) in str(letter.body)
    assert isinstance(letter, mail.EmailMultiAlternatives)
    html = re.sub(r' style="[^"]*"|\n', "", str(letter.alternatives[0][0]))
    assert (
        "<h2>À prévoir</h2><ul><li><strong>un stylo</strong></li>"
        '<li><a href="https://example.org/plan">le plan</a></li></ul>'
        "<blockquote><p>À bientôt, amina &lt;3</p></blockquote>"
    ) in html


def test_sending_twice_owes_nobody_a_second(cycle: Cycle) -> None:
    register(cycle, "amina")
    message = make.group_message(cycle=cycle)
    assert send(message, expected=1) == 1
    register(cycle, "late")
    # Another organiser's page still shows the button.
    assert send(message, expected=2, at=AT + GRACE) == 1
    assert Delivery.objects.count() == 1


def test_a_group_that_changed_since_the_look_is_not_written_to(cycle: Cycle) -> None:
    register(cycle, "amina")
    message = make.group_message(cycle=cycle)
    with pytest.raises(GroupMessageError):
        send(message, expected=2)
    CycleRegistration.objects.update(state="cancelled", cancelled_at=AT)
    with pytest.raises(GroupMessageError):
        send(message, expected=1)
    message.refresh_from_db()
    assert (message.is_draft, Delivery.objects.count()) == (True, 0)


def test_it_goes_to_those_in_the_cycle_or_waiting(cycle: Cycle) -> None:
    waits = {"queued_at": AT}
    states: dict[str, dict[str, Any]] = {
        "confirmed": {},
        "waitlisted": waits,
        "offered": {**waits, "offer_ends_at": AT},
        "in_review": {},
        "pending": {},
        "refused": {"decided_at": AT},
        "cancelled": {"cancelled_at": AT},
    }
    for state, fields in states.items():
        register(cycle, state, state=state, **fields)
    send(make.group_message(cycle=cycle), expected=4)
    assert sorted(Delivery.objects.values_list("to_address", flat=True)) == [
        "confirmed@example.org",
        "in_review@example.org",
        "offered@example.org",
        "waitlisted@example.org",
    ]


def test_news_leave_out_who_left_the_news_and_can_be_left(cycle: Cycle) -> None:
    left, stays = register(cycle, "left"), register(cycle, "stays")
    NewsStop.objects.create(participant=left.participant, cycle=cycle, at=AT)
    message = make.group_message(cycle=cycle, about="news")
    assert send(message, expected=1) == 1
    # And who leaves them in the grace.
    other = register(cycle, "leaves")
    assert send(make.group_message(cycle=cycle, about="news"), expected=2) == 2
    NewsStop.objects.create(participant=other.participant, cycle=cycle, at=AT)
    run(AT + GRACE)
    assert [letter.to for letter in mail.outbox] == [["stays@example.org"]] * 2
    assert "List-Unsubscribe-Post" in mail.outbox[0].extra_headers
    skipped = Delivery.objects.get(state="skipped")
    assert (skipped.participant_id, skipped.reason) == (other.participant_id, "news_stopped")
    assert stays.pk


def test_who_cancels_or_is_erased_in_the_grace_gets_nothing(cycle: Cycle) -> None:
    gone, erased = register(cycle, "gone"), register(cycle, "erased")
    send(make.group_message(cycle=cycle), expected=2)
    booking.cancel_all(gone, at=AT)
    Delivery.objects.filter(kind="registration_cancelled").delete()
    erased.participant.delete()
    run(AT + GRACE)
    assert mail.outbox == []
    assert sorted(Delivery.objects.values_list("reason", flat=True)) == ["erased", "registration_gone"]


def test_what_waits_can_be_stopped(cycle: Cycle) -> None:
    for name in ("amina", "zoe"):
        register(cycle, name)
    message = make.group_message(cycle=cycle)
    send(message, expected=2)
    sending.tick(clock=AT + GRACE)
    sending.drain(clock=AT + GRACE, limit=1, batches=1)
    assert group_messages.stop(message, by=None, at=AT + GRACE) == 1
    run(AT + 2 * GRACE)
    assert len(mail.outbox) == 1
    assert group_messages.counts(message) == {"sent": 1, "skipped": 1}
    message.refresh_from_db()
    assert message.stopped_at == AT + GRACE


def test_what_has_left_to_everybody_is_not_stopped(cycle: Cycle) -> None:
    register(cycle, "amina")
    message = make.group_message(cycle=cycle)
    send(message, expected=1)
    run(AT + GRACE)
    with pytest.raises(GroupMessageError):
        group_messages.stop(message, by=None, at=AT + GRACE)
    message.refresh_from_db()
    assert (message.stopped_at, group_messages.counts(message)) == (None, {"sent": 1})


def test_who_was_chosen_by_a_stop_and_gives_it_up_gets_nothing(cycle: Cycle) -> None:
    session = make.session(cycle=cycle, number=2)
    seats = {}
    for name in ("gone", "stays"):
        row = register(cycle, name)
        seats[name] = make.registration(session=session, cycle_registration=row, participant=row.participant)
    message = make.group_message(cycle=cycle)
    group_messages.send(message, people=everyone(cycle), expected=2, session=session, by=None, at=AT)
    booking.cancel(seats["gone"], at=AT)
    Delivery.objects.exclude(kind="group_message").delete()
    run(AT + GRACE)
    (letter,) = mail.outbox
    assert letter.to == ["stays@example.org"]
    # It is a message of the cycle all the same: whoever was not chosen by the stop reads no other one.
    assert str(session.title) not in letter.body
    assert list(Delivery.objects.filter(state="skipped").values_list("reason", flat=True)) == [
        "registration_gone"
    ]


def test_a_form_that_was_sent_twice_is_one_draft(cycle: Cycle) -> None:
    values = {
        "about": "organisation",
        "subjects": {"fr": "Salle", "en": ""},
        "bodies": {"fr": "Bonjour.", "en": ""},
        "selection": {"stop": ["escale-02"]},
    }
    first, again = (group_messages.write(cycle, values=values, by=None, at=AT) for _ in range(2))
    other = group_messages.write(cycle, values=values | {"selection": {}}, by=None, at=AT)
    assert (first.pk == again.pk, first.pk == other.pk, GroupMessage.objects.count()) == (True, False, 2)


def test_a_message_that_nothing_sent_for_days_is_not_sent_late(cycle: Cycle) -> None:
    register(cycle, "amina")
    send(make.group_message(cycle=cycle), expected=1)
    run(AT + dt.timedelta(days=4))
    assert (mail.outbox, Delivery.objects.get().reason) == ([], "too_late")


def test_one_language_is_enough(cycle: Cycle) -> None:
    register(cycle, "zoe", language="en")
    send(
        make.group_message(cycle=cycle, subjects={"fr": "Salle"}, bodies={"fr": "Bonjour {given_name}."}),
        expected=1,
    )
    run(AT + GRACE)
    (letter,) = mail.outbox
    assert letter.subject == "Salle"
    assert "Bonjour zoe." in letter.body
    assert 'lang="fr"' in str(letter.alternatives[0][0])  # type: ignore[attr-defined]  # of EmailMultiAlternatives


def test_words_that_cannot_be_sent_are_refused(cycle: Cycle) -> None:
    values = {
        "about": "organisation",
        "subjects": {"fr": "a\r\nBcc: x@example.org"},
        "bodies": {"fr": "{secret_key}"},
    }
    with pytest.raises(texts.TextError) as raised:
        group_messages.write(cycle, values=values, by=None, at=AT)
    assert len(raised.value.problems) == 2
    assert GroupMessage.objects.count() == 0


def test_what_has_left_is_not_changed_and_not_thrown_away(cycle: Cycle) -> None:
    register(cycle, "amina")
    message = make.group_message(cycle=cycle, selection={"q": ["amina"]})
    send(message, expected=1)
    values = {"about": "news", "subjects": {}, "bodies": {}}
    for act in (
        lambda: group_messages.write(cycle, message=message, values=values, by=None, at=AT),
        lambda: group_messages.discard(message, by=None, at=AT),
    ):
        with pytest.raises(GroupMessageError):
            act()
    message.refresh_from_db()
    # Whom it was for is in the ledger now; the words of a search are kept no longer.
    assert (message.about, message.selection) == ("organisation", {})
