"""Reading the keys of one entry, each by what it means; what does not fit becomes a remark with its line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as Table
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import addresses
from cycles.language import wording, words
from cycles.models.shared import DatePrecision
from cycles.schedule import recurrence

from .source import Listing, Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cycles.imports.programme.report import Report

    from .source import Node

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,80}")
TRUE, FALSE = ("true", "yes", "on"), ("false", "no", "off")
LONGEST_TEXT = 20_000
FIRST_YEAR, LAST_YEAR = 1900, 2199
# The shape of a date for each precision; a year always comes first, so that no date is without one.
SHAPES = {
    DatePrecision.DAY: re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    DatePrecision.MONTH: re.compile(r"(\d{4})-(\d{2})"),
    DatePrecision.YEAR: re.compile(r"(\d{4})"),
}
PRECISIONS = {
    "day": DatePrecision.DAY,
    "month": DatePrecision.MONTH,
    "year": DatePrecision.YEAR,
    # “At the start of the year”: the year is what can be kept, the words go to the note.
    "year_part": DatePrecision.YEAR,
    "unknown": DatePrecision.UNKNOWN,
}


class Reference(NamedTuple):
    """A slug that another entry must have; `section` may be empty where any kind will do."""

    section: str
    slug: str
    line: int
    where: str


class Fuzzy(NamedTuple):
    """A date as the file knows it (cycles.models.shared.FuzzyDated)."""

    date_from: dt.date | None = None
    date_until: dt.date | None = None
    date_precision: str = DatePrecision.UNKNOWN
    # What the file says beyond that ("at the start of the year"), for the note.
    words: str = ""


class Item:
    """One mapping of the file. Every reader returns an empty value when the key is missing or wrong.

    A key that nobody has read when `finish` is called is reported: it would otherwise be lost in silence.
    """

    def __init__(self, node: Mapping, where: str, report: Report) -> None:
        self.node = node
        self.line = node.line
        self.where = where
        self.report = report
        self._read: set[str] = set()

    def error(self, message: str, key: str = "") -> None:
        self.report.error(self._line(key), self.where, f"{key}: {message}" if key else message)

    def warn(self, message: str, key: str = "") -> None:
        self.report.warn(self._line(key), self.where, f"{key}: {message}" if key else message)

    def _line(self, key: str) -> int:
        return self.node.entries[key].line if key in self.node.entries else self.line

    def has(self, key: str) -> bool:
        """Whether a key stands here with a value."""
        return self._get(key) is not None

    def _get(self, key: str) -> Node | None:
        self._read.add(key)
        node = self.node.entries.get(key)
        return None if isinstance(node, Scalar) and node.is_null else node

    def ignore(self, *keys: str) -> None:
        """Keys that say nothing new: the file may have them, nothing is kept."""
        self._read.update(keys)

    def finish(self) -> None:
        for key in self.node.entries:
            if key not in self._read:
                self.warn(_("this key is not known and was not read"), key)

    # One value

    def text(self, key: str, *, limit: int = 200, required: bool = False) -> str:
        node = self._get(key)
        if node is None:
            if required:
                self.error(_("“%(key)s” is missing") % {"key": key})
            return ""
        if not isinstance(node, Scalar):
            self.error(_("must be a text"), key)
            return ""
        return self._short_enough(node.text.strip(), key, limit)

    def email(self, key: str) -> str:
        """Return an address of e-mail as it is kept; empty where there is none."""
        text = self.text(key, limit=254)
        if text:
            try:
                return addresses.read(text)
            except addresses.AddressError:
                self.error(
                    _("“%(text)s” is no email address: write it as name@example.org") % {"text": text}, key
                )
                return ""
        return ""

    def _short_enough(self, text: str, key: str, limit: int) -> str:
        if len(text) > limit:
            self.error(
                _("has %(length)d characters, %(limit)d at most") % {"length": len(text), "limit": limit}, key
            )
            return ""
        return text

    def words(self, key: str, *, limit: int = 300, required: bool = False) -> dict[str, str] | str:
        """Return {language: text} from `key: {fr, en}`, from `key_fr` and `key_en`, or from a French text."""
        errors_before = len(self.report.errors)
        node = self._get(key)
        result: dict[str, str] = {}
        if isinstance(node, Mapping):
            inner = Item(node, f"{self.where}/{key}", self.report)
            result = {language: inner.text(language, limit=limit) for language in LANGUAGES}
            inner.ignore("kind")
            inner.finish()
        elif node is not None:
            result = {LANGUAGES[0]: self.text(key, limit=limit)}
        for language in LANGUAGES:
            if self.has(f"{key}_{language}"):
                result[language] = self.text(f"{key}_{language}", limit=limit)
        result = {language: text for language, text in result.items() if text}
        if required and not result and len(self.report.errors) == errors_before:
            self.error(_("“%(key)s” is missing") % {"key": key})
        return result or ""

    def own_words(self, *, limit: int = 300, required: bool = False) -> dict[str, str] | str:
        """Return {language: text} of an entry that is itself `{fr, en}`."""
        result = {language: text for language in LANGUAGES if (text := self.text(language, limit=limit))}
        if required and not result:
            self.error(_("“%(key)s” is missing") % {"key": LANGUAGES[0]})
        return result or ""

    def slug(self) -> str:
        slug = self.text("slug", required=True)
        if slug and not SLUG.fullmatch(slug):
            self.error(
                _("“%(slug)s” may hold letters without accents, figures and hyphens only") % {"slug": slug}
            )
            return ""
        return slug

    def choice(
        self, key: str, choices: Table[str, str] | Sequence[str], *, default: str = "", required: bool = False
    ) -> str:
        table = choices if isinstance(choices, Table) else {choice: choice for choice in choices}
        text = self.text(key, required=required)
        if not text:
            return default
        if text not in table:
            self.error(
                _("“%(text)s” is none of %(choices)s") % {"text": text, "choices": ", ".join(table)}, key
            )
            return default
        return table[text]

    def flag(self, key: str, *, default: bool = False) -> bool:
        text = self.text(key).lower()
        if text and text not in TRUE + FALSE:
            self.error(_("must be true or false"), key)
        return text in TRUE if text else default

    def number(self, key: str, *, least: int = 1, most: int = 32_767) -> int | None:
        text = self.text(key)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
            self.error(
                _("must be a whole number from %(least)d to %(most)d") % {"least": least, "most": most}, key
            )
            return None
        return int(text)

    def numbers(self, key: str) -> list[int]:
        texts = self.texts(key)
        if not all(re.fullmatch(r"\d{1,9}", text) for text in texts):
            self.error(_("must be whole numbers"), key)
            return []
        return [int(text) for text in texts]

    def texts(self, key: str) -> list[str]:
        node = self._get(key)
        if node is None:
            return []
        if not isinstance(node, Listing) or not all(isinstance(item, Scalar) for item in node.items):
            self.error(_("must be a list of texts"), key)
            return []
        return [
            self._short_enough(item.text.strip(), key, 300) for item in node.items if isinstance(item, Scalar)
        ]

    def remarks(self, *keys: str) -> str:
        """Return what is worth keeping for the organisers only, one line a key."""
        lines = []
        for key in keys:
            node = self._get(key)
            is_list = isinstance(node, Listing)
            value = ", ".join(self.texts(key)) if is_list else self.text(key, limit=LONGEST_TEXT)
            if value:
                lines.append(value if key == "warning" or key.endswith("note") else f"{key}: {value}")
        return "\n".join(lines)

    # Dates

    def date(self, key: str, *, required: bool = False) -> dt.date | None:
        """Return an exact day; a text without year, month or day is refused."""
        text = self.text(key, required=required)
        return self._day(text, key) if text else None

    def _day(self, text: str, key: str) -> dt.date | None:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            try:
                return self._near(dt.date.fromisoformat(text), key)
            except ValueError:
                self.error(_("%(text)s is not a day of the calendar") % {"text": text}, key)
                return None
        self.error(
            _("“%(text)s” is not a date with its year: write it as 2020-10-22") % {"text": text},
            key,
        )
        return None

    def _near(self, day: dt.date, key: str) -> dt.date | None:
        """Refuse a day with which no calendar can reckon: a slip in the year, or the first and last there are."""
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
        self.error(_("%(text)s is too far away: check the year") % {"text": day.isoformat()}, key)
        return None

    def month(self, key: str) -> dt.date | None:
        """Return the first day of a month written as 2020-10."""
        text = self.text(key)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
            self.error(
                _("“%(text)s” is not a month with its year: write it as 2020-10") % {"text": text}, key
            )
            return None
        return self._near(dt.date.fromisoformat(f"{text}-01"), key)

    def time(self, key: str) -> dt.time | None:
        text = self.text(key)
        if not text:
            return None
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
            self.error(_("“%(text)s” is not an hour: write it as 13:00") % {"text": text}, key)
            return None
        return dt.time.fromisoformat(text)

    def moment(self, key: str) -> dt.datetime | None:
        """Return an aware instant; one without its offset from UTC is refused."""
        text = self.text(key)
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.error(
                _("“%(text)s” is not a moment with year and offset: write it as 2020-10-22T13:00:00+02:00")
                % {"text": text},
                key,
            )
            return None
        return moment if self._near(moment.date(), key) else None

    def fuzzy(self, key: str = "date", between: str = "date_between") -> Fuzzy:
        """Return a date that may be a day, a month, a year, between two days, or unknown.

        Less than a day needs `date_precision`, so that a forgotten part is not taken for a choice.
        """
        text = self.text(key)
        outcome = self.text("date_precision")
        precision = self.choice("date_precision", PRECISIONS, default=DatePrecision.DAY)
        if self.has(between):
            return self._between(key, between)
        if not text:
            return Fuzzy()
        if precision == DatePrecision.UNKNOWN:
            return Fuzzy(words=text)
        match = SHAPES[DatePrecision(precision)].fullmatch(text)
        if match is None:
            self.error(
                _(
                    "“%(text)s” is not a date with its year: write a day as 2020-10-22, or say "
                    "date_precision (month with 2020-10, year with 2020, unknown)"
                )
                % {"text": text},
                key,
            )
            return Fuzzy()
        first = self._day("-".join([*match.groups(), "01", "01"][:3]), key)
        words = f"{outcome}: {text}" if outcome == "year_part" else ""
        return Fuzzy(first, None, precision, words) if first else Fuzzy()

    def _between(self, key: str, between: str) -> Fuzzy:
        days = [self._day(bound, between) for bound in self.texts(between)]
        if self.has(key) or len(days) != 2:  # noqa: PLR2004 - a pair
            self.error(_("give two days, and no exact date beside them"), between)
            return Fuzzy()
        first, last = days
        if first is None or last is None:
            return Fuzzy()
        if first > last:
            self.error(_("the two days are not in order"), between)
        return Fuzzy(first, last, DatePrecision.BETWEEN)

    def check_weekday(self, date: dt.date | None) -> None:
        """Refuse a `weekday` or `nth_weekday` that contradicts the date: one of the two is a slip."""
        weekday = self.choice("weekday", words.of("en").weekdays)
        nth = self.number("nth_weekday", most=5)
        if date is None:
            return
        if weekday and weekday != wording.weekday_name(date, language="en"):
            self.error(
                _("%(date)s is a %(weekday)s")
                % {"date": date, "weekday": wording.weekday_name(date, language=get_language() or "fr")},
                "weekday",
            )
        if nth and nth != recurrence.nth_weekday(date):
            self.error(
                _("%(date)s is number %(nth)d of its weekday in the month")
                % {"date": date, "nth": recurrence.nth_weekday(date)},
                "nth_weekday",
            )

    # Other entries

    def reference(self, key: str, section: str, *, required: bool = False) -> Reference | None:
        slug = self.text(key, required=required)
        return Reference(section, slug, self._line(key), self.where) if slug else None

    def references(self, key: str, section: str) -> list[Reference]:
        return [Reference(section, slug, self._line(key), self.where) for slug in self.texts(key)]

    def item(self, key: str) -> Item | None:
        node = self._get(key)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self.error(_("must hold keys and values"), key)
            return None
        return Item(node, f"{self.where}/{key}", self.report)

    def items(self, key: str) -> list[Item]:
        """Return the entries of a list; each is named for its slug, or for its place in the list."""
        node = self._get(key)
        if node is None:
            return []
        if not isinstance(node, Listing):
            self.error(_("must be a list, each entry beginning with “- ”"), key)
            return []
        prefix = f"{self.where}/{key}" if self.where else key
        results = []
        for place, entry in enumerate(node.items, start=1):
            if not isinstance(entry, Mapping):
                self.report.error(entry.line, f"{prefix}/{place}", _("must hold keys and values"))
                continue
            slug = entry.entries.get("slug")
            name = slug.text if isinstance(slug, Scalar) and slug.text else str(place)
            results.append(Item(entry, f"{prefix}/{name}", self.report))
        return results
