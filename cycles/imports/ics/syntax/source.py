"""Bytes to components, as far as a person would still understand them; each content line keeps its number in the file.

Strict readers (icalendar among them) refuse a whole file for one line that they would not have used. This one reads
the structure only, mends what other programs are known to break, and says what it mended.
"""

from __future__ import annotations

import codecs
import email
import quopri
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from .names import PROPERTIES, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cycles.imports.programme.report import Report

MOST_BYTES = 1_000_000
MOST_COMPONENTS = 5_000
MOST_LINES = 60_000
MOST_DEPTH = 4
LONGEST_NAME = 60
LONGEST_VALUE = 20_000
NAME = re.compile(r"([A-Za-z0-9-]+)(?=[;:])")
BEGIN = re.compile(rb"^(?:\xef\xbb\xbf|[ \t])*BEGIN:VCALENDAR[ \t]*$", re.IGNORECASE)
# A zone whose colon should stand in quotes: TZID=UTC+02:00.
# So do those of Windows' own names: TZID=(UTC+01:00) Brussels, Copenhagen, Madrid, Paris.
UNQUOTED = re.compile(
    r"([A-Z-]{3,15};TZID=(?:[^\":]*[+-]\d{1,2}:\d{2}|\((?:UTC|GMT)[^\"()]{0,8}\)[^\":;]{1,200})):(\d{8}T\d{6}[\dTZ,/]*)",
    re.IGNORECASE,
)
# An address that should stand in quotes: ALTREP=https://example.org/a.
URI_HERE = re.compile(r";[A-Za-z-]{1,40}=[a-z][a-z+.-]{1,15}://$", re.IGNORECASE)
# A mail that was saved whole, with what it carries in an encoding of its own (RFC 2045).
ENCODED = re.compile(
    rb"^content-transfer-encoding:[ \t]*(?:base64|quoted-printable)", re.IGNORECASE | re.MULTILINE
)
MOST_HEADERS = 100_000
ARCHIVE = b"PK\x03\x04"
ESCAPES = re.compile(r"\\([\\,;nN])")


@dataclass(frozen=True)
class Line:
    """One content line: where it begins in the file, its name in capitals, its parameters, its value as written."""

    number: int
    name: str
    params: Mapping[str, str]
    value: str

    def param(self, name: str) -> str:
        return self.params.get(name, "")

    @property
    def is_quoted_printable(self) -> bool:
        return self.param("ENCODING").upper() == "QUOTED-PRINTABLE" or "QUOTED-PRINTABLE" in self.params

    @property
    def text(self) -> str:
        """The value of a TEXT property (RFC 5545, 3.3.11), unescaped; in vCalendar 1.0 it may be quoted-printable."""
        if self.is_quoted_printable:
            return _decoded(self.value, self.param("CHARSET")).replace("\r\n", "\n")
        return ESCAPES.sub(lambda match: "\n" if match[1] in "nN" else match[1], self.value)


@dataclass
class Component:
    """A part of a calendar. `is_cut` when the file ended before it did."""

    name: str
    number: int
    lines: list[Line] = field(default_factory=list)
    inner: list[Component] = field(default_factory=list)
    is_cut: bool = False

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def word(self, name: str) -> str:
        """Return the value of a property of one word, in capitals; empty without it."""
        line = self.first(name)
        return line.value.strip().upper() if line else ""


def read(data: bytes, report: Report) -> list[Component]:
    """Return the calendars of a file; what is wrong is added to the report, as a warning where it was mended."""
    utf8 = _bytes(data, report)
    if utf8 is None:
        return []
    reader = _Reader(report, is_utf8=_is_mostly_utf8(utf8))
    for count, (number, raw) in enumerate(_unfolded(utf8)):
        if count == MOST_LINES:
            report.error(number, "", _("the file has too many parts, or parts inside each other"))
            break
        if not reader.take(number, raw):
            break
    reader.finish()
    return [] if report.errors else reader.calendars


