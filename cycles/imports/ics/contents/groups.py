"""Which components of a file belong together: by UID, and without one as far as there is no doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cycles.imports.ics.syntax.source import Component


@dataclass
class Group:
    """The components of one UID: the event or events themselves, and changed occurrences by what they replace."""

    masters: list[Source] = field(default_factory=list)
    overrides: list[Source] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    component: Component
    calendar: Component
    is_own: bool

    @property
    def version(self) -> tuple[int, str, str]:
        sequence = self.component.word("SEQUENCE")
        number = int(sequence) if sequence.isdigit() and len(sequence) < 10 else 0  # noqa: PLR2004 - a sane counter
        return number, self.component.word("LAST-MODIFIED"), self.component.word("DTSTAMP")


def with_masters(groups: dict[str, Group]) -> dict[str, Group]:
    """Return the groups, changed occurrences without an event joined to the one whose UID differs by case or braces."""
    plain: dict[str, list[str]] = {}
    for uid in [uid for uid, group in groups.items() if group.masters]:
        plain.setdefault(uid.casefold().strip("{}"), []).append(uid)
    joined = dict(groups)
    for uid, group in groups.items():
        alike = plain.get(uid.casefold().strip("{}"), [])
        if not group.masters and len(alike) == 1:
            master = joined[alike[0]]
            joined[alike[0]] = Group(master.masters, [*master.overrides, *group.overrides])
            del joined[uid]
    return joined


def nameless(group: Group) -> tuple[list[Group], list[Source]]:
    """Return the events without a UID, each with its changed occurrences; and those that may be of several, or none.

    A changed occurrence belongs to the only rule that it may be of, by its title if there are several.
    """
    changes: dict[int, list[Source]] = {}
    strays = []
    repeated = [source for source in group.masters if source.component.first("RRULE")]
    for override in group.overrides:
        title = override.component.word("SUMMARY")
        alike = [source for source in repeated if source.component.word("SUMMARY") == title] or repeated
        if len(alike) == 1:
            changes.setdefault(id(alike[0]), []).append(override)
        else:
            strays.append(override)
    return [Group([source], changes.get(id(source), [])) for source in group.masters], strays
