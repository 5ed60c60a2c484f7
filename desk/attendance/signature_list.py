"""The list of a session to print and sign by hand: names in alphabetical order, a column for signatures, empty lines.

A tagged PDF (PDF/UA-1, ISO 14289-1) of as many pages as it takes. It proves nothing: the sheets of a training action
are those of the training app.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.content import logos
from cycles.language import naming, typesetting, wording
from desk.schedule.consequences import language
from registrations.models import State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cycles.models import Session
    from registrations.models import Registration

SOURCE = Path(__file__).with_suffix(".typ").read_bytes()
# For whoever comes without being on the list.
EMPTY_LINES = 8
LONGEST = 120


def pdf(session: Session, rows: Iterable[Registration], *, at: dt.datetime) -> bytes:
    """Return the list in the active language; whoever has no place is not on it."""
    people = []
    for row in rows:
        if row.state == State.CONFIRMED:
            person = row.person
            name = f"{person.family_name} {person.given_name}".strip()
            people.append([name[:LONGEST], person.organisation_name[:LONGEST]])
    made = wording.long_date(at.astimezone(session.zone).date(), language=language())
    data = {
        **logos.look(session.cycle.programme),
        "language": language(),
        "author": settings.ESCALE_SITE_NAME,
        "title": naming.session_title(session),
        "slug": session.slug,
        "eyebrow": str(session.cycle.title),
        "when": wording.long_when(
            session.starts_at,
            session.ends_at,
            zone=session.cycle.timezone,
            all_day=session.is_all_day,
            language=language(),
        )
        if session.starts_at is not None and session.ends_at is not None
        else "",
        "where": naming.where(session),
        "heading": _("Attendance list"),
        "count": ngettext("%(count)d person registered", "%(count)d people registered", len(people))
        % {"count": len(people)},
        "head": [_("Name"), _("Organisation"), _("Signature")],
        "people": people,
        "empty": EMPTY_LINES,
        "foot": _("Made on %(date)s.") % {"date": made},
    }
    sheet = typesetting.Sheet(SOURCE, data, note=_("Some signs are left out: no font here has them."))
    return sheet.pdf(at=at)
