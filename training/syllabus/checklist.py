"""Which fields of a programme sheet say nothing, and are not waived with a reason. Pure.

The fields are those that funders look for on a sheet (training.syllabus.fields has their words).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Texts in the order in which a sheet is read; `duration` and `modality` are no texts and stand among them.
TEXTS = (
    "audience",
    "prerequisites",
    "objectives",
    "content",
    "access",
    "price",
    "methods",
    "means",
    "trainers",
    "assessment",
    "validation",
    "accessibility",
    "contact",
    "results",
)
FIELDS = (
    "audience",
    "prerequisites",
    "objectives",
    "content",
    "duration",
    "access",
    "modality",
    "price",
    "methods",
    "means",
    "trainers",
    "assessment",
    "validation",
    "accessibility",
    "contact",
    "results",
)


def says_something(text: str) -> bool:
    """Tell whether a text has a letter or a figure: a dash, dots or blanks fill no field and are no reason."""
    return any(sign.isalnum() for sign in text)


def needed_waivers(filled: Iterable[str], waivers: Mapping[str, str]) -> dict[str, str]:
    """Return the waivers that stand: of known fields, with a reason, and not of a field that was filled since."""
    done = set(filled)
    return {
        name: reason
        for name in FIELDS
        if name not in done and says_something(reason := waivers.get(name, "").strip())
    }


def missing(filled: Iterable[str], waivers: Mapping[str, str]) -> list[str]:
    """Return the fields that are neither filled nor waived, in the order of the sheet."""
    done = {*filled, *needed_waivers(filled, waivers)}
    return [name for name in FIELDS if name not in done]
