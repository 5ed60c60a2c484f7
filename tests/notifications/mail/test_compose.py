"""Every kind of mail in both languages: what it says, where it leads, what it carries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import icalendar
import pytest

from cycles.models import Session
from cycles.schedule import planning
from notifications.mail import compose
from notifications.mail.kinds import KINDS
from notifications.models import Delivery
from notifications.plan import defaults, planner
from registrations import booking
from registrations.events import QueueMoved, RegistrationChanged
from tests import make
from tests.make import AT, paris

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives

    from registrations.models import Registration

pytestmark = pytest.mark.django_db
NARROW = "\u202f"
MOVED_AT = paris(2026, 11, 2)
THEME = {"fr": "De la connaissance à la compétence !", "en": "From knowledge to skill!"}


def seat(language: str = "fr") -> Registration:
    cycle = make.cycle(title={"fr": "Le voyage", "en": "The journey"})
    session = make.session(cycle=cycle, number=2, title=THEME)
    person = make.participant(language=language)
    whole = make.cycle_registration(cycle=cycle, participant=person)
    return make.registration(session=session, participant=person, cycle_registration=whole)


def told(kind: str, row: Registration, *, at: dt.datetime, only: bool = False) -> EmailMultiAlternatives:
    rows = [row.pk] if only else []
    if kind == "promoted":
        QueueMoved(kind=kind, people={row.cycle_registration_id: rows}, at=at).send()
    else:
        RegistrationChanged(
            kind=kind, registration=row.cycle_registration, registration_ids=rows, at=at
        ).send()
    return compose.message(Delivery.objects.get(), at=at)


def reminded(session: Session, code: str) -> EmailMultiAlternatives:
    defaults.default_steps(session.cycle)
    planner.replan(session)
    due_at = session.mailings.get(step__code=code).due_at
    planner.open_due(at=due_at)
    return compose.message(Delivery.objects.get(occurrence__step__code=code), at=due_at)


def noticed(at: dt.datetime) -> EmailMultiAlternatives:
    planner.open_due(at=at)
    return compose.message(Delivery.objects.order_by("-pk")[0], at=at)


def parts(mail: EmailMultiAlternatives) -> list[str]:
    return [part.get_content_type() for part in mail.message().walk() if not part.is_multipart()]


def html(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])


def entry(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[1][0])


@pytest.mark.parametrize(
    ("kind", "language", "subject"),
    [
        ("requested", "fr", f"Confirmez votre inscription{NARROW}: Le voyage"),
        ("requested", "en", "Confirm your registration: The journey"),
        ("repeated", "fr", f"Vous êtes déjà inscrit·e{NARROW}: Le voyage"),
        ("repeated", "en", "You are already registered: The journey"),
        ("confirmed", "fr", f"Vous êtes inscrit·e{NARROW}: Le voyage"),
        ("confirmed", "en", "You are registered: The journey"),
        ("cancelled", "fr", f"Inscription annulée{NARROW}: Le voyage"),
        ("cancelled", "en", "Registration cancelled: The journey"),
    ],
)
def test_mails_about_a_registration(kind: str, language: str, subject: str) -> None:
    mail = told(kind, seat(language), at=AT)
    assert mail.subject == subject
    assert f'<html lang="{language}"' in html(mail)


def test_the_request_leads_to_the_confirmation_only() -> None:
    mail = told("requested", seat(), at=AT)
    assert "/fr/confirm/" in mail.body
    assert "/my/" not in mail.body + html(mail)
    assert parts(mail) == ["text/plain", "text/html"]


def test_one_confirmation_lists_every_date_and_invites_to_the_next() -> None:
    row = seat()
    later = make.session(cycle=row.session.cycle, number=3, title=THEME, starts_at=paris(2026, 12, 17))
    make.registration(session=later, participant=row.participant, cycle_registration=row.cycle_registration)
    mail = told("confirmed", row, at=AT)
    assert [line.strip() for line in mail.body.splitlines() if "heure de Paris" in line] == [
        f"jeudi 19 novembre 2026, 13{NARROW}h{NARROW}00 – 14{NARROW}h{NARROW}30 (heure de Paris)",
        f"jeudi 17 décembre 2026, 13{NARROW}h{NARROW}00 – 14{NARROW}h{NARROW}30 (heure de Paris)",
    ]
    assert parts(mail) == ["text/plain", "text/html", "text/calendar", "application/ics"]
    invitation = entry(mail)
    assert invitation.count("BEGIN:VEVENT") == 1
    assert "METHOD:REQUEST" in invitation
    assert "DTSTART;TZID=Europe/Paris:20261119T130000" in invitation
    # Whoever answers an invitation is read.
    assert "ORGANIZER;CN=Escale:mailto:contact@example.org" in invitation.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("code", "language", "subject"),
    [
        ("j-7", "fr", f"Jeudi 19 novembre, 13{NARROW}h{NARROW}: De la connaissance à la compétence !"),
        ("j-1", "fr", f"Demain 13{NARROW}h{NARROW}: De la connaissance à la compétence !"),
        ("h-1", "fr", f"Aujourd’hui 13{NARROW}h{NARROW}: De la connaissance à la compétence !"),
        ("j-7", "en", "Thursday 19 November, 13:00: From knowledge to skill!"),
        ("j-1", "en", "Tomorrow 13:00: From knowledge to skill!"),
        ("h-1", "en", "Today 13:00: From knowledge to skill!"),
    ],
)
def test_a_reminder_says_what_and_when(code: str, language: str, subject: str) -> None:
    mail = reminded(seat(language).session, code)
    assert mail.subject == subject
    assert f"/{language}/join/" in mail.body
    assert parts(mail) == ["text/plain", "text/html"]


def test_a_reminder_can_be_stopped_in_one_click() -> None:
    mail = reminded(seat().session, "j-1")
    headers = dict(mail.message().items())
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("http://testserver/stop/")
    assert link in mail.body


def test_a_reader_far_away_reads_their_own_hour() -> None:
    row = seat()
    row.participant.timezone = "Indian/Reunion"
    row.participant.save()
    assert reminded(row.session, "j-1").subject.startswith(f"Demain 16{NARROW}h")


def test_who_comes_to_a_place_reads_its_hour() -> None:
    row = seat()
    row.participant.timezone = "Indian/Reunion"
    row.participant.save()
    Session.objects.filter(pk=row.session_id).update(modality="on_site", place={"fr": "Nantes"})
    row.session.refresh_from_db()
    mail = reminded(row.session, "j-1")
    assert mail.subject.startswith(f"Demain 13{NARROW}h")
    assert "La Réunion" not in mail.body


def test_a_move_says_old_and_new() -> None:
    row = seat()
    planning.move(row.session, to=paris(2026, 11, 26), by=None, at=MOVED_AT, reason={"fr": "Salle prise"})
    mail = noticed(MOVED_AT + planning.grace())
    assert mail.subject == (
        f"Nouvelle date, jeu. 26 nov. 2026, 13{NARROW}h{NARROW}00{NARROW}: De la connaissance à la compétence !"
    )
    assert "jeudi 19 novembre 2026" in mail.body
    assert "jeudi 26 novembre 2026" in mail.body
    assert "Salle prise" in mail.body
    assert "SEQUENCE:1" in entry(mail)


def test_a_cancellation_takes_the_entry_off_the_calendar() -> None:
    row = seat()
    planning.cancel(row.session, reason={"fr": "Grève", "en": "Strike"}, by=None, at=MOVED_AT)
    mail = noticed(MOVED_AT + planning.grace())
    assert mail.subject.startswith("Annulé, jeu. 19 nov. 2026")
    assert "Grève" in mail.body
    assert "METHOD:CANCEL" in entry(mail)
    assert "/join/" not in mail.body


def test_a_postponed_session_keeps_the_place() -> None:
    row = seat("en")
    planning.postpone(row.session, by=None, at=MOVED_AT)
    mail = noticed(MOVED_AT + planning.grace())
    assert mail.subject == "Postponed: From knowledge to skill!"
    assert "Thursday 19 November 2026" in mail.body


def test_a_restored_session_invites_again() -> None:
    row = seat("en")
    planning.cancel(row.session, reason="Strike", by=None, at=MOVED_AT)
    planner.open_due(at=MOVED_AT + planning.grace())
    Delivery.objects.update(state="sent", sent_at=AT)
    planning.restore(row.session, by=None, at=MOVED_AT + dt.timedelta(days=1))
    mail = noticed(MOVED_AT + dt.timedelta(days=1) + planning.grace())
    assert mail.subject.startswith("It takes place after all, Thu 19 Nov 2026, 13:00")
    assert "METHOD:REQUEST" in entry(mail)


def test_a_cancelled_place_names_its_date() -> None:
    mail = told("cancelled", seat("en"), at=AT, only=True)
    assert mail.subject == "Registration cancelled: Stop 2: From knowledge to skill!"
    assert "METHOD:CANCEL" in entry(mail)


def test_a_place_given_says_so() -> None:
    mail = told("promoted", seat("en"), at=AT, only=True)
    assert mail.subject == "A place for you: Stop 2: From knowledge to skill!"


def test_the_number_of_a_mail_is_the_same_at_every_attempt() -> None:
    told("confirmed", seat(), at=AT)
    delivery = Delivery.objects.get()
    later = AT + dt.timedelta(hours=5)
    first, second = (compose.message(delivery, at=at).message()["Message-ID"] for at in (AT, later))
    assert first == second
    assert first.endswith("@example.org>")


def test_a_title_with_a_line_break_cannot_write_headers() -> None:
    row = seat("en")
    row.session.title = "Knowledge\r\nBcc: someone@example.org"
    row.session.save()
    mail = reminded(row.session, "j-1")
    assert mail.subject == "Tomorrow 13:00: Knowledge Bcc: someone@example.org"
    assert mail.message()["Bcc"] is None


def test_a_name_is_text_never_markup() -> None:
    row = seat("en")
    row.session.title = "<b>Bold</b> & co"
    row.session.save()
    mail = reminded(row.session, "j-1")
    assert "<b>Bold</b> & co" in mail.body
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in html(mail)


def test_no_mail_fetches_anything() -> None:
    content = html(told("confirmed", seat(), at=AT))
    assert [word for word in ("<img", "src=", "@import", "url(", "<link", "<script") if word in content] == []


def test_every_kind_has_its_three_texts() -> None:
    from django.template.loader import get_template  # noqa: PLC0415 - only this test reads templates

    for kind in KINDS:
        for name in ("subject.txt", "body.txt", "body.html"):
            assert get_template(f"notifications/email/{kind}/{name}")


def files(mail: EmailMultiAlternatives) -> list[icalendar.Calendar]:
    """Return the calendar files of a mail, in their order."""
    results: list[Any] = [
        part.get_payload(decode=True) for part in mail.message().walk() if part.get_filename()
    ]
    return [icalendar.Calendar.from_ical(content) for content in results]


def test_a_postponed_session_is_taken_off_the_calendar_at_the_date_it_had() -> None:
    row = seat("en")
    planning.postpone(row.session, by=None, at=MOVED_AT, reason={"en": "Strike"})
    mail = noticed(MOVED_AT + planning.grace())
    (file,) = files(mail)
    (event,) = file.events
    assert str(file["METHOD"]) == "CANCEL"
    assert (str(event["STATUS"]), event.sequence, event.start) == ("CANCELLED", 1, paris(2026, 11, 19))
    assert str(event["SUMMARY"]) == "Postponed: Stop 2: From knowledge to skill! · The journey"
    assert str(event["UID"]) == f"{row.session.uid}@escale.test"
    assert "/join/" not in str(event["DESCRIPTION"]) + str(event["LOCATION"])
    assert "METHOD:CANCEL" in entry(mail)


def test_dated_again_it_is_asked_for_as_unsure_as_it_was() -> None:
    row = seat("en")
    row.session.status = "tentative"
    row.session.save(update_fields=["status"])
    planning.postpone(row.session, by=None, at=MOVED_AT)
    noticed(MOVED_AT + planning.grace())
    Delivery.objects.update(state="sent", sent_at=AT)
    later, to = MOVED_AT + dt.timedelta(days=1), paris(2026, 12, 3)
    planning.move(
        row.session, to=to, until=to + dt.timedelta(minutes=90), by=None, at=later, reason={"en": "Found"}
    )
    (file,) = files(noticed(later + planning.grace()))
    (event,) = file.events
    assert (str(file["METHOD"]), str(event["STATUS"]), event.sequence) == ("REQUEST", "TENTATIVE", 2)
    assert event.start == to


@pytest.mark.parametrize("count", [1, 3])
def test_added_dates_are_asked_for(count: int) -> None:
    row = seat("en")
    added = [
        make.session(cycle=row.session.cycle, slug=f"added-{n}", starts_at=paris(2026, 12, n))
        for n in range(1, count + 1)
    ]
    full = make.session(cycle=row.session.cycle, slug="full", starts_at=paris(2026, 12, 9), capacity=1)
    make.registration(session=full)
    booking.join_added_sessions(row.session.cycle, session_ids=[s.pk for s in [*added, full]], at=MOVED_AT)
    mail = compose.message(Delivery.objects.get(kind="sessions_added"), at=MOVED_AT)
    # A date that one waits for is not asked for: there is no place yet.
    assert [(str(file["METHOD"]), str(file.events[0]["UID"])) for file in files(mail)] == [
        ("REQUEST", f"{session.uid}@escale.test") for session in added
    ]
    assert len(mail.alternatives) == (2 if count == 1 else 1)


def test_a_mail_carries_no_more_files_than_a_reader_can_open() -> None:
    row = seat("en")
    added = [make.session(cycle=row.session.cycle, starts_at=paris(2026, 12, n)) for n in range(1, 16)]
    booking.join_added_sessions(row.session.cycle, session_ids=[s.pk for s in added], at=MOVED_AT)
    mail = compose.message(Delivery.objects.get(kind="sessions_added"), at=MOVED_AT)
    assert len(files(mail)) == 12
