"""The picture of a cycle, a session or a post, the logo of a programme or an organisation.

Put there, described, taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import journal
from cycles.content import pictures
from cycles.models import Cycle, News, Organisation, Picture, Programme, Session

if TYPE_CHECKING:
    import datetime as dt

    from i18nfield.strings import LazyI18nString

    from accounts.models import User

Pictured = Cycle | Session | News | Programme | Organisation
COLUMNS: dict[type, str] = {
    Cycle: "cycle",
    Session: "session",
    News: "news",
    Programme: "programme",
    Organisation: "organisation",
}


def picture_of(row: Pictured) -> Picture | None:
    """Return the picture of a thing, or None."""
    return Picture.objects.filter(**{COLUMNS[type(row)]: row}).first()


def set_picture(
    row: Pictured,
    *,
    prepared: pictures.Prepared | None,
    alt: LazyI18nString | str,
    is_decorative: bool,
    credit: str = "",
    by: User | None,
    at: dt.datetime,
) -> Picture:
    """Give a thing its picture, or with None for `prepared` only describe the one that it has otherwise.

    Raises ValueError when there is neither a new one nor an old one.
    """
    with journal.entry("picture.set", row, by=by, at=at):
        picture = picture_of(row)
        if picture is None and prepared is None:
            msg = f"{row} has no picture to describe"
            raise ValueError(msg)
        picture = picture or Picture(**{COLUMNS[type(row)]: row})
        if prepared is not None:
            pictures.keep(prepared)
            picture.digest, picture.width, picture.height = prepared.digest, prepared.width, prepared.height
            picture.small_width = prepared.small_width
        picture.alt, picture.is_decorative, picture.credit = alt, is_decorative, credit
        picture.save()
        return picture


def remove_picture(row: Pictured, *, by: User | None, at: dt.datetime) -> None:
    """Take the picture of a thing away. Its files go with the next sweep, unless another thing has the same."""
    with journal.entry("picture.remove", row, by=by, at=at):
        Picture.objects.filter(**{COLUMNS[type(row)]: row}).delete()
