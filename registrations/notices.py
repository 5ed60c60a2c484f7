"""The words under the form, by version, so that what somebody was told or agreed to can be proved.

A change of wording is a new entry here with the next number; the rows of the older ones stay in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from i18nfield.strings import LazyI18nString

from .models import ConsentText

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection


@dataclass(frozen=True, kw_only=True)
class Wording:
    version: int
    fr: str
    en: str


CURRENT: dict[str, Wording] = {
    ConsentText.Purpose.NOTICE: Wording(
        version=1,
        fr=(
            "Vos données servent uniquement à vous inscrire, à vous envoyer les messages de ce cycle et à "
            "compter les présences ; elles sont effacées douze mois après la fin du cycle."
        ),
        en=(
            "Your data are used only to register you, to send you this cycle's messages and to count "
            "attendance; they are erased twelve months after the end of the cycle."
        ),
    ),
    ConsentText.Purpose.NEWSLETTER: Wording(
        version=1,
        fr="Je souhaite aussi recevoir la lettre d’information (facultatif ; on la quitte en un clic).",
        en="I would also like to receive the newsletter (optional; leave it with one click).",
    ),
}


def words(purpose: str, *, language: str) -> str:
    """Return the current wording, as the form shows it."""
    wording = CURRENT[purpose]
    return wording.en if language == "en" else wording.fr


def texts(purposes: Collection[str], *, at: dt.datetime) -> dict[str, ConsentText]:
    """Return the row of the current wording of each purpose; a version's first use writes it."""

    def found() -> dict[str, ConsentText]:
        rows = ConsentText.objects.filter(purpose__in=purposes)
        return {row.purpose: row for row in rows if row.version == CURRENT[row.purpose].version}

    kept = found()
    missing = [purpose for purpose in purposes if purpose not in kept]
    if missing:
        ConsentText.objects.bulk_create(
            [
                ConsentText(
                    purpose=purpose,
                    version=CURRENT[purpose].version,
                    text=LazyI18nString({"fr": CURRENT[purpose].fr, "en": CURRENT[purpose].en}),
                    valid_from=at,
                )
                for purpose in missing
            ],
            ignore_conflicts=True,
        )
        kept = found()
    return kept
