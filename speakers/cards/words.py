"""What is wrong with a photo, and what a consent is about, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.content import pictures
from speakers.consents import terms
from speakers.models import SpeakerConsent

Purpose = SpeakerConsent.Purpose


def photo_trouble(trouble: pictures.Trouble) -> str:
    """Return what is wrong with a photo, and what to do."""
    return {
        pictures.Trouble.TOO_LARGE: _("This photo is larger than %(limit)d MB: save it smaller, as JPEG.")
        % {"limit": pictures.LARGEST // 2**20},
        pictures.Trouble.TOO_MANY_PIXELS: _("This photo has too many pixels: make it smaller first."),
        pictures.Trouble.TOO_LONG: _("This photo is a strip: crop it first."),
        pictures.Trouble.TOO_SMALL: _("This photo is too small: %(limit)d pixels each way at least.")
        % {"limit": pictures.SMALLEST},
        pictures.Trouble.NO_PICTURE: _(
            "This is no photo that pages can show: choose a JPEG, PNG or WebP file (not SVG, HEIC, GIF or PDF)."
        ),
        pictures.Trouble.BROKEN: _(
            "This photo is damaged, or not complete: save it again and choose that file."
        ),
    }[trouble]


def duration(months: int) -> str:
    """Say a length: whole years as years."""
    years, rest = divmod(months, 12)
    if rest:
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}


def durations() -> list[tuple[int, str]]:
    return [(months, duration(months)) for months in terms.DURATIONS]


def support(code: str) -> str:
    return {
        "site": _("this site"),
        "emails": _("the emails and newsletters of the organisers"),
        "networks": _("their pages on social networks"),
        "training": _("their trainings"),
    }[code]


def supports() -> list[tuple[str, str]]:
    return [(code, support(code)) for code in terms.SUPPORTS]


def consent_text(purpose: str) -> str:
    """Return what somebody agrees to, as it is shown and as it is kept."""
    return {
        Purpose.RECORDING: _("My image and my voice may be recorded during this session."),
        Purpose.PUBLICATION: _("The recording of this session, with what I say and show, may be published."),
        Purpose.SLIDES: _("My slides of this session may be published after it."),
        Purpose.PHOTO: _("My photo may be shown beside my name."),
    }[Purpose(purpose)]


def limits(*, months: int, territory: str, supports: tuple[str, ...]) -> str:
    """Say how long, where and on what."""
    return _("For %(time)s; where: %(territory)s; on: %(supports)s. I may withdraw this at any time.") % {
        "time": duration(months),
        "territory": SpeakerConsent.Territory(territory).label,
        "supports": ", ".join(support(code) for code in supports),
    }
