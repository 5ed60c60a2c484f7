"""A person's copy of their data in words: the same as the file, to read and to print."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cycles.language import wording
from registrations.attendance.models import Attendance
from registrations.booking import questions
from registrations.models import ConsentText, CycleRegistration, Question, State
from registrations.people.coded import Coded

if TYPE_CHECKING:
    from collections.abc import Iterator


# Titles, and what a program reads but nobody else: a document's record is the document itself, in another form.
NOT_SHOWN = ("cycle", "session", "record")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A heading with facts (word, value); `items` are parts below it."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    items: tuple[Part, ...] = ()


def labels() -> dict[str, str]:
    """Return the words for the names in the file; a name without words is shown as it is."""
    return {
        "email": _("Email address"),
        "asked_email": _("Address that you asked us to use"),
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "organisation_name": _("Organisation"),
        "typed_given_name": _("Given name as typed"),
        "typed_family_name": _("Family name as typed"),
        "typed_organisation_name": _("Organisation as typed"),
        "language": _("Language of the emails"),
        "timezone": _("Your time zone"),
        "created_at": _("Written down on"),
        "confirmed_at": _("Confirmed on"),
        "proved_at": _("Address proved on"),
        "links_renewed_at": _("Personal links renewed on"),
        "asked_email_at": _("Other address asked for on"),
        "reminders_stopped_at": _("Reminders stopped on"),
        "scope": _("What you asked for"),
        "state": _("State"),
        "source": _("Where it came from"),
        "source_code": _("Code of the link you followed"),
        "accessibility_need": _("What makes it easier for you to take part"),
        "answers": _("Your answers"),
        "decision_message": _("The organiser's message"),
        "requested_at": _("Asked for on"),
        "cancelled_at": _("Cancelled on"),
        "decided_at": _("Decided on"),
        "starts_at": _("Date"),
        "joined_at": _("You joined on"),
        "purpose": _("Purpose"),
        "version": _("Version"),
        "text": _("Words that were shown"),
        "form": _("Where you agreed"),
        "given_at": _("Since"),
        "withdrawn_at": _("Withdrawn on"),
        "revoked_at": _("Replaced on"),
        "alarm_minutes": _("Alert, minutes before each date"),
        "minutes": _("Minutes"),
        "spans": _("From and to, in seconds after the session began"),
        "noted_at": _("Noted on"),
        "note": _("Note of the organisers"),
        "written_at": _("Written on"),
        "signed_at": _("Signed on"),
        "means": _("How you signed"),
        "number": _("Number"),
        "issued_at": _("Issued on"),
        "employer_name": _("Employer"),
        "assessment": _("Assessment"),
        "to_address": _("Sent to"),
        "reason": _("Reason"),
        "sent_at": _("Sent on"),
        "kind": _("Kind"),
        "invited_at": _("Invited on"),
        "answer": _("Answer"),
        "answered_at": _("Answered on"),
        "public_name": _("Name shown in public"),
        "role": _("Role"),
        "bio": _("About you"),
        "photo_alt": _("Description of the photo"),
        "slides_name": _("Slides"),
        "accessibility_note": _("Accessibility of your slides"),
        "is_given": _("You agree"),
        "until_date": _("Until"),
        "ended_at": _("Ended on"),
        "survey": _("Survey that you answered"),
    }


def choices() -> dict[str, dict[str, Any]]:
    """Return the words for values that come from a list, by name."""
    return {
        "state": {**dict(State.choices), **dict(Attendance.State.choices)},
        "scope": dict(CycleRegistration.SCOPES_IN_WORDS),
        "source": {**dict(CycleRegistration.Source.choices), **dict(Attendance.Source.choices)},
        "purpose": dict(ConsentText.Purpose.choices),
        "language": dict(settings.LANGUAGES),
    }


def moment(at: dt.datetime, *, zone: str) -> str:
    """Return an instant as `parts` writes them, with the name of the zone."""
    zone, language = zone or settings.TIME_ZONE, get_language() or settings.LANGUAGE_CODE
    words = wording.short_when(at, zone=zone, language=language)
    return f"{words} ({wording.zone_name(zone, language=language)})"


def parts(copy: dict[str, Any], *, zone: str) -> tuple[Part, ...]:
    """Return the copy as headings and facts. Instants are in the person's zone, or in that of the site."""
    reader = _Reader(zone or settings.TIME_ZONE, asked=_asked(copy))
    titles = {
        "registrations": _("Registrations"),
        "consents": _("What you were told and agreed to"),
        "private_calendars": _("Private calendars"),
        "mails": _("Emails"),
        "speaking": _("What you did as a speaker"),
        "signatures": _("Signatures"),
        "documents": _("Documents of trainings"),
        "trainee_files": _("Trainee’s file"),
        "surveys": _("Surveys; of anonymous ones we only know that you answered"),
    }
    return (
        Part(title=_("You"), facts=tuple(reader.facts(copy["person"]))),
        *(
            Part(title=titles.get(name, name), items=tuple(reader.item(row) for row in rows))
            for name, rows in copy.items()
            # What of all this nothing is held need not be read.
            if name != "person" and rows
        ),
    )


def _asked(copy: dict[str, Any]) -> dict[str, str]:
    """Return the questions that the copy answers, by their id as text; one query, or none."""
    ids = {pk for row in copy.get("registrations", ()) for pk in row["answers"]}
    asked = Question.objects.filter(pk__in=ids) if ids else ()
    return {str(question.pk): str(question.label) for question in asked}


class _Reader:
    """Turns rows of the copy into facts, in the page's language and the reader's zone."""

    def __init__(self, zone: str, *, asked: dict[str, str]) -> None:
        self.zone = zone
        self.asked = asked
        self.language = get_language() or settings.LANGUAGE_CODE
        self.labels = labels()
        self.choices = choices()

    def item(self, row: dict[str, Any]) -> Part:
        title = row.get("cycle") or row.get("session") or ""
        below = [value for value in row.values() if isinstance(value, list)]
        return Part(
            title=str(title),
            facts=tuple(self.facts(row)),
            items=tuple(self.item(one) for rows in below for one in rows if isinstance(one, dict)),
        )

    def facts(self, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for name, value in row.items():
            if name in NOT_SHOWN or isinstance(value, list) or value in (None, "", {}):
                continue
            yield self.labels.get(name, name), self.value(name, value)

    def value(self, name: str, value: Any) -> str:
        if isinstance(value, Coded) or name == "timezone":
            return (
                value.words if isinstance(value, Coded) else wording.zone_name(value, language=self.language)
            )
        if isinstance(value, dt.datetime):
            return wording.short_when(value, zone=self.zone, language=self.language)
        if isinstance(value, dt.date):
            return wording.short_date(value, language=self.language)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dict):
            return self._several(name, value)
        return str(self.choices.get(name, {}).get(value, value))

    def _several(self, name: str, value: dict[str, Any]) -> str:
        """Return a text in the page's language, or answers, each after its question."""
        if name == "text":
            return str(value.get(self.language) or next(iter(value.values()), ""))
        return " · ".join(
            self._answer(self.asked.get(key, ""), questions.words(said)) for key, said in value.items()
        )

    @staticmethod
    def _answer(asked: str, said: str) -> str:
        """Return an answer after its question, which ends as it is written or in a colon."""
        if not asked or asked.endswith(("?", ":", "…")):
            return f"{asked} {said}".strip()
        return _("%(question)s: %(answer)s") % {"question": asked, "answer": said}
