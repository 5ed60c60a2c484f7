"""What an import found and did, said to a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Remark:
    """Something to tell about one line; `where` is the section and slug, `message` a sentence to read."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.line}: {self.where}: {self.message}" if self.where else f"{self.line}: {self.message}"


@dataclass(frozen=True, order=True)
class Written:
    """An entry of the file that was written, or would be."""

    line: int
    section: str
    slug: str
    is_new: bool


@dataclass
class Report:
    """Errors stop the import, warnings do not; `created` and `changed` count rows by section.

    `entries` are those of them that are entries of the file: exceptions and territories stand within others.
    """

    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    created: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    entries: list[Written] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        return bool(self.created or self.changed)

    def wrote(self, line: int, section: str, slug: str, *, is_new: bool) -> None:
        (self.created if is_new else self.changed)[section] += 1
        self.entries.append(Written(line, section, slug, is_new))

    def error(self, line: int, where: str, message: str) -> None:
        self.errors.append(Remark(line, where, message))

    def warn(self, line: int, where: str, message: str) -> None:
        self.warnings.append(Remark(line, where, message))


class ImportRefused(Exception):  # noqa: N818 - it is the answer to a file, not a fault of the program
    """The file was not imported, nothing was written; `report.errors` tells every reason."""

    def __init__(self, report: Report) -> None:
        super().__init__("\n".join(map(str, sorted(report.errors))))
        self.report = report
