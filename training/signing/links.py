"""Personal links of signing: a trainee's for one half-day, a trainer's for one, a tablet's for one and a few hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from cycles.models import Session
from registrations.links import sealed_tokens
from registrations.models import Registration
from speakers.people import speaking

if TYPE_CHECKING:
    import datetime as dt

    from registrations.models import Participant
    from speakers.people.speaking import Speaker


def sign_token(registration: Registration, *, person: Participant | None = None) -> str:
    """Return the token by which somebody signs for one half-day; fetch its participant, or give them."""
    holder = person or registration.participant
    return sealed_tokens.make("sign", registration.pk, secret=holder.link_secret)


def sign(registration: Registration, *, language: str, person: Participant | None = None) -> str:
    """Return the whole address of the page on which somebody signs for one half-day."""
    return address("sign", sign_token(registration, person=person), language=language)


def signer(token: str) -> Registration | None:
    """Return whose half-day a link is for; None for every link that is not, or no more."""
    sealed = sealed_tokens.read("sign", token)
    if sealed is None:
        return None
    rows = Registration.objects.select_related(
        "session__cycle__programme__picture", "participant", "cycle_registration"
    )
    row = rows.filter(
        pk=sealed.numbers[0], participant__erased_at=None, participant__anonymised_at=None
    ).first()
    return row if row is not None and sealed.is_sealed_with(row.participant.link_secret) else None


def _teach_secret(session: Session, email: str) -> str:
    return f"teach:{session.pk}:{speaking.mark(email)}"


def teach_token(session: Session, *, email: str) -> str:
    """Return the token by which a trainer without an account keeps the sheet of one half-day."""
    return sealed_tokens.make("teach", session.pk, secret=_teach_secret(session, email))


def teach(session: Session, *, email: str, language: str) -> str:
    return address("teach-sheet", teach_token(session, email=email), language=language)


def trainer(token: str) -> tuple[Session, Speaker] | None:
    """Return which half-day a link is for, and whose it is; None once they do not train there any more."""
    sealed = sealed_tokens.read("teach", token)
    if sealed is None:
        return None
    session = (
        Session.objects.select_related("cycle__programme__picture")
        .filter(pk=sealed.numbers[0], legal_frame=Session.LegalFrame.TRAINING)
        .first()
    )
    if session is None:
        return None
    for one in speaking.of(session):
        if sealed.is_sealed_with(_teach_secret(session, one.email)):
            return session, one
    return None


class Tablet(NamedTuple):
    """A device in the room: which half-day, and the name of who answers for it."""

    session: Session
    by_name: str


# How long the address of a tablet opens the list.
TABLET_LIVES = sealed_tokens.TABLET


def tablet_token(session: Session, *, by_name: str, at: dt.datetime) -> str:
    """Return the token of a tablet, for TABLET_LIVES. The name of who holds it is sealed with it, beside it."""
    return sealed_tokens.make("tablet", session.pk, secret=f"tablet:{session.revision}:{by_name}", at=at)


def tablet(token: str, by_name: str, *, at: dt.datetime) -> Tablet | None:
    """Return what a tablet's link opens; None for every other, an expired one, or one of before a move."""
    sealed = sealed_tokens.read("tablet", token)
    if sealed is None or sealed.is_expired(at=at):
        return None
    sessions = Session.objects.select_related("cycle__programme__picture")
    session = sessions.filter(pk=sealed.numbers[0]).first()
    if session is None or not sealed.is_sealed_with(f"tablet:{session.revision}:{by_name}"):
        return None
    return Tablet(session=session, by_name=by_name)


def no_tablet(token: str) -> None:
    """Open nothing with the token of a tablet alone: it is half of the link."""
    del token


def address(name: str, *args: object, language: str) -> str:
    """Return the whole address of a page of training."""
    with translation.override(language):
        return settings.ESCALE_BASE_URL + reverse(f"training:{name}", args=args)


def room_key() -> bytes:
    """Return the key of the codes that are shown in rooms."""
    return f"escale.training.room:{settings.SECRET_KEY}".encode()
