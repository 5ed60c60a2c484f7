"""Events to sessions. A session is known again by its UID; its schedule changes by the verbs of planning only.

So the people registered for an imported session are told of a change exactly as if an organiser had made it. What an
organiser changed here by hand stays: the file is one voice, not the truth.
"""

from __future__ import annotations

import enum
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from cycles import editing, planning, recurrence, wording
from cycles.models import CycleException, Session
from cycles.signals import sessions_added

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.importer.report import Remark, Report
    from cycles.models import Cycle

    from .events import Imported

# Events of one file are sessions of one cycle: the same file in two cycles makes two of each.
NAMESPACE = uuid.UUID("5b4a1a52-6a5f-4d0e-9a4e-6d2d6f1c7a10")


class Act(enum.Enum):
    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"
    KEPT = "kept"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, kw_only=True)
class Step:
    """What was done with one event; `when` and `before` in words of the reader's language."""

    line: int
    act: Act
    title: str
    when: str
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    steps: tuple[Step, ...]
    warnings: tuple[Remark, ...]

    def count(self, act: Act) -> int:
        return sum(step.act is act for step in self.steps)

    @property
    def created(self) -> int:
        return self.count(Act.CREATED)

    @property
    def changed(self) -> int:
        return self.count(Act.CHANGED)

    @property
    def has_changes(self) -> bool:
        return bool(self.created or self.changed)


