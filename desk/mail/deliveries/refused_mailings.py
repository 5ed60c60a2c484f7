"""Mailings that a server refused a few times in the same way, in words, with what an organiser decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from cycles.language import naming, wording
from desk.mail.kind_words import kind_in_words
from desk.schedule.consequences import language, step_in_words
from notifications.delivery.run import breaker
from notifications.models import Delivery, RefusedMailing, Suppression

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cycles.models import Cycle


@dataclass(frozen=True, kw_only=True)
class Refused:
    """One mailing that was refused: what it is, why, how often, what waits, and whom it stopped."""

    mailing: RefusedMailing
    what: str
    why: str
    since: str
    waiting: int
    stopped: int

    @property
    def is_held(self) -> bool:
        return self.mailing.held_at is not None


def ground_in_words(ground: str) -> str:
    """Return why a server refused mails of a mailing."""
    words = {
        "no_mailbox": _("the server says that the addresses do not exist"),
        "full": _("the mailboxes are full"),
        "later": _("the server keeps saying “later”"),
        "disabled": _("the mailboxes are closed for now"),
        "restricted": _("the recipients only accept emails from senders whom they chose"),
        "content": _("the server takes the text for spam, or refuses an attachment"),
        "unknown": _("the server does not say why"),
    }
    return words.get(ground, _("the server refuses our emails"))


def held(cycles: QuerySet[Cycle]) -> QuerySet[RefusedMailing]:
    """Return the mailings of these cycles that wait for a person."""
    return RefusedMailing.objects.filter(cycle__in=cycles, held_at__isnull=False)


def of_cycle(cycle: Cycle) -> list[Refused]:
    """Return what a person is asked about, the newest first: mailings that are held, or whose stops can be lifted."""
    stopping = Suppression.objects.exclude(mailing="").values("mailing")
    rows = (
        RefusedMailing.objects.filter(cycle=cycle)
        .filter(Q(held_at__isnull=False) | Q(mailing__in=stopping, ground__in=breaker.OF_READERS))
        .select_related("occurrence__step", "occurrence__session", "group_message")
        .order_by("-first_at", "-pk")
    )
    return [_refused(cycle, row) for row in rows]


def _refused(cycle: Cycle, row: RefusedMailing) -> Refused:
    is_of_readers = row.ground in breaker.OF_READERS
    return Refused(
        mailing=row,
        what=_what(cycle, row),
        why=ground_in_words(row.ground),
        since=wording.short_when(row.first_at, zone=cycle.timezone, language=language()),
        waiting=breaker.mails(row).filter(state=Delivery.State.PENDING).count(),
        stopped=breaker.stopped_by(row.mailing) if is_of_readers else 0,
    )


def _what(cycle: Cycle, row: RefusedMailing) -> str:
    if row.group_message is not None:
        return str(row.group_message)
    if row.occurrence is None:
        return kind_in_words(row.kind)
    step, session = row.occurrence.step, row.occurrence.session
    session.cycle = cycle
    what = step_in_words(step) if step else kind_in_words(row.kind)
    return f"{what}, {naming.session_label(session)}"
