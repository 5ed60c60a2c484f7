"""The reminders that somebody will get who registers for a session now, for its public page.

They are planned by an app that lies above this one: it gives its answer to `told_by` as it starts. Whatever makes the
answer another one must raise the content version (`content_version.touch`), for pages are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from cycles.models import Session


@dataclass(frozen=True, kw_only=True)
class Promise:
    """How long before the session each reminder leaves, the first first; `true_until` the first of them is due.

    Lengths are negative, as `wording.step_in_words` counts. Without a reminder `true_until` is None.
    `has_article`: the article of the day comes by mail on the morning of the session.
    """

    offsets: tuple[dt.timedelta, ...] = ()
    has_article: bool = False
    true_until: dt.datetime | None = None


_sources: list[Callable[[Session, dt.datetime], Promise]] = []


def told_by(source: Callable[[Session, dt.datetime], Promise]) -> None:
    """Let `source` tell what is promised of a session at a moment."""
    _sources[:] = [source]


def of(session: Session, *, at: dt.datetime) -> Promise:
    """Return what may be promised to somebody who registers at `at`; nothing where nobody plans reminders."""
    return _sources[0](session, at) if _sources else Promise()
