"""Calendars of one's own choice: sessions that treat some topics, in some territories, on some tracks.

Several of one kind are alternatives, kinds narrow each other. The choice is the address, written in one way only
(`topic.resilience/territory.bretagne/track.voyage.nuits`), so that a stored calendar is found again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q

from cycles.models import Session, Territory, Topic, Track

from .feeds import of_topics, topics_with_sessions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet
    from i18nfield.strings import LazyI18nString

KINDS = ("topic", "territory", "track")
# Google fails in silence above 256 characters, host and all; nobody chooses that much by hand.
LONGEST = 150


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What somebody chose; one of the three at least is not empty."""

    topics: tuple[Topic, ...]
    territories: tuple[Territory, ...]
    tracks: tuple[Track, ...]

    @property
    def path(self) -> str:
        """The part of the address that says it."""
        names = [f"topic.{topic.slug}" for topic in self.topics]
        names += [f"territory.{territory.slug}" for territory in self.territories]
        names += [f"track.{track_name(track)}" for track in self.tracks]
        return "/".join(sorted(names, key=lambda name: (KINDS.index(name.partition(".")[0]), name)))

    @property
    def words(self) -> str:
        """The names of all that was chosen, in the active language."""
        chosen = [topic.name for topic in self.topics]
        chosen += [territory.name for territory in self.territories]
        chosen += [track.name for track in self.tracks]
        return ", ".join(str(name) for name in chosen)

    @property
    def condition(self) -> Q:
        """The condition on sessions; the query must be made distinct."""
        result = Q()
        if self.topics:
            result &= of_topics(self.topics)
        if self.territories:
            result &= Q(territory__in=self.territories)
        if self.tracks:
            result &= Q(track__in=self.tracks)
        return result


def track_name(track: Track) -> str:
    """Return the name of a track in addresses: a slug is its own within its cycle only."""
    return f"{track.cycle.slug}.{track.slug}"


def territories_with_sessions() -> QuerySet[Territory]:
    """Return the territories of published sessions."""
    return Territory.objects.filter(Exists(Session.objects.published().filter(territory=OuterRef("pk"))))


def tracks_with_sessions() -> QuerySet[Track]:
    """Return the tracks of published sessions, with their cycles."""
    public = Session.objects.published().filter(track=OuterRef("pk"))
    return Track.objects.filter(Exists(public)).select_related("cycle")


def read(path: str) -> Choice | None:
    """Return the choice of an address; None unless it is written as `Choice.path` writes it."""
    names: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for part in path.split("/"):
        kind, _, name = part.partition(".")
        if kind not in names or not name or len(path) > LONGEST:
            return None
        names[kind].append(name)
    choice = chosen(names)
    return choice if choice is not None and choice.path == path else None


def chosen(names: Mapping[str, Sequence[str]]) -> Choice | None:
    """Return what is chosen by {kind: names}; unknown names are left out, None when nothing is left."""
    wanted = set(names.get("track", ()))
    choice = Choice(
        topics=tuple(topics_with_sessions().filter(slug__in=names.get("topic", ()))),
        territories=tuple(territories_with_sessions().filter(slug__in=names.get("territory", ()))),
        tracks=tuple(track for track in tracks_with_sessions() if track_name(track) in wanted)
        if wanted
        else (),
    )
    return choice if choice.path else None


class Option(NamedTuple):
    """One box of the form."""

    value: str
    name: LazyI18nString


def offered() -> dict[str, list[Option]]:
    """Return {kind: boxes} of all that there is to choose from; a kind with nothing has no entry."""
    boxes = {
        "topic": [Option(topic.slug, topic.name) for topic in topics_with_sessions()],
        "territory": [Option(each.slug, each.name) for each in territories_with_sessions()],
        "track": [Option(track_name(track), track.name) for track in tracks_with_sessions()],
    }
    return {kind: options for kind, options in boxes.items() if options}
