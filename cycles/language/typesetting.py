"""A Typst source and its data set as a tagged PDF (PDF/UA-1, ISO 14289-1), whatever anybody wrote.

The standard wants every sign to be shown. The fonts that Typst carries have the scripts of Europe; for others, and for
emoji, the fonts of the machine are asked. A sign that no font has is left out, and the page says so.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any

import typst

from cycles.language.plain_text import readable

if TYPE_CHECKING:
    from collections.abc import Callable

# How Typst names what it has no glyph for: text in quotes, with escapes.
MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# Each attempt may find other signs; then all go that the fonts of Typst do not surely have.
MOST_ATTEMPTS = 6
# Latin, Greek and Cyrillic letters, punctuation, currencies and arrows.
SURE = re.compile(
    r"[^\u0020-\u024f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff\u2010-\u2027\u202f-\u203a\u20a0-\u20bf\u2190-\u2193\n]"
)


class Sheet:
    """A source with its data, from which signs may have to be left out. `note` is what the page then says.

    `attached` is a text that the source attaches as it is, under the name `sys.inputs.attached`; the PDF is PDF/A-3
    (ISO 19005-3) as well then.
    """

    def __init__(self, source: bytes, data: dict[str, Any], *, note: str, attached: str = "") -> None:
        self.source, self.note, self.attached = source, note, attached
        self.data = _each(data, lambda text: unicodedata.normalize("NFC", readable(text)))
        self.data["missing"] = ""
        self.is_of_machine = False

    def pages(self, **more: Any) -> int:
        """Return how many pages there are, with some of the data replaced."""
        return int(
            json.loads(
                typst.query(
                    self.source,
                    "<pages>",
                    field="value",
                    one=True,
                    sys_inputs=self._inputs(more),
                    ignore_system_fonts=not self.is_of_machine,
                )
            )
        )

    def pdf(self, *, at: dt.datetime, **more: Any) -> bytes:
        """Return the PDF. What cannot be shown by any font is left out of the data for good."""
        for attempt in range(MOST_ATTEMPTS):
            try:
                return self._compiled(more, at=at)
            except typst.TypstError as error:
                missing = "".join(_unescaped(text) for text in MISSING.findall(str(error)))
                if not missing:
                    raise
                if not self.is_of_machine:
                    self.is_of_machine = True
                    continue
                signs = set(missing) if attempt < MOST_ATTEMPTS - 2 else None
                self.data = _each(self.data, partial(_without, signs=signs))
                self.data["missing"] = self.note
        return self._compiled(more, at=at)

    def _inputs(self, more: dict[str, Any]) -> dict[str, str]:
        inputs = {"data": json.dumps({**self.data, **more})}
        return inputs | {"attached": self.attached} if self.attached else inputs

    def _compiled(self, more: dict[str, Any], *, at: dt.datetime) -> bytes:
        content = typst.compile(
            self.source,
            format="pdf",
            sys_inputs=self._inputs(more),
            ignore_system_fonts=not self.is_of_machine,
            pdf_standards=["a-3a", "ua-1"] if self.attached else ["ua-1"],
            timestamp=at.astimezone(dt.UTC).replace(microsecond=0),
        )
        return bytes(content)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """Return data with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each(one, change) for one in value]
    return value


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace('\\"', '"').replace("\\\\", "\\")


def _without(text: str, *, signs: set[str] | None) -> str:
    """Return a text without some signs, or with only those that are sure; no blank is left where they stood."""
    kept = SURE.sub("", text) if signs is None else "".join(sign for sign in text if sign not in signs)
    return text if kept == text else re.sub(" {2,}", " ", kept).strip()


def sure(text: str) -> str:
    """Return a text in composed letters without the signs that the fonts of Typst may not have."""
    return _without(unicodedata.normalize("NFC", readable(text)), signs=None)