def _bytes(data: bytes, report: Report) -> bytes | None:
    """Return the file without its byte order mark, UTF-16 turned into UTF-8; None after an error."""
    if len(data) > MOST_BYTES:
        report.error(1, "", _("the file is larger than %(most)d MB") % {"most": MOST_BYTES // 1_000_000})
        return None
    encoding = _wide(data)
    if data.startswith(ARCHIVE):
        # Google Calendar exports all calendars of somebody as one.
        report.error(1, "", _("this is an archive (ZIP): unpack it, then import the .ics file that it holds"))
        return None
    if ENCODED.search(data[:MOST_HEADERS]) and not data.lstrip().startswith(b"BEGIN:"):
        data = _of_a_mail(data) or data
    if encoding:
        data = data.decode(encoding, "replace").encode("utf-8", "replace")
    # PostgreSQL keeps no NUL, and none is part of a text.
    data = data.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")
    if not data.strip():
        report.error(1, "", _("the file is empty"))
        return None
    return data


def _of_a_mail(data: bytes) -> bytes:
    """Return the calendars of a mail that was saved as a file, in UTF-8; nothing where it holds none."""
    try:
        parts = [
            part
            for part in email.message_from_bytes(data).walk()
            if part.get_content_type() in ("text/calendar", "application/ics")
            or (part.get_filename() or "").lower().endswith(".ics")
        ]
        contents = [(part.get_payload(decode=True), part.get_content_charset() or "utf-8") for part in parts]
        written = [content.decode(charset) for content, charset in contents if isinstance(content, bytes)]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return b""
    # An invitation often stands there twice: for mail programs, and as a file.
    return "\n".join(dict.fromkeys(text.replace("\r\n", "\n").strip() for text in written)).encode(
        "utf-8", "replace"
    )


def _decoded(value: str, charset: str) -> str:
    """Return quoted-printable text (RFC 2045, 6.7) in the charset that it names, UTF-8 or else Windows-1252."""
    data = quopri.decodestring(value.encode("utf-8", "replace"))
    for name in (charset or "utf-8", "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace")


def _wide(data: bytes) -> str:
    """Return the encoding of a file that spends two or four bytes a letter, with or without its mark; else nothing."""
    for mark, encoding in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
        (b"B\0E\0", "utf-16-le"),
        (b"\0B\0E", "utf-16-be"),
    ):
        if data.startswith(mark):
            return encoding
    return ""


def _unfolded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each content line with the number of the line on which it begins (RFC 5545, 3.1).

    On bytes: a program that folds in the middle of a letter is unfolded before the letter is read.
    """
    begun, parts = 0, list[bytes]()
    for number, raw in enumerate(re.split(rb"\r\n|\n|\r", data), start=1):
        if raw[:1] in (b" ", b"\t") and parts:
            parts.append(raw[1:])
            continue
        if parts:
            yield begun, b"".join(parts)
        begun, parts = number, [raw] if raw.strip() else []
    if parts:
        yield begun, b"".join(parts)


def _is_mostly_utf8(data: bytes) -> bool:
    """Tell whether a file is UTF-8 but for single lines: two letters of Windows-1252 may look like one of UTF-8."""
    good = bad = 0
    for _number, raw in _unfolded(data):
        if raw.isascii():
            continue
        try:
            raw.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return good >= bad


class _Reader:
    """Puts lines into components. What stands outside of a calendar is told once and left out."""

    def __init__(self, report: Report, *, is_utf8: bool) -> None:
        self.report = report
        self.is_utf8 = is_utf8
        self.calendars: list[Component] = []
        self._open: list[Component] = []
        self._components = 0
        self._told: set[str] = set()
        self._outside = 0
        self._instead = ""
        # A line that the one after it may continue without the blank that it needs.
        self._last: Line | None = None

    def take(self, number: int, raw: bytes) -> bool:
        """Read one unfolded line; False when what follows is not read."""
        if not self._open:
            return self._between(number, raw)
        text = self._text(number, raw)
        line = _parsed(number, text)
        if line is None:
            self._continue(number, text)
            return True
        self._last = line
        if line.name == "BEGIN":
            return self._begin(line)
        if line.name == "END":
            self._end(line)
        elif line.value.strip() or line.name in TEXTS:
            # Programs leave RRULE or DTEND empty where there is none: it says nothing.
            self._open[-1].lines.append(line)
        return True

    def finish(self) -> None:
        if not self.calendars:
            self.report.error(1, "", _said_of(self._instead))
        elif self._outside:
            self._tell("outside", self._outside, _("what stands outside of the calendar is left out"))
        if self._open:
            last = self._open[-1]
            for component in self._open:
                component.is_cut = True
            self._tell(
                "cut", last.number, _("the file is cut off: END:%(name)s is missing") % {"name": last.name}
            )

    def _between(self, number: int, raw: bytes) -> bool:
        if BEGIN.match(raw):
            return self._begin(Line(number, "BEGIN", {}, "VCALENDAR"))
        self._instead = self._instead or raw[:60].decode("ascii", "replace").strip().lower()
        self._outside = self._outside or number
        return True

    def _text(self, number: int, raw: bytes) -> str:
        try:
            return raw.decode("utf-8" if self.is_utf8 else "ascii")
        except UnicodeDecodeError:
            self._tell("encoding", number, _("this is not UTF-8: it is read as Windows-1252 (Latin-1)"))
            return raw.decode("cp1252", "replace")

    def _continue(self, number: int, text: str) -> None:
        """Append a line that is none of its own to the text before it; otherwise leave it out, and say so."""
        last = self._last
        lines = self._open[-1].lines
        if last is not None and last.is_quoted_printable and last.value.endswith("=") and lines:
            # That encoding's own way of going on, of vCalendar 1.0.
            lines[-1] = self._last = replace(last, value=f"{last.value[:-1]}{text}"[:LONGEST_VALUE])
            return
        if last is None or last.name not in TEXTS or not lines or lines[-1] is not last:
            self._tell(
                "no line", number, _("this is no line of a calendar: “%(line)s”") % {"line": text[:60]}
            )
            return
        self._tell(
            "unfolded", number, _("this line continues the one before it without a blank: they are joined")
        )
        if len(last.value) >= LONGEST_VALUE:
            return
        between = " " if last.name == "SUMMARY" else "\\n"
        joined = Line(last.number, last.name, last.params, f"{last.value}{between}{text}"[:LONGEST_VALUE])
        lines[-1] = self._last = joined

    def _begin(self, line: Line) -> bool:
        name = line.value.strip().upper()[:LONGEST_NAME]
        if name == "VCALENDAR":
            self._close_all(line.number)
        elif name in ("VEVENT", "VTIMEZONE"):
            while len(self._open) > 1:
                self._close(line.number)
        self._components += 1
        if len(self._open) >= MOST_DEPTH or self._components > MOST_COMPONENTS:
            self.report.error(line.number, name, _("the file has too many parts, or parts inside each other"))
            self._open.clear()
            return False
        component = Component(name, line.number)
        (self._open[-1].inner if self._open else self.calendars).append(component)
        self._open.append(component)
        return True

    def _end(self, line: Line) -> None:
        name = line.value.strip().upper()
        if all(component.name != name for component in self._open):
            self._tell(
                "end", line.number, _("END:%(name)s closes what was not opened") % {"name": line.value[:40]}
            )
            return
        while self._open[-1].name != name:
            self._close(line.number)
        self._open.pop()

    def _close_all(self, number: int) -> None:
        while self._open:
            self._close(number)

    def _close(self, number: int) -> None:
        component = self._open.pop()
        self._tell(
            f"unclosed {component.number}",
            number,
            _("END:%(name)s is missing before this line") % {"name": component.name},
        )

    def _tell(self, once: str, number: int, message: str) -> None:
        if once not in self._told:
            self._told.add(once)
            self.report.warn(number, "", message)


def _said_of(beginning: str) -> str:
    """Return what is wrong with a file that holds no calendar, by how it begins."""
    if beginning.startswith(("<!doctype", "<html")):
        return _("this is a web page, not a calendar: download the calendar from it as an .ics file")
    return _("this is not a calendar file: no line of it is BEGIN:VCALENDAR")


def _parsed(number: int, text: str) -> Line | None:
    """Return a content line, or None for text that is none: without a name, or with one that no calendar has.

    Quotes that do not match are no reason to lose a value: it then begins at the first colon.
    """
    match = NAME.match(text)
    if match is None or not _is_property(match[1]):
        return None
    head, value = _split(text)
    if (late := UNQUOTED.fullmatch(text)) is not None:
        head, value = late[1], late[2]
    name, *pieces = _pieces(head)
    params: dict[str, str] = {}
    for piece in pieces:
        key, _sign, written = piece.partition("=")
        params.setdefault(key.strip().upper(), written.strip().strip('"'))
    return Line(number, name.upper(), params, value[:LONGEST_VALUE])


def _is_property(name: str) -> bool:
    upper = name.upper()
    if upper.startswith("X-"):
        return True
    return upper in PROPERTIES and name in (upper, name.lower())


def _split(text: str) -> tuple[str, str]:
    """Return what stands before and after the colon that begins the value."""
    is_quoted = False
    for place, letter in enumerate(text):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter == ":" and not is_quoted and not URI_HERE.search(text[: place + 3]):
            return text[:place], text[place + 1 :]
    head, _colon, value = text.partition(":")
    return head, value


def _pieces(head: str) -> list[str]:
    """Return a name and its parameters, split at semicolons outside of quotes."""
    pieces, is_quoted, begin = list[str](), False, 0
    for place, letter in enumerate(head):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter == ";" and not is_quoted:
            pieces.append(head[begin:place])
            begin = place + 1
    return [*pieces, head[begin:]]
