"""Every kind of mail, one place each: a module in or below this package describes the kinds of one family.

A kind is one `register(Kind(...))` here and its three texts in `templates/notifications/email/<name>/`. The ledger, the
composer, the preview, the organisers' texts and the pages read what is said of it, and name no kind of their own.
The modules are loaded once the models are (`load`); whatever asks before then finds nothing.
"""

from __future__ import annotations

import enum
import importlib
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.utils.functional import Promise

    from notifications.mail.draft import Draft
    from notifications.mail.parts.calendar_files import File
    from notifications.mail.preview.samples import Sample


class Group(enum.IntEnum):
    """At which moment mails leave; they are listed in this order."""

    ADDRESS = 1
    REGISTRATION = 2
    QUEUE = 3
    BEFORE = 4
    AFTER = 5
    # Of the reminder plan too, at whatever moment its line says.
    PLANNED = 6
    CHANGE = 7
    SPEAKERS = 8
    NEWS = 9
    MESSAGE = 10
    ORGANISERS = 11


def _nothing(_draft: Draft) -> dict[str, Any]:
    return {}


def _no_files(_draft: Draft, _context: Mapping[str, Any]) -> Iterable[File]:
    return ()


def _no_pages(_draft: Draft) -> Iterable[tuple[str, bytes, str]]:
    return ()


def _as_it_is(_sample: Sample) -> None:
    """Need nothing beside the session, the person and their place."""


def for_everybody(_context: Mapping[str, Any]) -> bool:
    """Say of every reader that an organiser's text is true for them."""
    return True


WHO_WAITS = _("Readers who only wait for a place get the standard text: yours may say that they have one.")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is known of a kind of mail.

    `label`: what organisers read for it; `readers`: who gets it, in their words.
    `variables`: what an organiser's own text may hold; None where they write none.
    `facts`: what its texts say beside what every mail says; `files`: its calendar entries; `pages`: files to
    print (name, bytes, type); `sample`: what a preview
    needs to be written first.
    `calendar`: the method of its entries (RFC 5546). `needs_seat`: not sent to someone whose registration ended.
    `says_registered`: sent only to someone who is registered for the cycle, not to who waits for it or asked.
    `is_farewell`: says that a session is off, so it is sent although the session is not held.
    `stops_with_reminders`: the reader may stop these alone; `stops_with_news` likewise for the news of a cycle, which
    do not follow its schedule.
    `is_personal`: about the person, not about a cycle; `is_whole`: about a registration, not about one session.
    `stays_at_address`: for whoever reads that address, whatever the person's is now. `is_unproved`: goes to an address
    that nobody has proved, so it opens no page of the person and calls nobody by a name.
    `follows_plan`: belongs to a line of the reminder plan, and is not sent once that is off. `comes_after`: after the
    session. `is_to_speaker`: to someone who speaks at the session, as long as they do; they need not be registered.
    `asks_speaker`: asks them for an answer that they have not given, for the date that the session has now;
    `needs_yes`: only to those who said yes. `is_to_organiser`: tells an organiser what a speaker answered.
    `survey`: the moment of the survey that it asks for (surveys/models/survey.py): once in a cycle, not once a session,
    and only those who have not answered; `is_to_guest`: somebody whose address organisers gave, registered nowhere.
    `is_digest`: tells several changes of schedule, each as long as it holds. `is_to_group`: its words are those of one
    message, not of the kind.
    `usual`: what the standard text that an editor begins with takes for granted of its reader, beside a place.
    `own_text_holds`: whether an organiser's text, written for that reader, is true for this one; `others` says in
    words who gets the standard text instead.
    """

    name: str
    label: str | Promise
    readers: str | Promise
    group: Group
    variables: tuple[str, ...] | None = None
    facts: Callable[[Draft], dict[str, Any]] = _nothing
    files: Callable[[Draft, Mapping[str, Any]], Iterable[File]] = _no_files
    pages: Callable[[Draft], Iterable[tuple[str, bytes, str]]] = _no_pages
    sample: Callable[[Sample], None] = _as_it_is
    usual: Callable[[], dict[str, Any]] = dict
    own_text_holds: Callable[[Mapping[str, Any]], bool] = for_everybody
    others: str | Promise = WHO_WAITS
    calendar: Literal["REQUEST", "CANCEL"] | None = None
    needs_seat: bool = False
    says_registered: bool = False
    is_farewell: bool = False
    stops_with_reminders: bool = False
    stops_with_news: bool = False
    is_personal: bool = False
    is_whole: bool = False
    stays_at_address: bool = False
    is_unproved: bool = False
    follows_plan: bool = False
    comes_after: bool = False
    is_to_speaker: bool = False
    asks_speaker: bool = False
    needs_yes: bool = False
    is_to_organiser: bool = False
    survey: str = ""
    is_to_guest: bool = False
    is_digest: bool = False
    is_to_group: bool = False

    @property
    def is_writable(self) -> bool:
        """True where organisers may write a text for a whole cycle."""
        return self.variables is not None and not self.is_to_group


KINDS: dict[str, Kind] = {}

# The mails that tell of a change of schedule, one of which takes the place of another.
NOTICES = ("session_moved", "session_postponed", "session_cancelled", "session_restored")
# Several of them in one mail.
DIGEST = "schedule_changed"
# The same news for those who speak.
TO_SPEAKERS = {notice: f"speaker_{notice.removeprefix('session_')}" for notice in NOTICES}
# The lines of the plan that are for those who speak.
OF_SPEAKERS = ("speaker_reminder", "speaker_chased", "speaker_thanked")
# The lines of the plan that ask for a survey, by its moment: once in a cycle, at its first half-day or at its last.
OF_SURVEYS = {
    "survey_needs": "needs",
    "survey_hot": "hot",
    "survey_cold": "cold",
    "survey_employer": "employer",
    "survey_funder": "funder",
    "survey_trainer": "trainer",
}
AT_THE_FIRST = ("survey_needs",)
AT_THE_LAST = tuple(kind for kind in OF_SURVEYS if kind not in AT_THE_FIRST)
# The line of the plan that brings what a day of a daily cycle gives to read.
ARTICLE = "article"
# After a session each person gets one of these, whatever becomes known of their attendance later.
FOLLOW_UPS = ("thanks", "missed", "follow_up")


def register(kind: Kind) -> Kind:
    """Add a kind. Raises ValueError for a name that is taken."""
    if kind.name in KINDS:
        msg = f"two kinds of mail are called {kind.name}"
        raise ValueError(msg)
    KINDS[kind.name] = kind
    return kind


def load() -> None:
    """Load every module in and below this package, and put the kinds in the order of their groups."""
    for module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
        importlib.import_module(module.name)
    ordered = sorted(KINDS.values(), key=lambda kind: kind.group)
    KINDS.clear()
    KINDS.update({kind.name: kind for kind in ordered})
