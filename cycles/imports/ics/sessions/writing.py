"""Events to sessions, by the verbs of planning: people are told of a change as if an organiser had made it.

What an organiser changed here by hand stays: the file is one voice, not the truth. What is over stays as it was held.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cycles.calendars.rfc5545 import ical
from cycles.content import editing
from cycles.events import SessionsAdded
from cycles.imports.ics.contents import descriptions, own
from cycles.language import naming, wording
from cycles.models import CycleException, ImportedEvent, Session
from cycles.schedule import planning, recurrence

from . import creating, matching
from .matching import How, Matches, entry_id
from .outcome import CANCEL, KEEP, LEAVE, NEW, SAME, Act, Answers, Outcome, Step

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.imports.ics.contents.reading import Imported, Reading
    from cycles.imports.programme.report import Report
    from cycles.models import Cycle

    from .matching import Known


# Of a file that is wrong all over: nobody reads more.
MOST_REMARKS = 100


class Writer:
    """Writes within the caller's transaction, which holds the cycle's lock."""

    def __init__(
        self,
        cycle: Cycle,
        report: Report,
        *,
        language: str,
        answers: Answers,
        by: User | None,
        at: dt.datetime,
    ) -> None:
        self.cycle = cycle
        self.report = report
        self.language = language
        self.answers = answers
        self.by = by
        self.at = at
        self.known = matching.known_sessions(cycle)
        self._slugs = {known.session.slug for known in self.known}
        self._numbers = {known.session.number for known in self.known}
        self._uids = {known.session.uid for known in self.known}
        self._number = cycle.sessions.aggregate(Max("number"))["number__max"] or 0
        rule = cycle.rule
        self._given = {o.planned_date for o in recurrence.occurrences(rule)} if rule else None
        self._taken = {known.session.planned_date for known in self.known}
        self._added: list[int] = []

    def write(self, reading: Reading) -> Outcome:
        """Write the events in order; return what was done with each, and the sessions that are gone."""
        matches = matching.match(reading, self.known, self.cycle, at=self.at)
        steps = [self._event(event, matches) for event in reading.events]
        steps += [self._gone(known) for known in matches.gone]
        if self._added:
            SessionsAdded(cycle=self.cycle, session_ids=self._added, at=self.at).send()
        return Outcome(
            steps=tuple(steps),
            warnings=tuple(sorted(self.report.warnings)[:MOST_REMARKS]),
            problems=tuple(sorted(self.report.errors)[:MOST_REMARKS]),
        )

    def _event(self, event: Imported, matches: Matches) -> Step:
        known, how = matches.sessions.get(event, (None, How.SURE))
        is_unsure = event in matches.unsure
        answer = self._answer(event, default=SAME if known else NEW)
        if is_unsure:
            known, answer = matches.unsure[event], self._answer(event, default=self.answers.unsure)
            if not answer:
                return self._asked(event, known, Act.UNSURE, answer="")
        elif how is How.SURE and event not in matches.reused:
            return self._same(event, known) if known else self._create(event)
        step = self._answered(event, known, answer)
        note = step.note if known else step.note or _("its UID was that of a session that is over")
        return self._asked(event, known, step.act, answer=answer, step=step, note=note)

    def _answer(self, event: Imported, *, default: str) -> str:
        answer = self.answers.by_entry.get(entry_id(event), default)
        return answer if answer in (NEW, SAME, LEAVE) else default

    def _answered(self, event: Imported, known: Known | None, answer: str) -> Step:
        if answer == LEAVE:
            return Step(line=event.line, act=Act.LEFT_OUT, title=event.title, when=self._when(event))
        if answer == SAME and known is not None:
            return self._same(event, known)
        return self._create(event)

    def _asked(
        self,
        event: Imported,
        known: Known | None,
        act: Act,
        *,
        answer: str,
        step: Step | None = None,
        note: str = "",
    ) -> Step:
        """Return a step that can be answered: is it that session, a new one, or neither?"""
        answers = [(NEW, _("it is a new session"))]
        if known is not None:
            label = {"session": naming.session_title(known.session), "when": _when(known.session)}
            answers.insert(0, (SAME, _("it is “%(session)s”, %(when)s") % label))
        answers.append((LEAVE, _("leave it out")))
        if act is Act.UNSURE and known is not None:
            note = _("it may be “%(session)s”, %(when)s") % {
                "session": naming.session_title(known.session),
                "when": _when(known.session),
            }
        return Step(
            line=event.line,
            act=act,
            title=event.title,
            when=step.when if step else self._when(event),
            before=step.before if step else "",
            note=note,
            entry=entry_id(event),
            answers=tuple(answers),
            answer=answer,
        )

    # --- a session that is here ---------------------------------------------------------------------------------------

    def _same(self, event: Imported, known: Known) -> Step:
        session = known.session
        before = _when(session)
        is_over = known.is_over(self.at)
        is_where = self._is_where(session, event)
        note = ""
        if is_over:
            act = Act.SAME if is_where and not self._words(session, event, known) else Act.KEPT
            note = _("it is over: it stays as it is") if act is Act.KEPT else ""
        else:
            changed = self._edit(session, event, known)
            act = Act.CHANGED if changed else Act.SAME
            if not is_where:
                act, note = self._replan(session, event, changed=changed)
        self._remember(known, event)
        session.refresh_from_db()
        after = _when(session)
        return Step(
            line=event.line,
            act=act,
            title=event.title,
            when=after,
            before=before if before != after else "",
            note=note,
        )

    def _words(self, session: Session, event: Imported, known: Known) -> dict[str, object]:
        """Return what the file says differently. What it said before, and was changed here since, is not."""
        titles, texts = self._here(session, event)
        result = self._said(known, event)
        values: dict[str, object] = {}
        if event.title and event.title not in titles and (result is None or result.title != event.title):
            values |= {
                "title": creating.with_words(session.title, self.language, event.title),
                "has_theme": True,
            }
        if (
            event.text
            and event.text not in texts
            and (result is None or result.text_digest != _digest(event.text))
        ):
            values["summary"] = creating.with_words(session.summary, self.language, event.text)
        if event.room_url and not session.room_url:
            values["room_url"] = event.room_url
        return values

    def _here(self, session: Session, event: Imported) -> tuple[set[str], set[str]]:
        """Return the titles and texts that a file may have for a session as it is here."""
        title = ical.clean(session.title.localize(self.language)).replace("\n", " ").strip()
        titles = {title, descriptions.public_title(title).text} if session.has_theme else set()
        texts = {ical.clean(session.summary.localize(self.language)).strip()}
        if event.is_own:
            shown, text = own.shown(session, language=self.language)
            titles |= shown
            texts.add(text)
        return titles, texts

    def _said(self, known: Known, event: Imported) -> ImportedEvent | None:
        """Return what a file said of a session last, under this name if it had it."""
        same = [name for name in known.names if (name.uid, name.recurrence) == (event.uid, event.recurrence)]
        return next(iter([*same, *sorted(known.names, key=lambda name: name.seen_at, reverse=True)]), None)

    def _edit(self, session: Session, event: Imported, known: Known) -> bool:
        values = self._words(session, event, known)
        if values:
            editing.edit(session, values=values, by=None, at=self.at)
            session.refresh_from_db()
        return bool(values)

    def _is_where(self, session: Session, event: Imported) -> bool:
        status = {
            Session.Status.CANCELLED: "CANCELLED",
            Session.Status.TENTATIVE: "TENTATIVE",
        }.get(Session.Status(session.status), "CONFIRMED")
        if status == event.status == "CANCELLED":
            return True
        if session.status == Session.Status.POSTPONED and event.status == "CANCELLED":
            # Our feeds say which of the two they mean; another's calendar has no word for it.
            return event.is_postponed or not event.is_own
        return (session.starts_at, session.ends_at, status) == (event.starts_at, event.ends_at, event.status)

    def _replan(self, session: Session, event: Imported, *, changed: bool) -> tuple[Act, str]:
        """Lead the session to where the file has it, unless an organiser decided otherwise here."""
        kept = Act.CHANGED if changed else Act.KEPT
        by_hand = session.changes.filter(by__isnull=False).exists()
        if by_hand or (session.status == Session.Status.POSTPONED and not event.is_own):
            return kept, _("it keeps the schedule that an organiser gave it here")
        if event.status == "TENTATIVE" and self._is_where(session, replace(event, status="CONFIRMED")):
            return kept, _("its date is confirmed here: it stays so")
        try:
            with transaction.atomic():
                return self._plan(session, event), ""
        except planning.PlanningError as error:
            session.refresh_from_db()
            return kept, str(error)

    def _plan(self, session: Session, event: Imported) -> Act:
        reason = creating.off_reason(event, language=self.language)
        if event.is_postponed:
            planning.postpone(session, reason=reason, by=None, at=self.at)
            return Act.CHANGED
        if event.status == "CANCELLED":
            planning.cancel(session, reason=reason, by=None, at=self.at)
            return Act.CANCELLED
        act = Act.CHANGED
        if session.status == Session.Status.CANCELLED:
            planning.restore(session, by=None, at=self.at)
            session.refresh_from_db()
            act = Act.RESTORED
        if (session.starts_at, session.ends_at) != (event.starts_at, event.ends_at):
            if session.is_all_day != event.is_all_day:
                session.is_all_day = event.is_all_day
                session.save(update_fields=["is_all_day"])
            planning.move(session, to=event.starts_at, until=event.ends_at, by=None, at=self.at)
            session.refresh_from_db()
            act = Act.MOVED
        if session.status == Session.Status.TENTATIVE and event.status == "CONFIRMED":
            editing.confirm_date(session, by=None, at=self.at)
        return act

    def _remember(self, known: Known, event: Imported) -> None:
        """Keep the name under which the file knows a session, so that it is recognised wherever it moves."""
        name = next(
            (n for n in known.names if (n.uid, n.recurrence) == (event.uid, event.recurrence)),
            None,
        )
        seen = {"title": event.title, "text_digest": _digest(event.text), "starts_at": event.starts_at}
        if name is not None and all(getattr(name, key) == value for key, value in seen.items()):
            return
        ImportedEvent.objects.update_or_create(
            session=known.session,
            uid=event.uid,
            recurrence=event.recurrence,
            defaults={**seen, "seen_at": self.at},
        )

    # --- a session that is new, or gone -------------------------------------------------------------------------------

    def _create(self, event: Imported) -> Step:
        when = self._when(event)
        is_cancelled = event.status == "CANCELLED"
        if is_cancelled and not event.is_own:
            self.report.warn(event.line, "VEVENT", _("is cancelled and was never here: it is left out"))
            return Step(line=event.line, act=Act.LEFT_OUT, title=event.title, when=when)
        self._warn_of_clash(event)
        number = self._free_number(event)
        slug = planning.free_slug(self.cycle, number, taken=self._slugs)
        self._slugs.add(slug)
        uid = matching.made_uid(self.cycle, event)
        session = creating.unsaved(event, cycle=self.cycle, language=self.language, at=self.at)
        session.slug, session.number = slug, number
        session.planned_date = self._planned(event)
        if uid not in self._uids:
            session.uid = uid
        creating.save(session, event, language=self.language, at=self.at)
        self._uids.add(session.uid)
        known = matching.Known(session, [], uid_is_made=True)
        self.known.append(known)
        self._remember(known, event)
        if event.ends_at > self.at and not is_cancelled:
            self._added.append(session.pk)
        return Step(line=event.line, act=Act.CREATED, title=event.title, when=when)

    def _free_number(self, event: Imported) -> int:
        """Return the number that our own feed gives, or the next one."""
        is_free = event.number is not None and event.number not in self._numbers
        number = event.number if event.number is not None and is_free else self._number + 1
        self._number = max(self._number, number)
        self._numbers.add(number)
        return number

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
        for known in self.known:
            other = known.session
            if other.is_held and other.starts_at == event.starts_at:
                self.report.warn(
                    event.line,
                    "VEVENT",
                    _("another session begins at that moment: %(slug)s") % {"slug": other.slug},
                )

    def _gone(self, known: Known) -> Step:
        """Keep a session that the file no longer holds, or cancel it when that was chosen."""
        session = known.session
        entry = f"gone-{session.pk}"
        answer = self.answers.by_entry.get(entry, self.answers.gone)
        step = Step(
            line=0,
            act=Act.GONE,
            title=naming.session_title(session),
            when=_when(session),
            note=_("it is no longer in the file: it is kept"),
            entry=entry,
            answers=((KEEP, _("keep it")), (CANCEL, _("cancel it"))),
            answer=CANCEL if answer == CANCEL else KEEP,
        )
        if answer != CANCEL:
            return step
        try:
            with transaction.atomic():
                planning.cancel(session, reason=creating.reason("gone"), by=self.by, at=self.at)
        except planning.PlanningError as error:
            return replace(step, note=str(error))
        return replace(step, act=Act.CANCELLED, note=_("it is no longer in the file"))

    def _when(self, event: Imported) -> str:
        return _words(event.starts_at, event.ends_at, zone=self.cycle.timezone, all_day=event.is_all_day)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest() if text else ""


def _when(session: Session) -> str:
    if session.status == Session.Status.CANCELLED or session.starts_at is None or session.ends_at is None:
        return str(session.get_status_display())
    return _words(session.starts_at, session.ends_at, zone=session.cycle.timezone, all_day=session.is_all_day)


def _words(starts_at: dt.datetime, ends_at: dt.datetime, *, zone: str, all_day: bool) -> str:
    language = get_language() or settings.LANGUAGE_CODE
    return wording.long_when(starts_at, ends_at, zone=zone, all_day=all_day, language=language)
