"""A rehearsal: all mails of a cycle in their order, as one person around one session reads them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from cycles.language import wording
from desk.mail.kind_words import kind_in_words, moment_in_words
from desk.reminders import line
from desk.schedule import consequences
from notifications.mail.kinds import KINDS, Group
from notifications.mail.own_texts import texts
from notifications.mail.preview import rehearsal
from notifications.models import Occurrence
from notifications.plan import planner, reach

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Session
    from notifications.models import ReminderStep


FOOT = "\n-- \n"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail of the rehearsal: when it leaves (empty for one that something causes), to how many, its words."""

    name: str
    readers: str
    when: str
    people: int | None
    is_off: bool
    subject: str
    body: str
    preview_url: str
    edit_url: str


@dataclass(frozen=True, kw_only=True)
class Moment:
    """The mails of one moment, under its name."""

    name: str
    mails: tuple[Mail, ...]


def moments(cycle: Cycle, session: Session, *, language: str, at: dt.datetime) -> list[Moment]:
    """Return every mail of the cycle with its text as kept now: first those before the plan, then the plan in order."""
    mailings = {
        row.step.code: row
        for row in session.mailings.filter(revision=session.revision, step__isnull=False).select_related(
            "step"
        )
        if row.step is not None
    }
    for row in mailings.values():
        row.session = session
    people = reach.people(list(mailings.values()), at=at)
    lines = sorted(
        planner.steps_of(session), key=lambda step: (planner.window(step, session).due_at, step.code)
    )
    of_plan = {step.kind for step in lines}
    scenes: list[tuple[Group, str, ReminderStep | None]] = [
        (KINDS[kind].group, kind, None) for kind in texts.writable() if kind not in of_plan
    ]
    scenes += [(_group(step, session), step.kind, step) for step in lines]
    ordered = sorted(scenes, key=lambda scene: scene[0])
    return [
        Moment(
            name=moment_in_words(group),
            mails=tuple(
                _mail(
                    rehearsal.Scene(cycle=cycle, kind=kind, session=session, language=language, step=step),
                    mailing=mailings.get(step.code) if step else None,
                    people=people,
                    at=at,
                )
                for _group, kind, step in of_one
            ),
        )
        for group, of_one in groupby(ordered, key=lambda scene: scene[0])
    ]


def _group(step: ReminderStep, session: Session) -> Group:
    """Return whether a line of the plan leaves before the session or after it."""
    due_at = planner.window(step, session).due_at
    return Group.AFTER if session.ends_at is not None and due_at >= session.ends_at else Group.BEFORE


def _mail(
    scene: rehearsal.Scene, *, mailing: Occurrence | None, people: dict[int, int], at: dt.datetime
) -> Mail:
    step, kind = scene.step, scene.kind
    message = rehearsal.rehearse(scene, at=at)
    name = f"{kind_in_words(kind)} · {line.name(step)}" if step else kind_in_words(kind)
    code = {"line": step.code} if step is not None and step.session_id is None else {}
    query = {"session": scene.session.slug, "language": scene.language, **code}
    is_planned = mailing is not None and mailing.state in (*planner.TO_DO, Occurrence.State.CLOSED)
    return Mail(
        name=name,
        readers=str(KINDS[kind].readers),
        when=_when(scene) if step else "",
        people=people.get(mailing.pk) if mailing is not None and is_planned else None,
        is_off=step is not None and not is_planned,
        subject=str(message.subject),
        # The foot is the same under each of them.
        body=str(message.body).partition(FOOT)[0].rstrip(),
        preview_url=f"{reverse('desk:message-preview', args=[scene.cycle.slug, kind])}?{urlencode(query)}",
        edit_url=f"{reverse('desk:message-edit', args=[scene.cycle.slug, kind])}?{urlencode(code)}".rstrip(
            "?"
        ),
    )


def _when(scene: rehearsal.Scene) -> str:
    if scene.step is None:
        return ""
    due_at = planner.window(scene.step, scene.session).due_at
    return wording.short_when(due_at, zone=scene.cycle.timezone, language=consequences.language())
