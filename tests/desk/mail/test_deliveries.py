"""What became of each mail, with why; sending one again, withdrawing one, stopped addresses, the pause."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.utils import translation

from cycles.models import Cycle, Membership, Session
from cycles.schedule import planning
from desk.mail.kind_words import kind_in_words
from notifications.delivery import ledger, retention
from notifications.delivery.run import sending
from notifications.mail.kinds import KINDS
from notifications.models import Delivery, DeliveryEvent, Heartbeat, Occurrence, SentText, Suppression
from notifications.plan import defaults, planner
from registrations.people.data import anonymity
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from registrations.models import Registration

pytestmark = pytest.mark.django_db
NOW = paris(2026, 11, 12, 9)
PAGE = "/en/desk/cycles/tour/deliveries/"
State = Delivery.State


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour", programme=make.programme())


@pytest.fixture
def session(cycle: Cycle) -> Session:
    return make.session(cycle=cycle, slug="escale-02", number=2)


@pytest.fixture
def row(session: Session) -> Registration:
    return make.registration(session=session, participant=make.participant(email="amina@example.org"))


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def act(client: Client, delivery: Delivery, verb: str) -> str:
    """Press a button of a mail; return what the page then says."""
    response = client.post(f"{PAGE}{delivery.pk}/{verb}/", follow=True)
    return " ".join(str(message) for message in response.context["messages"])


@pytest.mark.parametrize(
    ("fields", "state", "why"),
    [
        ({"state": State.SENT}, "sent", ""),
        (
            {"state": State.PENDING, "attempts": 2, "last_error": "451 busy"},
            "waiting",
            "2 attempts so far. 451 busy",
        ),
        ({"state": State.FAILED, "last_error": "550 no"}, "refused", "550 no"),
        ({"state": State.SUPPRESSED}, "address stopped", "The address is on the list of stopped addresses."),
        (
            {"state": State.UNCERTAIN},
            "sending not confirmed",
            "The server took it but its answer was lost: it may have arrived.",
        ),
    ],
)
def test_every_row_explains_itself(
    claire: Client, row: Registration, fields: dict[str, Any], state: str, why: str
) -> None:
    make.delivery(row, **fields)
    (line,) = claire.get(PAGE).context["lines"]
    assert (line.state, line.why) == (state, why)


@pytest.mark.parametrize("reason", Delivery.Reason)
def test_every_mail_that_was_not_sent_says_why(
    claire: Client, row: Registration, reason: Delivery.Reason
) -> None:
    make.delivery(row, state=State.SKIPPED, reason=reason)
    (line,) = claire.get(PAGE).context["lines"]
    with translation.override("en"):
        assert (line.state, line.why) == ("not sent", str(reason.label))
    # What somebody set aside, they may send after all.
    assert line.can_retry == (reason in ("stopped", "step_off", "restored"))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_mail_has_words(kind: str) -> None:
    assert kind_in_words(kind) != kind


def test_what_providers_report_is_counted_and_can_be_asked_for(claire: Client, row: Registration) -> None:
    arrived, bounced, silent = (make.delivery(row, state=State.SENT) for _number in range(3))
    for number, (delivery, kind) in enumerate([(arrived, "delivered"), (bounced, "bounced")]):
        DeliveryEvent.objects.create(
            provider="test", event_id=str(number), delivery=delivery, type=kind, at=paris(2026, 11, 12, 8)
        )
    page = claire.get(PAGE)
    assert [(count.state, count.number) for count in page.context["counts"]] == [
        ("sent", 3),
        ("delivered", 1),
        ("bounced", 1),
    ]
    (line,) = claire.get(PAGE, {"state": "bounced"}).context["lines"]
    assert (line.delivery, line.reports) == (bounced, ("bounced, Thu 12 Nov 2026, 08:00",))
    assert [line.delivery for line in claire.get(PAGE, {"state": "delivered"}).context["lines"]] == [arrived]
    assert silent.events.count() == 0


def test_j7_a_bounce_is_flagged_the_address_corrected_and_only_that_mail_sent_again(
    claire: Client, session: Session, row: Registration
) -> None:
    defaults.default_steps(session.cycle)
    planner.replan(session)
    other = make.registration(session=session)
    sending.tick(clock=paris(2026, 11, 12))
    first = Delivery.objects.get(registration=row)
    Delivery.objects.filter(pk=first.pk).update(state=State.FAILED, last_error="550 5.1.1 unknown user")
    Delivery.objects.filter(registration=other).update(state=State.FAILED)
    ledger.suppress("amina@example.org", reason=Suppression.Reason.BOUNCE, at=NOW)
    page = claire.get(PAGE).content.decode()
    assert "550 5.1.1 unknown user" in page
    assert "Stopped addresses" in page
    assert act(claire, first, "retry").startswith("This address is stopped")
    row.participant.email = row.participant.email_key = "amina.diallo@example.org"
    row.participant.save()
    assert act(claire, first, "retry") == "It is sent again within a minute, to amina.diallo@example.org."
    mail.outbox.clear()
    sending.drain(clock=paris(2026, 11, 12, 14))
    assert [message.to for message in mail.outbox] == [["amina.diallo@example.org"]]
    assert mail.outbox[0].extra_headers["Message-ID"] == ledger.message_id(first.key)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"state": State.SENT},
            "Only an email that failed or bounced, is held or was withdrawn can be sent again.",
        ),
        (
            {"state": State.PENDING},
            "Only an email that failed or bounced, is held or was withdrawn can be sent again.",
        ),
        (
            {"state": State.SKIPPED},
            "Only an email that failed or bounced, is held or was withdrawn can be sent again.",
        ),
        ({"state": State.FAILED, "not_after": NOW}, "It would come too late now."),
    ],
)
def test_what_cannot_be_sent_again_says_why(
    claire: Client, row: Registration, fields: dict[str, Any], message: str
) -> None:
    delivery = make.delivery(row, **fields)
    assert act(claire, delivery, "retry") == message
    before = delivery.state
    delivery.refresh_from_db()
    assert delivery.state == before


def test_a_mail_that_came_back_later_is_sent_again_once(claire: Client, row: Registration) -> None:
    """A provider takes every mail, and reports minutes after that the address does not exist."""
    sent = make.delivery(row, state=State.SENT, kind="session_moved", sent_at=NOW - dt.timedelta(hours=1))
    assert act(claire, sent, "retry").startswith("Only an email that failed or bounced")
    DeliveryEvent.objects.create(
        provider="test", event_id="1", delivery=sent, type="bounced", at=NOW - dt.timedelta(minutes=50)
    )
    (line,) = claire.get(PAGE).context["lines"]
    assert line.can_retry
    assert act(claire, sent, "retry") == "It is sent again within a minute, to amina@example.org."
    sending.drain(clock=NOW)
    assert [message.to for message in mail.outbox] == [["amina@example.org"]]
    (line,) = claire.get(PAGE).context["lines"]
    assert (line.delivery.state, line.can_retry, line.reports) == (
        "sent",
        False,
        ("bounced, Thu 12 Nov 2026, 08:10",),
    )
    assert act(claire, sent, "retry").startswith("Only an email that failed or bounced")


def test_a_held_mail_is_released_or_let_be(claire: Client, row: Registration) -> None:
    held, doubtful = (make.delivery(row, state=State.UNCERTAIN, doubts=1) for _number in range(2))
    act(claire, held, "retry")
    act(claire, doubtful, "withdraw")
    assert list(Delivery.objects.order_by("pk").values_list("state", "reason")) == [
        ("pending", ""),
        ("skipped", "stopped"),
    ]


def test_a_withdrawn_mail_can_be_sent_after_all_and_a_sent_one_not_withdrawn(
    claire: Client, row: Registration
) -> None:
    waiting, sent = make.delivery(row), make.delivery(row, state=State.SENT)
    assert act(claire, waiting, "withdraw") == "It is withdrawn."
    assert act(claire, waiting, "retry").startswith("It is sent again")
    assert act(claire, sent, "withdraw") == "It is leaving or has left: it cannot be withdrawn any more."


def test_a_mail_of_another_cycle_is_not_found(claire: Client) -> None:
    delivery = make.delivery(make.registration(), state=State.FAILED)
    for verb in ("retry", "withdraw"):
        assert claire.post(f"{PAGE}{delivery.pk}/{verb}/").status_code == 404


def test_the_history_of_one_person(claire: Client, row: Registration) -> None:
    make.delivery(row, state=State.SENT, kind="registration_confirmed", next_at=paris(2026, 10, 1))
    make.delivery(row, state=State.SKIPPED, next_at=paris(2026, 11, 12))
    make.delivery(make.registration(session=row.session))
    make.delivery(make.registration(participant=row.participant))
    page = claire.get(f"{PAGE}people/{row.participant_id}/")
    assert [line.what for line in page.context["lines"]] == ["Reminder", "Registration confirmed"]
    stranger = make.registration().participant
    assert claire.get(f"{PAGE}people/{stranger.pk}/").status_code == 404


def test_somebody_anonymised_has_no_page_of_mails(claire: Client, row: Registration) -> None:
    make.delivery(row, state=State.SENT)
    anonymity.anonymise([row.cycle_registration_id], at=NOW)
    row.refresh_from_db()
    assert claire.get(f"{PAGE}people/{row.participant_id}/").status_code == 404


@pytest.mark.parametrize("word", ["élodie", "ÉLODIE", "Élodie", "évrard", "ÉVRARD", "quais", "ELODIE@"])
def test_the_search_finds_accents_however_they_are_typed(
    claire: Client, session: Session, row: Registration, word: str
) -> None:
    person = make.participant(
        email="elodie@example.org", given_name="Élodie", family_name="ÉVRARD", organisation_name="Les Quais"
    )
    result = make.delivery(make.registration(session=session, participant=person))
    make.delivery(row)
    assert [line.delivery for line in claire.get(PAGE, {"q": word}).context["lines"]] == [result]


def test_mails_are_found_by_session_and_by_kind(claire: Client, session: Session, row: Registration) -> None:
    reminder, moved = make.delivery(row), make.delivery(row, kind="session_moved")
    # What somebody did at one date names their place alone.
    cancelled = make.delivery(row, kind="registration_cancelled")
    Delivery.objects.filter(pk=cancelled.pk).update(session=None)
    other = make.session(cycle=session.cycle, slug="escale-03", number=3, starts_at=paris(2026, 12, 17))
    later = make.delivery(make.registration(session=other, participant=row.participant))
    for query, shown in (
        ({"session": "escale-02"}, [reminder, moved, cancelled]),
        ({"session": "escale-03"}, [later]),
        ({"kind": "reminder"}, [reminder, later]),
        ({"kind": "session_moved", "session": "escale-02", "state": "pending", "q": "amina"}, [moved]),
        ({"kind": "session_moved", "session": "escale-03"}, []),
        ({"kind": "magic", "session": "nowhere"}, [reminder, moved, cancelled, later]),
    ):
        lines = claire.get(PAGE, query).context["lines"]
        assert sorted(line.delivery.pk for line in lines) == [mail.pk for mail in shown]
    kinds = [value for value, _words in claire.get(PAGE).context["form"].fields["kind"].choices]
    assert ("reminder" in kinds, "address_in_use" in kinds) == (True, False)


def test_the_pages_of_the_table_keep_the_filters(claire: Client, row: Registration) -> None:
    for _number in range(51):
        make.delivery(row)
    page = claire.get(PAGE, {"kind": "reminder", "session": "escale-02"})
    assert "?kind=reminder&amp;session=escale-02&amp;page=2" in page.content.decode()


@pytest.mark.parametrize(("count", "words"), [(1, "envoyé"), (2, "envoyés")])
def test_counts_agree_with_their_number(claire: Client, row: Registration, count: int, words: str) -> None:
    for _number in range(count):
        make.delivery(row, state=State.SENT)
    (counted,) = claire.get(PAGE.replace("/en/", "/fr/")).context["counts"]
    assert (counted.number, counted.label) == (count, words)


def test_mailings_that_leave_at_one_moment_say_to_whom(claire: Client, row: Registration) -> None:
    defaults.default_steps(row.session.cycle)
    planner.replan(row.session)
    with translation.override("en"):
        ahead = [(item.what, item.when) for item in claire.get(PAGE).context["ahead"]]
    assert len(set(ahead)) == len(ahead)
    assert [what for what, _when in ahead if "people" in what] == [
        "2\xa0hours after, people who came",
        "2\xa0hours after, people who missed it",
        "1\xa0day after, people whose attendance is not known",
    ]


def test_a_notice_in_its_grace_is_listed_and_can_be_stopped(
    claire: Client, session: Session, row: Registration
) -> None:
    planning.move(session, to=paris(2026, 11, 26), by=None, at=NOW)
    (item,) = [item for item in claire.get(PAGE).context["ahead"] if item.can_stop]
    assert (item.what, item.when) == ("Session moved", "Thu 12 Nov 2026, 09:10")
    claire.post(f"/en/desk/cycles/tour/sessions/escale-02/mailings/{item.mailing.pk}/stop/", {"next": PAGE})
    sending.tick(clock=NOW + dt.timedelta(minutes=20))
    assert not Delivery.objects.filter(kind="session_moved").exists()
    # The next change starts from the date that people still have in mind.
    planning.move(session, to=paris(2026, 12, 3), by=None, at=NOW + dt.timedelta(hours=1))
    assert Occurrence.objects.get(kind="session_moved", state="planned").since_revision == 0
    assert row.session == session


def test_what_was_too_late_is_listed(claire: Client, session: Session) -> None:
    defaults.default_steps(session.cycle)
    planner.replan(session)
    planner.open_due(at=paris(2026, 11, 14))
    with time_machine.travel(paris(2026, 11, 14), tick=False):
        missed = claire.get(PAGE).context["missed"]
    assert [(item.what, item.when) for item in missed] == [
        ("7\u00a0days before, the speakers", "Thu 12 Nov 2026, 13:00"),
        ("7\u00a0days before", "Thu 12 Nov 2026, 13:00"),
        ("14\u00a0days before, the speakers", "Thu 5 Nov 2026, 13:00"),
        ("21\u00a0days before, the speakers", "Thu 29 Oct 2026, 13:00"),
    ]


def test_an_administrator_pauses_all_mail_and_lets_it_leave_again(client: Client, row: Registration) -> None:
    make.delivery(row)
    client.force_login(make.user(is_superuser=True))
    asked = client.get("/en/desk/mail/pause/").content.decode()
    assert "1 email that is due now waits." in asked
    assert not Heartbeat.objects.filter(name="paused").exists()
    assert client.post("/en/desk/mail/pause/").headers["Location"] == "/en/desk/status/"
    assert "All email is paused by" in client.get(PAGE).content.decode()
    assert "All email is paused by" in client.get("/en/desk/status/").content.decode()
    assert client.get("/en/desk/mail/pause/").headers["Location"] == "/en/desk/status/"
    assert sending.drain(clock=NOW) == 0
    client.post("/en/desk/mail/resume/", {"next": "//evil.example.org/"})
    assert sending.drain(clock=NOW) == 1
    assert not Heartbeat.objects.filter(name="paused").exists()


def test_an_organiser_cannot_pause_everybodys_mail(claire: Client) -> None:
    assert claire.get("/en/desk/mail/pause/").status_code == 403
    assert claire.post("/en/desk/mail/pause/").status_code == 403
    assert claire.post("/en/desk/mail/resume/").status_code == 403
    assert "Pause all email" not in claire.get(PAGE).content.decode()


def stop(client: Client, mailing: Occurrence) -> list[str]:
    """Press the button that stops a mailing; return what the page then says."""
    address = f"/en/desk/cycles/tour/sessions/escale-02/mailings/{mailing.pk}/stop/"
    response = client.post(address, {"next": PAGE}, follow=True)
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((), "Stopped: nobody gets it."),
        (("pending",) * 3, "Stopped: 3 waiting emails were withdrawn."),
        (("sent", "pending"), "Stopped: 1 waiting email was withdrawn. 1 had left already."),
        (("sent",) * 40, "Nothing was waiting any more: no email was stopped. 40 had left already."),
    ],
)
def test_stopping_says_what_was_stopped_and_what_had_left(
    claire: Client, session: Session, states: tuple[str, ...], said: str
) -> None:
    rows = [make.registration(session=session) for _state in states]
    planning.move(session, to=paris(2026, 11, 26), by=None, at=NOW)
    notice = Occurrence.objects.get(kind="session_moved")
    if states:
        sending.tick(clock=NOW + dt.timedelta(minutes=10))
        for row, state in zip(rows, states, strict=True):
            sent_at = NOW if state == "sent" else None
            Delivery.objects.filter(registration=row).update(state=state, sent_at=sent_at)
    with time_machine.travel(NOW + dt.timedelta(minutes=11), tick=False):
        # What has left to everybody is not to come, and has no button.
        is_listed = [item.can_stop for item in claire.get(PAGE).context["ahead"] if item.mailing == notice]
        assert is_listed == ([] if set(states) == {"sent"} else [True])
        assert stop(claire, notice) == [said]


def test_mails_that_wait_are_stopped_together(claire: Client, row: Registration) -> None:
    others = [make.registration(session=row.session) for _number in range(2)]
    for one in (row, *others):
        make.delivery(one, kind="place_given")
    make.delivery(row, kind="reminder")
    left = make.delivery(row, kind="place_given", state=State.SENT)
    page = claire.get(f"{PAGE}?kind=place_given&state=pending")
    assert "Stop the 3 emails that wait" in page.content.decode()
    address = f"{PAGE}withdraw/?kind=place_given&state=pending"
    more = claire.post(address, {"expected": "2"}, follow=True)
    assert "More emails wait than you were shown" in more.content.decode()
    done = claire.post(address, {"expected": "3"}, follow=True)
    assert "Stopped: 3 waiting emails were withdrawn." in done.content.decode()
    assert list(Delivery.objects.order_by("pk").values_list("kind", "state")) == [
        *[("place_given", "skipped")] * 3,
        ("reminder", "pending"),
        ("place_given", "sent"),
    ]
    assert left.reason == ""
    again = claire.post(address, {"expected": "3"}, follow=True)
    assert "Nothing was waiting any more: no email was stopped." in again.content.decode()


def test_what_a_mail_said_is_read_without_the_readers_own_links(claire: Client, session: Session) -> None:
    people = [
        make.registration(session=session, participant=make.participant(given_name=name, language="en"))
        for name in ("Amina", "Bob")
    ]
    for person in people:
        make.delivery(person, kind="session_restored", next_at=NOW)
    sending.drain(clock=NOW)
    mails = list(Delivery.objects.order_by("pk"))
    # Once for both: what differs is their own, and is not kept.
    assert len({mail.text_id for mail in mails}) == 1
    said = mails[0].text
    assert said is not None
    assert not {"Amina", "Bob", "http"} & set(said.text.replace("\n", " ").split())
    assert f"{PAGE}{mails[1].pk}/text/" in claire.get(PAGE).content.decode()
    page = claire.get(f"{PAGE}{mails[1].pk}/text/")
    assert page.context["subject"] == mail.outbox[1].subject
    shown = page.content.decode()
    assert ("Bob" in shown, "[the reader’s own link]" in shown, "/my/" in shown) == (True, True, False)


def test_what_a_mail_said_goes_with_its_reader(row: Registration) -> None:
    make.delivery(row, kind="session_restored", next_at=NOW)
    make.delivery(make.registration(session=row.session), kind="session_restored", next_at=NOW)
    sending.drain(clock=NOW)
    assert SentText.objects.count() == 1
    ledger.forget(row.participant_id)
    assert (SentText.objects.count(), Delivery.objects.filter(text=None).count()) == (1, 1)
    retention.run(at=NOW + dt.timedelta(days=400))
    assert (SentText.objects.count(), Delivery.objects.filter(text=None).count()) == (0, 2)
