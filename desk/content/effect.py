"""Which mails a change of a session or a post owes: read off what it made, or would make (see accounts.dry_run).

A mail that is owed carries the instant of the change, so that what was just saved is told in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.dry_run import dry_run
from cycles.language import wording
from cycles.models import News, Session
from cycles.schedule import planning
from desk.mail.holding import hold
from desk.mail.kind_words import kind_in_words
from desk.schedule.consequences import language
from notifications.models import Announcement, Delivery, Occurrence, ReminderStep
from notifications.notices import recaps, speakers
from notifications.plan import audiences, planner

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from cycles.models import Cycle

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One kind of mail, to how many people, and when it leaves (in words)."""

    what: str
    people: int
    when: str
    cycle: Cycle
    is_at_once: bool = False

    def __str__(self) -> str:
        result = ngettext(
            "%(what)s: to %(count)d person, %(when)s.",
            "%(what)s: to %(count)d people, %(when)s.",
            self.people,
        )
        return result % {"what": self.what, "count": self.people, "when": self.when}


def made(write: Callable[[], Row], *, at: dt.datetime) -> tuple[Row, list[Owed]]:
    """Make a change of a session or a post, and return what it made with the mails that it owes.

    What goes to several people waits for the grace.

    What the change raises passes through. Hand it to `dry_run` to see what it would owe.
    """
    with transaction.atomic():
        row = write()
        if isinstance(row, Session):
            hold(Delivery.objects.filter(cycle=row.cycle_id, created_at=at), at=at)
        return row, [mail for mail in owed(row, at=at) if mail.people]


def with_mails(said: str, mails: list[Owed]) -> str:
    """Add to what was done which mails it sends, with the way to stop them."""
    if not mails:
        return f"{said} {_('No email is sent.')}"
    return format_html(
        '{} {} <a href="{}">{}</a>',
        said,
        " ".join(map(str, mails)),
        reverse("desk:deliveries", args=[mails[0].cycle.slug]),
        _("See these emails, or stop them"),
    )


def owed(row: Any, *, at: dt.datetime) -> list[Owed]:
    """Return the mails that a change made at `at` owes, in five queries at most."""
    if isinstance(row, News):
        session = recaps.looked_back(row)
        mailings = session.mailings.filter(kind="recap", due_at=at + planning.grace()) if session else ()
        return [_mailing(mailing) for mailing in mailings]
    if not isinstance(row, Session):
        return []
    session, cycle = row, row.cycle
    rows = (
        Delivery.objects.filter(cycle_registration__cycle=cycle, created_at=at, state=Delivery.State.PENDING)
        .order_by("kind", "next_at")
        .values_list("kind", "next_at")
        .annotate(count=Count("pk"))
    )
    results = [
        Owed(what=kind_in_words(kind), people=count, when=_when(next_at, cycle, at=at), cycle=cycle)
        for kind, next_at, count in rows
    ]
    themes = Occurrence.objects.filter(
        pk__in=Announcement.objects.filter(session=session, at=at).values("mailing")
    )
    results += [_mailing(mailing) for mailing in themes.select_related("session__cycle")]
    return results + _to_speakers(session, at=at)


def _mailing(mailing: Occurrence) -> Owed:
    cycle = mailing.session.cycle
    return Owed(
        what=kind_in_words(mailing.kind),
        people=audiences.of(mailing).count(),
        when=wording.short_when(mailing.due_at, zone=cycle.timezone, language=language()),
        cycle=cycle,
    )


def _when(moment: dt.datetime, cycle: Cycle, *, at: dt.datetime) -> str:
    if moment <= at:
        return _("at once")
    return wording.short_when(moment, zone=cycle.timezone, language=language())


def _to_speakers(session: Session, *, at: dt.datetime) -> list[Owed]:
    """Return what those who speak get at once: reminders that were due before they were named."""
    again = session.mailings.filter(
        step__audience=ReminderStep.Audience.SPEAKERS,
        state=Occurrence.State.OPEN,
        passes=0,
        due_at__lte=at,
        not_after__gt=at,
    )
    mailings = list(again.select_related("step", "session__cycle"))
    people = dry_run(lambda: sum(_owe(mailing, at=at) for mailing in mailings)).result if mailings else 0
    mail = Owed(what=kind_in_words("speaker_reminder"), people=people, when=_("at once"), cycle=session.cycle)
    return [mail] if people else []


def _owe(mailing: Occurrence, *, at: dt.datetime) -> int:
    return speakers.owe(mailing, prefix=planner.key_prefix(mailing), leaves_at=at, at=at, is_late=False)
