"""A mail while it is written: whose it is, of which kind, and how it shows sessions, hours and addresses."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from cycles.content import logos
from cycles.language import naming, wording
from cycles.models import Session
from cycles.models.shared import Modality
from notifications.mail.parts.envelope import Voice, voice
from registrations.links import personal_links
from training.signing import links as signing
from training.signing import queries as signed_for

if TYPE_CHECKING:
    import datetime as dt

    from cycles.content.logos import Logo
    from cycles.models import Cycle, Programme
    from notifications.mail.kinds import Kind
    from notifications.mail.own_texts.texts import Texts
    from notifications.models import Delivery
    from registrations.models import Participant, Registration


class Reader(Protocol):
    """Whom a mail is written for: someone registered, or someone who speaks."""

    @property
    def given_name(self) -> str: ...
    @property
    def timezone(self) -> str: ...


@dataclass(frozen=True)
class Stop:
    """A session as a mail shows it."""

    title: str
    when: str
    url: str
    summary: str
    is_tentative: bool
    # Where to come to; empty for what is held online alone.
    where: str = ""


long_when = functools.lru_cache(maxsize=1024)(wording.long_when)
short_when = functools.lru_cache(maxsize=1024)(wording.short_when)


# The same few for all the mails of a mailing.
@functools.lru_cache(maxsize=1024)
def _path(name: str, slugs: tuple[str, ...], _language: str | None) -> str:
    return reverse(name, args=slugs)


def address(name: str, *slugs: str) -> str:
    """Return the full address of a page in the language that is active."""
    return settings.ESCALE_BASE_URL + _path(name, slugs, translation.get_language())


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One mail as it stands at `at`. The language of its reader is active while it is written."""

    delivery: Delivery
    kind: Kind
    reader: Reader
    at: dt.datetime
    texts: Texts

    @property
    def language(self) -> str:
        return self.delivery.language

    @property
    def participant(self) -> Participant:
        """The person registered to whom it goes. Raises ValueError for a mail to anybody else."""
        if self.delivery.participant is None:
            msg = f"delivery {self.delivery.pk} has lost its person"
            raise ValueError(msg)
        return self.delivery.participant

    @functools.cached_property
    def cycle(self) -> Cycle:
        if self.delivery.cycle_registration is not None:
            return self.delivery.cycle_registration.cycle
        if self.delivery.session is not None:
            return self.delivery.session.cycle
        msg = f"delivery {self.delivery.pk} names neither a registration nor a session"
        raise ValueError(msg)

    @property
    def session(self) -> Session | None:
        """The session that it is about, if it is about one."""
        if self.kind.is_to_group:
            # Its place at a session says who is meant, not what the message is about.
            return None
        if self.delivery.session is not None:
            return self.delivery.session
        return self.delivery.registration.session if self.delivery.registration is not None else None

    @functools.cached_property
    def voice(self) -> Voice:
        return voice(None if self.kind.is_personal else self.cycle)

    @property
    def programme(self) -> Programme | None:
        """Whose look it has: the programme of the cycle that it is about, once that is public."""
        return None if self.kind.is_personal else self.cycle.public_programme

    @functools.cached_property
    def logo(self) -> Logo | None:
        return logos.logo(getattr(self.programme, "picture", None))

    def zone(self, session: Session) -> str:
        """Return in whose hours a session is told: the reader's, from afar.

        A whole day is the cycle's wherever one reads it, and whoever comes to a place looks at its clocks.
        """
        is_from_afar = not session.is_all_day and session.modality != Modality.ON_SITE
        return (is_from_afar and self.reader.timezone) or session.cycle.timezone

    def stop(self, session: Session) -> Stop:
        """Return a session as the mail shows it, in the reader's zone and language."""
        when = ""
        if session.starts_at is not None and session.ends_at is not None:
            when = long_when(
                session.starts_at,
                session.ends_at,
                zone=self.zone(session),
                all_day=session.is_all_day,
                language=translation.get_language() or "fr",
            )
            when = naming.with_hour_note(when, session)
        return Stop(
            title=naming.session_title(session),
            when=when,
            url=address("cycles:session-detail", session.cycle.slug, session.slug),
            summary=str(session.summary),
            is_tentative=session.status == Session.Status.TENTATIVE,
            where=naming.where(session) if session.is_on_site else "",
        )


def join_url(seat: Registration, session: Session, draft: Draft) -> str:
    """Return the reader's link to the room; empty where there is none, and nobody is told to join."""
    if not session.has_room:
        return ""
    return personal_links.join(seat, language=draft.language, person=draft.delivery.participant)


def sign_url(seat: Registration | None, session: Session | None, draft: Draft) -> str:
    """Return the reader's link to sign for a half-day of training; empty where nobody signs, or without a place."""
    person = draft.delivery.participant
    if seat is None or session is None or person is None or not signed_for.is_signed_for(session):
        return ""
    return signing.sign(seat, language=draft.language, person=person)
