"""What an import did, or would do, with each event and with each session that the file no longer holds."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cycles.imports.programme.report import Remark


class Act(enum.Enum):
    CREATED = "created"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    SAME = "same"
    KEPT = "kept"
    LEFT_OUT = "left_out"
    UNSURE = "unsure"
    GONE = "gone"


NEW, SAME, LEAVE, KEEP, CANCEL = "new", "same", "leave", "keep", "cancel"
# Those that write something.
CHANGES = (Act.MOVED, Act.CHANGED, Act.CANCELLED, Act.RESTORED)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What was done with one event, or with a session that is gone (`line` 0); `when`, `before` in the reader's words.

    `entry` names it in an answer; `answers` are those that can be given (value, words), `answer` the one that counts.
    """

    line: int
    act: Act
    title: str
    when: str
    before: str = ""
    note: str = ""
    entry: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`problems` are the events that were left out because something is wrong with them."""

    steps: tuple[Step, ...]
    warnings: tuple[Remark, ...] = ()
    problems: tuple[Remark, ...] = ()

    def count(self, *acts: Act) -> int:
        return sum(step.act in acts for step in self.steps)

    @property
    def created(self) -> int:
        return self.count(Act.CREATED)

    @property
    def changed(self) -> int:
        return self.count(*CHANGES)

    @property
    def unsure(self) -> list[Step]:
        return [step for step in self.steps if step.act is Act.UNSURE]

    @property
    def gone(self) -> int:
        return self.count(Act.GONE)

    @property
    def has_changes(self) -> bool:
        return bool(self.created or self.changed)

    @property
    def is_all_there(self) -> bool:
        """True when the file holds nothing but what is here, as it is here."""
        return not self.problems and all(step.act is Act.SAME for step in self.steps)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was answered about single entries (by `Step.entry`), and what counts for the others.

    `unsure`: new, same or leave, or empty to leave the question open; `gone`: keep or cancel.
    """

    by_entry: Mapping[str, str]
    unsure: str = ""
    gone: str = KEEP
