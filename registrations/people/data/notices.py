"""The words under the form, by version, so that what somebody was told or agreed to can be proved.

The notice says how long registrations are really kept (ESCALE_RETENTION): another wording or another term is a new
version, which its first use writes; the rows of the older ones stay in the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext, ngettext, override
from i18nfield.strings import LazyI18nString

from registrations.models import ConsentText

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection


def _notice() -> str:
    months = settings.ESCALE_RETENTION["registrations_months"]
    return ngettext(
        "Your data are used only to register you, to send you this cycle's emails and to count attendance; they are "
        "erased %(months)d month after the end of the cycle.",
        "Your data are used only to register you, to send you this cycle's emails and to count attendance; they are "
        "erased %(months)d months after the end of the cycle.",
        months,
    ) % {"months": months}


def _training_notice() -> str:
    kept = settings.ESCALE_RETENTION
    used = ngettext(
        "Your data are used only to register you, to send you the emails of this training and to prove who attended; "
        "they are erased %(months)d month after its end.",
        "Your data are used only to register you, to send you the emails of this training and to prove who attended; "
        "they are erased %(months)d months after its end.",
        kept["registrations_months"],
    ) % {"months": kept["registrations_months"]}
    proofs = ngettext(
        "The sign-in sheets and certificates that bear your name are kept %(months)d month, or longer if its funding "
        "asks for it.",
        "The sign-in sheets and certificates that bear your name are kept %(months)d months, or longer if its funding "
        "asks for it.",
        kept["proofs_months"],
    ) % {"months": kept["proofs_months"]}
    return f"{used} {proofs}"


def _newsletter() -> str:
    return gettext("I would also like to receive the newsletter (optional; leave it with one click).")


CURRENT: dict[str, Callable[[], str]] = {
    ConsentText.Purpose.NOTICE: _notice,
    ConsentText.Purpose.NEWSLETTER: _newsletter,
}


def form_in_words(code: str) -> str:
    """Return where somebody was told or agreed: the code is what `Consent.form` holds."""
    return {
        "registration": gettext("registration form"),
        "my-registrations": gettext("page “My registrations”"),
        "unsubscribe": gettext("page that leaves the newsletter"),
    }.get(code, gettext("another page"))


def words(purpose: str, *, language: str, is_training: bool = False) -> str:
    """Return the current wording, as the form shows it; that of a training says how long its proof is kept."""
    with override(language):
        if is_training and purpose == ConsentText.Purpose.NOTICE:
            return _training_notice()
        return CURRENT[purpose]()


def _in_each_language(purpose: str, *, is_training: bool) -> dict[str, str]:
    return {
        code: words(purpose, language=code, is_training=is_training) for code, _name in settings.LANGUAGES
    }


def texts(purposes: Collection[str], *, is_training: bool = False, at: dt.datetime) -> dict[str, ConsentText]:
    """Return the row of the current wording of each purpose; a version's first use writes it."""
    current = {purpose: _in_each_language(purpose, is_training=is_training) for purpose in purposes}
    kept = _written(current)
    missing = [purpose for purpose in purposes if purpose not in kept]
    if missing:
        last = dict(
            ConsentText.objects.filter(purpose__in=missing)
            .values_list("purpose")
            .annotate(last=Max("version"))
            .order_by()
        )
        ConsentText.objects.bulk_create(
            [
                ConsentText(
                    purpose=purpose,
                    version=last.get(purpose, 0) + 1,
                    text=LazyI18nString(current[purpose]),
                    valid_from=at,
                )
                for purpose in missing
            ],
            # Somebody else may write the same version at the same moment: it says the same.
            ignore_conflicts=True,
        )
        kept = _written(current)
    return kept


def _written(current: dict[str, dict[str, str]]) -> dict[str, ConsentText]:
    """Return the newest row of each purpose that says what is said now."""
    rows = ConsentText.objects.filter(purpose__in=current).order_by("version")
    return {row.purpose: row for row in rows if row.text.data == current[row.purpose]}
