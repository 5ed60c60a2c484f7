"""What stands first on a person's page: the next date at which they have a place, and what follows a confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cycles.language import wording
from cycles.models import Cycle, Session
from cycles.site import promised_reminders
from registrations.models import State
from registrations.pages.own import my_pages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from registrations.models import Participant
    from registrations.pages.own.my_pages import MyCycle, MyStop

# The words of `my_views.done_words` after which the page shows what follows a registration.
WELCOMES = ("confirmed", "confirmed-some")


@dataclass(frozen=True, kw_only=True)
class NextDate:
    """The first date ahead at which somebody has a place; `is_today` in their own zone, or it is in progress."""

    mine: MyStop
    is_today: bool

    @property
    def session(self) -> Session:
        return self.mine.stop.session

    @property
    def is_joined_now(self) -> bool:
        """True when joining is what the page is for."""
        return self.is_today and bool(self.mine.join_path)


def is_today(session: Session, *, zone: str, at: dt.datetime) -> bool:
    """Tell whether a session is on the reader's own day (in their zone, or in that of the cycle), or in progress."""
    if session.starts_at is None:
        return False
    place = ZoneInfo(zone) if zone else session.zone
    is_same_day = session.starts_at.astimezone(place).date() == at.astimezone(place).date()
    return is_same_day or session.phase(at=at) == Session.Phase.LIVE


def next_date(cycles: Iterable[MyCycle], *, zone: str, at: dt.datetime) -> NextDate | None:
    """Return the first date of all cycles that is not over and at which the person has a place; None without one."""
    seated = [
        stop
        for mine in cycles
        for stop in mine.ahead
        if stop.row is not None and stop.row.state == State.CONFIRMED and stop.is_held_ahead
    ]
    first = min(seated, key=_begins, default=None)
    if first is None:
        return None
    return NextDate(mine=first, is_today=is_today(first.stop.session, zone=zone, at=at))


def _begins(stop: MyStop) -> tuple[dt.datetime, int]:
    session = stop.stop.session
    if session.starts_at is None:
        msg = f"session {session.pk} is held without a date"
        raise ValueError(msg)
    return session.starts_at, session.pk


def reminders(session: Session, *, at: dt.datetime) -> str:
    """Return which reminders will still come before a session, in words; empty when none will."""
    promise = promised_reminders.of(session, at=at)
    language = my_pages.language()
    return ", ".join(wording.step_in_words(offset, language=language) for offset in promise.offsets)


def has_articles(sessions: Sequence[Session], *, at: dt.datetime) -> bool:
    """Tell whether whoever registers for all of these gets articles by mail: that of the first day may have left."""
    if not sessions or sessions[0].cycle.kind != Cycle.Kind.DAILY:
        return False
    return promised_reminders.of(sessions[-1], at=at).has_article


def share_link(cycle: Cycle) -> str:
    """Return the address that opens a mail to a colleague with the page of a cycle in it (RFC 6068)."""
    title = str(cycle.title)
    page = settings.ESCALE_BASE_URL + reverse("cycles:cycle-detail", args=[cycle.slug])
    body = _("I am taking part in “%(title)s”. You may like it, too: %(page)s") % {
        "title": title,
        "page": page,
    }
    return "mailto:?" + urlencode({"subject": title, "body": body}, quote_via=quote)


def welcome(
    participant: Participant, cycles: tuple[MyCycle, ...], *, at: dt.datetime
) -> dict[str, str | bool] | None:
    """Return what follows the registration confirmed last: the reminders that will come, and a mail to share it."""
    newest = cycles[:1]
    following = next_date(newest, zone=participant.timezone, at=at)
    if following is None:
        return None
    cycle = newest[0].registration.cycle
    ahead = [
        stop.stop.session
        for stop in newest[0].ahead
        if stop.row is not None and stop.row.state == State.CONFIRMED and stop.is_held_ahead
    ]
    is_silent = participant.reminders_stopped_at is not None
    return {
        "reminders": "" if is_silent else reminders(following.session, at=at),
        "has_articles": not is_silent and has_articles(ahead, at=at),
        "is_read": cycle.kind == Cycle.Kind.DAILY,
        "share": share_link(cycle),
    }
