"""What joining instructions say, and the same as a PDF that one can print and show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cycles.content import logos
from cycles.language import naming, wording
from cycles.language.typesetting import Sheet
from cycles.models import Session, SpeakerSlot
from training.signing import queries
from training.syllabus import queries as syllabi

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle
    from registrations.models import Participant

SOURCE = Path(__file__).with_suffix(".typ").read_bytes()


def context(cycle: Cycle) -> dict[str, Any]:
    """Return what the email says besides its dates: how to come, who trains, what it costs, which dates are off."""
    sessions = list(cycle.sessions.exclude(status=Session.Status.DRAFT).order_by("starts_at", "pk"))
    held = [session for session in sessions if session.is_held and session.starts_at]
    return {
        "ways": list(dict.fromkeys(str(s.access) for s in held if s.is_on_site and str(s.access))),
        "signing": signing() if any(queries.is_signed_for(session) for session in held) else "",
        "has_room": any(session.has_room for session in held),
        "trainers": trainers(held),
        "price": str(cycle.price),
        "programme_url": programme_url(cycle),
        "cancelled": [
            naming.session_title(session)
            for session in sessions
            if session.status == Session.Status.CANCELLED
        ],
    }


def signing() -> str:
    """Return how one signs, as the email and its page say it."""
    return _(
        "You sign for each half-day on your phone: the button comes with the reminder, and stands under “My "
        "registrations”. Without a phone, you sign in the room."
    )


def programme_url(cycle: Cycle) -> str:
    """Return where the programme sheet is read that the run was sold with; "" without one."""
    row = syllabi.of_run(cycle) if cycle.module is not None and cycle.module.is_published else None
    if row is None or cycle.module is None:
        return ""
    return settings.ESCALE_BASE_URL + reverse("training:syllabus", args=[cycle.module.slug, row.version])


def trainers(sessions: list[Session]) -> list[str]:
    """Return who trains, each once."""
    slots = (
        SpeakerSlot.objects.announced()
        .filter(segment__session__in=[s.pk for s in sessions])
        .select_related("person__organisation", "organisation")
        .order_by("segment__session__starts_at", "segment__order", "order")
    )
    return list(dict.fromkeys(naming.speaker(slot) for slot in slots))


def file_name() -> str:
    """Return what the page is called among somebody's files."""
    return _("joining-instructions.pdf")


def pdf(cycle: Cycle, person: Participant, *, contact: str, at: dt.datetime) -> bytes:
    """Return the instructions as a tagged PDF in the active language (PDF/UA-1)."""
    language = get_language() or settings.LANGUAGE_CODE
    held = [
        session
        for session in cycle.sessions.held().select_related("cycle").order_by("starts_at", "pk")
        if session.starts_at and session.ends_at
    ]
    result = context(cycle)
    data = {
        **logos.look(cycle.public_programme),
        "language": language,
        "site": settings.ESCALE_SITE_NAME,
        "heading": _("Joining instructions"),
        "title": str(cycle.title),
        "who": str(person),
        "organisation": person.organisation_name,
        "head": [_("When"), _("Where")],
        "rows": [[_when(session, language=language), naming.where(session)] for session in held],
        "facts": [
            [label, text]
            for label, text in (
                (_("How to get there"), "\n".join(result["ways"])),
                (_("Sign-in"), result["signing"]),
                (_("Trainers"), ", ".join(result["trainers"])),
                (_("Price"), result["price"]),
                (_("Programme sheet"), result["programme_url"]),
                (_("Cancelled"), ", ".join(result["cancelled"])),
                (_("Contact"), contact),
            )
            if text
        ],
        "absence": _("You cannot come? Tell us as soon as you can: %(contact)s.") % {"contact": contact},
        "foot": _("Written on %(date)s. %(site)s")
        % {
            "date": wording.long_date(at.astimezone(cycle.zone).date(), language=language),
            "site": settings.ESCALE_SITE_NAME,
        },
    }
    return Sheet(SOURCE, data, note=_("Some signs are left out: no font here has them.")).pdf(at=at)


def _when(session: Session, *, language: str) -> str:
    if session.starts_at is None or session.ends_at is None:
        return ""
    result = wording.long_when(
        session.starts_at,
        session.ends_at,
        zone=session.cycle.timezone,
        all_day=session.is_all_day,
        language=language,
    )
    return naming.with_hour_note(result, session)
