"""What organisers write in the place of the standard texts: which variables a mail has, writing, finding.

A text is looked for in the reader's language, then in the other one: better a mail in French than none of what
the organiser wanted to say. One for a line of the plan goes before one for every line (R12).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import journal
from cycles.content.editing import fingerprint
from cycles.models import Cycle, Session
from cycles.schedule.revision import StaleError
from notifications.mail.kinds import KINDS, for_everybody
from notifications.models import MessageText
from notifications.plan import audiences
from surveys.models import Survey
from training.signing import queries as signed_for

from . import variables

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from accounts.models import User
    from notifications.models import Delivery

LONGEST_SUBJECT = 150
LONGEST_BODY = 5000
# Local days differ by up to 26 hours around the world.
A_DAY_ANYWHERE = dt.timedelta(hours=50)
# What each variable is, in the words of the editor. Those that are links become a button alone on a line.
VARIABLES: dict[str, str | Promise] = {
    "given_name": gettext_lazy("the reader's given name"),
    "cycle": gettext_lazy("the title of the cycle or training"),
    "site": gettext_lazy("the name of this site"),
    "manage_link": gettext_lazy("the reader's own page (button)"),
    "cycle_link": gettext_lazy("the page of the cycle or training (button)"),
    "session": gettext_lazy("the session and its theme: “Stop 2: …”"),
    "theme": gettext_lazy("the theme alone"),
    "date": gettext_lazy("date, hours and time zone, in the reader's zone"),
    "soon": gettext_lazy("“Tomorrow 13:00”, or the date when it is further away"),
    "summary": gettext_lazy("the summary of the session"),
    "card": gettext_lazy("the session in a frame: title, date"),
    "session_link": gettext_lazy("the page of the session (button)"),
    "sign_link": gettext_lazy("the reader’s link to sign for a half-day of training (button)"),
    "join_link": gettext_lazy("the reader's link to the room (button)"),
    "speaker_link": gettext_lazy("the page of someone who speaks: their way into the room (button)"),
    "figures": gettext_lazy("how many were registered and how many came"),
    "old_date": gettext_lazy("the date before the change"),
    "reason": gettext_lazy("the reason that you gave"),
    "replay_link": gettext_lazy("the recording (button; nothing without one)"),
    "survey_link": gettext_lazy("the reader’s survey (button; nothing while none is open)"),
    "next_card": gettext_lazy("the next session in a frame"),
    "next_date": gettext_lazy("the day of the next session"),
    "dates": gettext_lazy("the list of dates that the email is about"),
    "offer_link": gettext_lazy("the page that accepts or declines the place (button)"),
    "offer_until": gettext_lazy("until when the place is held"),
    "recap_title": gettext_lazy("the title of the recap"),
    "recap_text": gettext_lazy("how the recap begins"),
    "recap_link": gettext_lazy("the recap (button)"),
}


class TextError(Exception):
    """A text that cannot be used; `problems` says where and why, in the organiser's language."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def variables_of(kind: str) -> tuple[str, ...]:
    """Return the variables that a kind of mail has."""
    return KINDS[kind].variables or ()


def variables_for(cycle: Cycle, kind: str) -> tuple[str, ...]:
    """Return those that mails of this cycle ever fill: nobody signs for what is no training."""
    known = variables_of(kind)
    if "sign_link" in known and not signed_for.is_of_training(cycle):
        return tuple(name for name in known if name != "sign_link")
    return known


def writable() -> list[str]:
    """Return the kinds of mail whose text an organiser may write."""
    return [name for name, kind in KINDS.items() if kind.is_writable]


def problems(text: str, *, kind: str, one_line: bool = False) -> list[str]:
    """Return in words what is wrong with a text, each with its line and column."""
    longest = LONGEST_SUBJECT if one_line else LONGEST_BODY
    results = [
        _in_words(mistake)
        for mistake in variables.mistakes(text, known=variables_of(kind), one_line=one_line)
    ]
    if len(text) > longest:
        results.append(
            _("It is too long: %(length)d characters, %(longest)d at most.")
            % {"length": len(text), "longest": longest}
        )
    return results


def _in_words(mistake: variables.Mistake) -> str:
    place = {"line": mistake.line, "column": mistake.column, "found": mistake.found}
    match mistake.wrong:
        case "unknown" if mistake.meant:
            return _(
                "Line %(line)d, column %(column)d: %(found)s is not a variable of this email. "
                "Do you mean {%(meant)s}?"
            ) % {**place, "meant": mistake.meant}
        case "unknown":
            return _("Line %(line)d, column %(column)d: %(found)s is not a variable of this email.") % place
        case "tag":
            return (
                _(
                    "Line %(line)d, column %(column)d: %(found)s is a template tag; only {variables} are filled in."
                )
                % place
            )
        case "brace":
            return _("Line %(line)d, column %(column)d: a brace “%(found)s” without its other half.") % place
        case _:
            return _("A subject is one line: take the line break out (column %(column)d).") % place


