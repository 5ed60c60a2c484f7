"""Who may open what: one way from a link or an address in the site to the row behind it.

Links of before docs/decisions/0085 are signed and hold a number only. They go on opening what they were for until
the person's links are renewed for the first time, except the one of "My registrations": it opens too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.db.models import Model

from .links import personal_links, sealed_tokens, signed_values
from .models import CycleRegistration, Participant, Registration
from .people import participants

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

Found = TypeVar("Found", bound=Model)
Theirs = TypeVar("Theirs", CycleRegistration, Registration)

PEOPLE = Participant.objects.filter(erased_at=None, anonymised_at=None)
# Whoever was erased and kept for a proof has no link any more.
THEIRS = {"participant__erased_at": None, "participant__anonymised_at": None}


def _before(purpose: signed_values.Purpose, token: str) -> Any:
    """Return what a link of before carried; None for every other."""
    try:
        return signed_values.read(purpose, token)
    except signed_values.Invalid:
        return None


def _one(rows: QuerySet[Found], pk: object) -> Found | None:
    # Not a bool, which is an int.
    return rows.filter(pk=pk).first() if type(pk) is int and 0 < pk <= sealed_tokens.MOST else None


def _person(purpose: sealed_tokens.Purpose, token: str) -> Participant | None:
    sealed = sealed_tokens.read(purpose, token)
    if sealed is None:
        return None
    existing = PEOPLE.filter(pk=sealed.numbers[0]).first()
    return existing if existing is not None and sealed.is_sealed_with(existing.link_secret) else None


def _row(purpose: Literal["confirm", "join", "offer"], token: str, rows: QuerySet[Theirs]) -> Theirs | None:
    """Return the row of a participant that a link names."""
    sealed = sealed_tokens.read(purpose, token)
    if sealed is not None:
        row = rows.filter(pk=sealed.numbers[0], **THEIRS).first()
        return row if row is not None and sealed.is_sealed_with(row.participant.link_secret) else None
    row = _one(rows.filter(**THEIRS), _before(purpose, token))
    return row if row is not None and row.participant.links_renewed_at is None else None


def participant(token: str) -> Participant | None:
    """Return whose "My registrations" a link opens; None for every link that is not theirs or no more.

    Whoever has not proved the address themselves (`proved_at`) must do so before anything is shown to them.
    """
    result = _person("manage", token)
    return result if result is not None and result.confirmed_at is not None else None


def participant_of_before(token: str) -> Participant | None:
    """Return whose "My registrations" a link of before opened, until their links were renewed."""
    people = PEOPLE.filter(confirmed_at__isnull=False, links_renewed_at=None)
    return _one(people, _before("manage", token))


def participant_to_mail(token: str) -> Participant | None:
    """Return whose own link a page may offer to mail, to the address on record."""
    return _person("mail", token)


def registration(token: str) -> Registration | None:
    """Return whose place at which session a join link names."""
    rows = Registration.objects.select_related(
        "session__cycle__programme__picture", "participant", "cycle_registration"
    )
    return _row("join", token, rows)


def request_to_confirm(token: str, *, at: dt.datetime) -> tuple[CycleRegistration | None, bool]:
    """Return the request that a confirmation link names, and whether the link has expired."""
    rows = CycleRegistration.objects.select_related("participant", "cycle__programme__picture")
    sealed = sealed_tokens.read("confirm", token)
    return _row("confirm", token, rows), sealed is not None and sealed.is_expired(at=at)


def offered(token: str) -> CycleRegistration | None:
    """Return whose offers of a place a link opens."""
    rows = CycleRegistration.objects.select_related("participant", "cycle__programme__picture")
    return _row("offer", token, rows)


def newsletter_reader(token: str) -> Participant | None:
    """Return who wants to leave the newsletter by a link."""
    return _person("newsletter", token)


def subscriber(token: str) -> tuple[Participant, int | None] | None:
    """Return who wants to hear less by a link, and of which cycle (its id; None: all reminders)."""
    person = _person("unsubscribe", token)
    if person is not None:
        return person, None
    sealed = sealed_tokens.read("news", token, count=2)
    if sealed is not None:
        existing = PEOPLE.filter(pk=sealed.numbers[0]).first()
        if existing is not None and sealed.is_sealed_with(existing.link_secret):
            return existing, sealed.numbers[1]
        return None
    value = _before("unsubscribe", token)
    pk, cycle_id = value if isinstance(value, list) and len(value) == 2 else (value, None)  # noqa: PLR2004 - who, of what
    existing = _one(PEOPLE.filter(links_renewed_at=None), pk)
    return (existing, cycle_id) if existing is not None else None


def address_to_prove(token: str, *, at: dt.datetime) -> tuple[Participant, str] | None:
    """Return whose new address a link proves, and that address; None when it is too old or used up.

    Another one asked for since, or another one in force, ends it.
    """
    sealed = sealed_tokens.read("email", token)
    queryset = PEOPLE.filter(pk=sealed.numbers[0], confirmed_at__isnull=False).first() if sealed else None
    if sealed is None or queryset is None or not participants.is_asking(queryset, at=at):
        return None
    email = queryset.asked_email
    return (queryset, email) if sealed.is_sealed_with(personal_links.email_secret(queryset, email)) else None
