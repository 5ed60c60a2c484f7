"""Lengths of training in words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def in_hours(minutes: int) -> str:
    """Say a length of training in hours, however long: "7 h", "3 h 30"."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return _("%(hours)d\u00a0h") % {"hours": hours}
    return _("%(hours)d\u00a0h\u00a0%(minutes)02d") % {"hours": hours, "minutes": rest}