class Writer:
    """Writes within the caller's transaction, which holds the cycle's lock."""

    def __init__(
        self, cycle: Cycle, report: Report, *, language: str, by: User | None, at: dt.datetime
    ) -> None:
        self.cycle = cycle
        self.report = report
        self.language = language
        self.by = by
        self.at = at
        self._sessions = {session.uid: session for session in cycle.sessions.select_related("cycle")}
        self._slugs = {session.slug for session in self._sessions.values()}
        self._number = cycle.sessions.aggregate(Max("number"))["number__max"] or 0
        rule = cycle.rule
        self._given = {o.planned_date for o in recurrence.occurrences(rule)} if rule else None
        self._taken = {session.planned_date for session in self._sessions.values()}
        self._added: list[int] = []

    def write(self, found: list[Imported]) -> Outcome:
        """Write the events in order; return what was done with each."""
        steps = [self._write(event) for event in found]
        if self._added:
            sessions_added.send(
                sender=Session, cycle=self.cycle, session_ids=self._added, by=self.by, at=self.at
            )
        return Outcome(steps=tuple(steps), warnings=tuple(sorted(self.report.warnings)))

    def _write(self, event: Imported) -> Step:
        session = self._sessions.get(self._uid(event.key))
        if session is None:
            return self._create(event)
        before = _when(session)
        words = self._edit(session, event)
        act = Act.CHANGED if words else Act.SAME
        if not self._is_where(session, event):
            act = self._replan(session, event)
        session.refresh_from_db()
        after = _when(session)
        return Step(
            line=event.line,
            act=act,
            title=event.title,
            when=after,
            before=before if before != after else "",
        )

    def _uid(self, key: str) -> uuid.UUID:
        """Return the session's UID for an event: its own when it came from here, else one made from the event's."""
        name, _at, domain = key.rpartition("@")
        if domain == settings.ESCALE_UID_DOMAIN:
            try:
                own = uuid.UUID(name)
            except ValueError:
                own = None
            if own in self._sessions:
                return own
        return uuid.uuid5(NAMESPACE, f"{self.cycle.pk}\n{key}")

    def _create(self, event: Imported) -> Step:
        when = _words(event.starts_at, event.ends_at, zone=self.cycle.timezone, all_day=event.is_all_day)
        if event.status == "CANCELLED":
            self.report.warn(event.line, "VEVENT", _("is cancelled and was never here: it is left out"))
            return Step(line=event.line, act=Act.LEFT_OUT, title=event.title, when=when)
        self._warn_of_clash(event)
        self._number += 1
        slug = planning.free_slug(self.cycle, self._number, taken=self._slugs)
        self._slugs.add(slug)
        session = Session.objects.create(
            uid=self._uid(event.key),
            cycle=self.cycle,
            slug=slug,
            number=self._number,
            title=LazyI18nString({self.language: event.title}) if event.title else "",
            has_theme=bool(event.title),
            summary=LazyI18nString({self.language: event.text}) if event.text else "",
            room_url=event.room_url,
            status=Session.Status.TENTATIVE if event.status == "TENTATIVE" else Session.Status.CONFIRMED,
            planned_date=self._planned(event),
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            is_all_day=event.is_all_day,
            created_at=self.at,
            revised_at=planning.next_revised_at(None, at=self.at),
        )
        self._sessions[session.uid] = session
        if event.ends_at > self.at:
            self._added.append(session.pk)
        return Step(line=event.line, act=Act.CREATED, title=event.title, when=when)

    def _planned(self, event: Imported) -> dt.date | None:
        """Return the date of the rhythm that this session answers for; note one that the rhythm does not give."""
        date = event.starts_at.astimezone(self.cycle.zone).date()
        if self._given is None or date in self._taken:
            return None
        if date in self._given:
            self._taken.add(date)
            return date
        CycleException.objects.get_or_create(
            cycle=self.cycle, planned_date=date, defaults={"kind": CycleException.Kind.ADDED}
        )
        return None

    def _warn_of_clash(self, event: Imported) -> None:
        for other in self._sessions.values():
            if other.is_held and other.starts_at == event.starts_at:
                self.report.warn(
                    event.line,
                    "VEVENT",
                    _("another session begins at that moment: %(slug)s") % {"slug": other.slug},
                )

    def _edit(self, session: Session, event: Imported) -> bool:
        values: dict[str, object] = {}
        if event.title and session.title.localize(self.language) != event.title:
            values |= {"title": _with(session.title, self.language, event.title), "has_theme": True}
        if event.text and session.summary.localize(self.language) != event.text:
            values["summary"] = _with(session.summary, self.language, event.text)
        if event.room_url and not session.room_url:
            values["room_url"] = event.room_url
        if values:
            editing.edit(session, values=values, by=None, at=self.at)
        return bool(values)

    def _is_where(self, session: Session, event: Imported) -> bool:
        status = {
            Session.Status.CANCELLED: "CANCELLED",
            Session.Status.TENTATIVE: "TENTATIVE",
        }.get(Session.Status(session.status), "CONFIRMED")
        if status == event.status == "CANCELLED":
            return True
        return (session.starts_at, session.ends_at, status) == (event.starts_at, event.ends_at, event.status)

    def _replan(self, session: Session, event: Imported) -> Act:
        """Lead the session to where the file has it, unless an organiser decided otherwise here."""
        by_hand = session.changes.filter(by__isnull=False).exists()
        is_over = session.ends_at is not None and session.ends_at <= self.at
        if by_hand or is_over or session.status == Session.Status.POSTPONED:
            message = (
                _("%(slug)s is over: it stays as it is")
                if is_over
                else _("%(slug)s keeps the schedule that an organiser gave it here")
            )
            self.report.warn(event.line, "VEVENT", message % {"slug": session.slug})
            return Act.KEPT
        try:
            self._plan(session, event)
        except planning.PlanningError as error:
            self.report.error(event.line, "VEVENT", str(error))
        return Act.CHANGED

    def _plan(self, session: Session, event: Imported) -> None:
        if event.status == "CANCELLED":
            planning.cancel(session, reason=_said_in_the_file(), by=None, at=self.at)
            return
        if session.status == Session.Status.CANCELLED:
            planning.restore(session, by=None, at=self.at)
            session.refresh_from_db()
        if (session.starts_at, session.ends_at) != (event.starts_at, event.ends_at):
            planning.move(session, to=event.starts_at, until=event.ends_at, by=None, at=self.at)
            session.refresh_from_db()
        if session.status == Session.Status.TENTATIVE and event.status == "CONFIRMED":
            editing.confirm_date(session, by=None, at=self.at)


def _said_in_the_file() -> LazyI18nString:
    """Return the reason of a cancellation, in every language: people will read it."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = _("Cancelled in the imported calendar.")
    return LazyI18nString(said)


def _with(words: LazyI18nString, language: str, text: str) -> LazyI18nString:
    """Return words with those of one language replaced."""
    data = words.data if isinstance(words.data, dict) else {settings.LANGUAGE_CODE: words.data or ""}
    return LazyI18nString({**data, language: text})


def _when(session: Session) -> str:
    if session.status == Session.Status.CANCELLED or session.starts_at is None or session.ends_at is None:
        return str(session.get_status_display())
    return _words(session.starts_at, session.ends_at, zone=session.cycle.timezone, all_day=session.is_all_day)


def _words(starts_at: dt.datetime, ends_at: dt.datetime, *, zone: str, all_day: bool) -> str:
    language = get_language() or settings.LANGUAGE_CODE
    return wording.long_when(starts_at, ends_at, zone=zone, all_day=all_day, language=language)