def warnings(cycle: Cycle, kind: str, code: str = "") -> list[str]:
    """Return what an organiser should know of the texts as they are kept."""
    rows = {row.language: row for row in MessageText.objects.filter(cycle=cycle, kind=kind, code=code)}
    told = []
    in_one_only = {
        "subject": _("The subject is written in one language only: readers of the other get it in that one."),
        "body": _("The text is written in one language only: readers of the other get it in that one."),
    }
    for name, warning in in_one_only.items():
        if 0 < sum(bool(getattr(row, name)) for row in rows.values()) < len(settings.LANGUAGES):
            told.append(warning)
    bodies = [row.body for row in rows.values() if row.body]
    if kind == "reminder" and any("join_link" not in variables.used(body) for body in bodies):
        told.append(_("This reminder has no {join_link}: people will not find the room."))
    if bodies and KINDS[kind].own_text_holds is not for_everybody:
        told.append(str(KINDS[kind].others))
    return told


def digest(cycle: Cycle, kind: str, code: str = "") -> str:
    """Return a short text that differs whenever the organisers' words of a mail do."""
    rows = MessageText.objects.filter(cycle=cycle, kind=kind, code=code).order_by("language")
    return fingerprint(list(rows.values_list("language", "subject", "body")))


def write(
    cycle: Cycle,
    *,
    kind: str,
    code: str = "",
    texts: dict[str, tuple[str, str]],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> None:
    """Keep (subject, body) by language; both empty is the standard text again. Raises TextError, ValueError.

    Raises StaleError when what is kept is no longer what it was when its `digest` was `seen`.
    """
    if kind not in writable():
        msg = f"{kind} has no text of its own"
        raise ValueError(msg)
    results = []
    for subject, body in texts.values():
        results += problems(subject, kind=kind, one_line=True) + problems(body, kind=kind)
    if results:
        raise TextError(results)
    with journal.entry("message.write", cycle, by=by, at=at, detail=kind):
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if seen is not None and digest(row, kind, code) != seen:
            raise StaleError(row)
        for language, (subject, body) in texts.items():
            if not subject.strip() and not body.strip():
                MessageText.objects.filter(cycle=cycle, kind=kind, code=code, language=language).delete()
                continue
            MessageText.objects.update_or_create(
                cycle=cycle,
                kind=kind,
                code=code,
                language=language,
                defaults={"subject": subject.strip(), "body": body.strip(), "revised_at": at},
            )


@dataclass(frozen=True, kw_only=True)
class Own:
    """An organiser's words for one mail; a part without words of theirs is None. `language` is the words'."""

    subject: str | None
    body: str | None
    language: str


@dataclass
class Texts:
    """The texts of cycles, each cycle's read once: make one for a batch, so that they are never long out of date.

    It also remembers which sessions follow each other closely, and which of today can be joined: every mail asks.
    """

    _by_cycle: dict[int, dict[tuple[str, str, str], MessageText]] = field(default_factory=dict)
    _following: dict[int, list[Session]] = field(default_factory=dict)
    _surveys: dict[int, Survey | None] = field(default_factory=dict)
    _joinable: list[Session] | None = None

    def joinable(self, *, at: dt.datetime) -> list[Session]:
        """Return the sessions with a room that are not over and may be on the day of a reader, soonest first."""
        if self._joinable is None:
            near = Session.objects.upcoming(at=at).filter(starts_at__lt=at + A_DAY_ANYWHERE)
            self._joinable = list(near.with_room().select_related("cycle"))
        return self._joinable

    def following(self, session: Session) -> list[Session]:
        """Return the sessions of which the reminder of this one speaks too (R7)."""
        if session.pk not in self._following:
            self._following[session.pk] = audiences.following(session)
        return self._following[session.pk]

    def survey(self, cycle_id: int) -> Survey | None:
        """Return the survey that a cycle asks after each session, while it is open."""
        if cycle_id not in self._surveys:
            rows = Survey.objects.filter(moment=Survey.Moment.SESSION, closed_at=None)
            self._surveys[cycle_id] = rows.filter(cycle=cycle_id).first()
        return self._surveys[cycle_id]

    def of(self, delivery: Delivery, cycle: Cycle) -> Own | None:
        """Return the organiser's words for a mail; None when it is the standard one."""
        if KINDS[delivery.kind].is_to_group:
            return _of_group(delivery)
        kept = self._by_cycle.get(cycle.pk)
        if kept is None:
            kept = {
                (row.kind, row.code, row.language): row for row in MessageText.objects.filter(cycle=cycle)
            }
            self._by_cycle[cycle.pk] = kept
        if not kept:
            return None
        step = delivery.occurrence.step if delivery.occurrence else None
        codes = [step.code, ""] if step else [""]
        languages = [delivery.language, *(code for code, _name in settings.LANGUAGES)]
        rows = [
            row
            for code in codes
            for language in languages
            if (row := kept.get((delivery.kind, code, language))) is not None
        ]
        if not rows:
            return None
        subject = next((row.subject for row in rows if row.subject), None)
        body = next((row for row in rows if row.body), None)
        return Own(
            subject=subject,
            body=body.body if body else None,
            language=body.language if body else delivery.language,
        )


def _of_group(delivery: Delivery) -> Own:
    """Return the words of the message to a group that a mail is of."""
    message = delivery.group_message
    if message is None:
        msg = f"delivery {delivery.pk} has lost its words"
        raise ValueError(msg)
    languages = [delivery.language, *(code for code, _name in settings.LANGUAGES)]
    language = next((code for code in languages if message.bodies.get(code)), delivery.language)
    return Own(
        subject=message.subjects.get(language) or str(message),
        body=message.bodies.get(language, ""),
        language=language,
    )
