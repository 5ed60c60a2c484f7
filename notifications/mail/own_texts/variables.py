"""`{variable}` in a text that organisers write: found, checked, filled in. Pure: neither Django nor a clock.

Nothing else is understood: no expression, no tag, no nesting. What is filled in is text, escaped wherever it
becomes HTML, so that no name of a person or a session can write anything but itself.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# A name between single braces. Anything else with a brace in it is a mistake, and said to be one.
VARIABLE = re.compile(r"\{([a-z_]+)\}")
BRACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{[^{}\n]*\}|[{}]")
Wrong = Literal["unknown", "tag", "brace", "lines"]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What is wrong at a place of a text: lines and columns are counted from 1."""

    wrong: Wrong
    found: str
    line: int
    column: int
    # The known variable that was probably meant.
    meant: str = ""


def mistakes(text: str, *, known: Collection[str], one_line: bool = False) -> list[Mistake]:
    """Return every mistake of a text in the order of reading. With `one_line`, a line break is one."""
    results = []
    text = text.replace("\r\n", "\n") if not one_line else text
    for match in BRACE.finditer(text):
        written = match[0]
        name = VARIABLE.fullmatch(written)
        if name and name[1] in known:
            continue
        line, column = _place(text, match.start())
        if written.startswith(("{{", "{%", "{#")):
            results.append(Mistake(wrong="tag", found=written, line=line, column=column))
        elif len(written) == 1:
            results.append(Mistake(wrong="brace", found=written, line=line, column=column))
        else:
            close = difflib.get_close_matches(written.strip("{} ").lower(), known, n=1)
            meant = close[0] if close else ""
            results.append(Mistake(wrong="unknown", found=written, line=line, column=column, meant=meant))
    if one_line and (broken := re.search(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", text)):
        line, column = _place(text, broken.start())
        results.append(Mistake(wrong="lines", found="", line=line, column=column))
    return results


def _place(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def used(text: str) -> set[str]:
    """Return the names of the variables in a text."""
    return set(VARIABLE.findall(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of variables; one without a value disappears. Values are not read again."""
    return VARIABLE.sub(lambda match: values.get(match[1], ""), text)


def alone(paragraph: str) -> str:
    """Return the variable that stands alone in a paragraph (a link becomes a button there); else nothing."""
    match = VARIABLE.fullmatch(paragraph)
    return match[1] if match else ""
