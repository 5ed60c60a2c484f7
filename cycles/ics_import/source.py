"""Bytes to components. Reads for the structure only, so that whatever is wrong has its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from icalendar.parser import Contentline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cycles.importer.report import Report

MOST_BYTES = 1_000_000
MOST_ERRORS = 20
MOST_DEPTH = 4


@dataclass(frozen=True)
class Line:
    """One content line: where it begins in the file, its name in capitals, its parameters, its text."""

    number: int
    name: str
    params: Mapping[str, object]
    value: str

    def param(self, name: str) -> str:
        value = self.params.get(name, "")
        return str(value[0]) if isinstance(value, list) and value else str(value)


@dataclass
class Component:
    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    inner: list[Component] = field(default_factory=list)

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]


def read(data: bytes, report: Report) -> list[Component]:
    """Return the calendars of a file; what is wrong is added to the report."""
    text = _text(data, report)
    if text is None:
        return []
    calendars: list[Component] = []
    open_ones: list[Component] = []
    for number, raw in _unfolded(text):
        if len(report.errors) >= MOST_ERRORS:
            break
        line = _line(number, raw)
        if not calendars and (line is None or (line.name, line.value.upper()) != ("BEGIN", "VCALENDAR")):
            report.error(number, "", _("this is not a calendar file: it must begin with BEGIN:VCALENDAR"))
            return []
        if line is None:
            report.error(number, "", _("this is no line of a calendar: “%(line)s”") % {"line": raw[:60]})
            continue
        if not _place(line, open_ones, calendars, report):
            return []
    if open_ones and not report.errors:
        last = open_ones[-1]
        report.error(
            last.number, last.name, _("the file is cut off: END:%(name)s is missing") % {"name": last.name}
        )
    return calendars


def _text(data: bytes, report: Report) -> str | None:
    if len(data) > MOST_BYTES:
        report.error(1, "", _("the file is larger than %(most)d MB") % {"most": MOST_BYTES // 1_000_000})
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.error(
            data.count(b"\n", 0, error.start) + 1, "", _("this is not UTF-8: save the file in that encoding")
        )
        return None
    if not text.strip():
        report.error(1, "", _("the file is empty"))
        return None
    return text


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield each content line with the number of the line on which it begins (RFC 5545, 3.1)."""
    begun, parts = 0, list[str]()
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if raw[:1] in (" ", "\t") and parts:
            parts.append(raw[1:])
            continue
        if parts:
            yield begun, "".join(parts)
        begun, parts = number, [raw] if raw.strip() else []
    if parts:
        yield begun, "".join(parts)


def _line(number: int, raw: str) -> Line | None:
    try:
        name, params, value = Contentline(raw).parts()  # type: ignore[no-untyped-call]  # icalendar leaves it untyped
    except ValueError:
        return None
    return Line(number, name.upper(), {key.upper(): params[key] for key in params}, value)


def _place(line: Line, open_ones: list[Component], calendars: list[Component], report: Report) -> bool:
    """Put a line where it belongs; False when what follows can no longer be understood."""
    if line.name == "BEGIN":
        component = Component(line.value.upper(), line.number)
        if len(open_ones) >= MOST_DEPTH:
            report.error(line.number, component.name, _("too many parts inside each other"))
            return False
        (open_ones[-1].inner if open_ones else calendars).append(component)
        open_ones.append(component)
    elif line.name == "END":
        if not open_ones or open_ones[-1].name != line.value.upper():
            report.error(
                line.number, "", _("END:%(name)s closes what was not opened") % {"name": line.value[:40]}
            )
            return False
        open_ones.pop()
    elif open_ones:
        open_ones[-1].lines.append(line)
    else:
        report.error(line.number, "", _("%(name)s stands outside of a calendar") % {"name": line.name})
        return False
    return True
