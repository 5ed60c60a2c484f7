"""A request of a person about their data, answered by a data-protection officer: found, read, handed over, erased.

An officer answers for the programmes in which they hold the right; what the same person does elsewhere on the
site is neither shown nor touched. The journal says who did it and to which number, never whose address it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import journal
from accounts.addresses.form_fields import AddressField
from cycles import access
from cycles.models import Cycle, Invitation, Membership, Programme, SpeakerSlot
from cycles.models import Person as PublicPerson
from notifications.delivery import ledger
from registrations import booking
from registrations.models import Participant
from registrations.people import names
from registrations.people.data import rights
from speakers.people import contacts as people_asked

if TYPE_CHECKING:
    import datetime as dt

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User
    from registrations.people.data.rights import Kept


class AddressForm(forms.Form):
    """One whole address: a part of one, a pattern or a list finds nobody."""

    email = AddressField(
        label=gettext_lazy("Email address of the person"),
        help_text=gettext_lazy(
            "The whole address, as the person wrote it. Capital letters make no difference."
        ),
        error_messages={
            "required": gettext_lazy("Give the address that the person wrote to you."),
            "invalid": gettext_lazy(
                "Give one whole address, like name@example.org. Parts and lists are not searched."
            ),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ErasureForm(forms.Form):
    """No way back: the officer says first that the right person asked."""

    checked = forms.BooleanField(
        label=gettext_lazy("I made sure that this person asks for it"),
        error_messages={
            "required": gettext_lazy("Tick it once you made sure who asks: an erasure has no way back.")
        },
    )


def contacts(user: User | AnonymousUser, *, email: str) -> list[SpeakerSlot]:
    """Return the parts of agendas, where somebody answers, for which an address is the contact."""
    slots = SpeakerSlot.objects.filter(
        contact_email=email,
        segment__session__cycle__in=access.cycles(user, right=access.Right.PRIVACY),
    )
    return list(
        slots.select_related("segment__session__cycle", "person", "organisation").order_by(
            "segment__session__starts_at", "segment__order", "order"
        )
    )


@transaction.atomic
def forget_contact(user: User | AnonymousUser, *, email: str, at: dt.datetime) -> int:
    """Erase an address wherever it is the contact of a speaker; return in how many parts it was."""
    check_officer(user)
    slots = contacts(user, email=email)
    cycles = {slot.segment.session.cycle_id for slot in slots}
    for programme_id in {slot.segment.session.cycle.programme_id for slot in slots}:
        journal.record(
            "privacy.erase",
            by=access.account(user),
            at=at,
            programme_id=programme_id,
            detail="contact",
            count=sum(slot.segment.session.cycle.programme_id == programme_id for slot in slots),
        )
    ledger.forget_speaker(email, cycles=cycles)
    return people_asked.forget(email, cycles=cycles)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A person, as far as one officer answers for them. `cycles` is None for who answers for the whole site."""

    participant: Participant
    by: User | None
    cycles: frozenset[int] | None
    programmes: tuple[Programme, ...]

    @property
    def person(self) -> names.KnownAs | Participant:
        """Who it is: for an officer, as the organisers of these programmes know them."""
        return (
            self.participant if self.cycles is None else names.known_in(self.participant, cycles=self.cycles)
        )

    def copy(self) -> dict[str, Any]:
        return rights.export(self.participant, cycles=self.cycles)

    def kept(self, *, at: dt.datetime) -> list[Kept]:
        return rights.kept(self.participant, cycles=self.cycles, at=at)


def _whole_site(user: User | AnonymousUser) -> bool:
    return bool(user.is_authenticated and user.is_active and user.is_superuser)


def check_officer(user: User | AnonymousUser) -> None:
    """Raise Refused for somebody who answers for no programme."""
    if not _whole_site(user) and not access.programmes(user, right=access.Right.PRIVACY).exists():
        raise access.Refused(programme=None, right=access.Right.PRIVACY)


def search(user: User | AnonymousUser, *, email: str, at: dt.datetime) -> Participant | None:
    """Return who is held under an address in the programmes that somebody answers for; noted in the journal."""
    people = Participant.objects.filter(
        email_key=booking.address_key(email), anonymised_at=None, erased_at=None
    )
    existing = _within(people, user).first()
    journal.record(
        "privacy.search", by=access.account(user), at=at, target=existing, count=int(existing is not None)
    )
    return existing


def _within(people: QuerySet[Participant], user: User | AnonymousUser) -> QuerySet[Participant]:
    if _whole_site(user):
        return people
    cycles = access.cycles(user, right=access.Right.PRIVACY)
    return people.filter(cycle_registrations__cycle__in=cycles).distinct()


def person_for(user: User | AnonymousUser, pk: int) -> Found:
    """Return a person as far as somebody answers for them. Raises Http404 or Refused."""
    participant = Participant.objects.filter(pk=pk, anonymised_at=None, erased_at=None).first()
    if participant is None:
        raise Http404
    theirs = Cycle.objects.filter(registrations__participant=participant)
    mine = access.cycles(user, right=access.Right.PRIVACY)
    programmes = Programme.objects.filter(cycles__in=theirs.filter(pk__in=mine)).distinct().order_by("pk")
    if _whole_site(user):
        return Found(
            participant=participant, by=access.account(user), cycles=None, programmes=tuple(programmes)
        )
    if not theirs.filter(pk__in=access.cycles(user)).exists():
        raise Http404
    ids = frozenset(mine.values_list("pk", flat=True))
    if not programmes:
        seen = Programme.objects.filter(cycles__in=theirs.filter(pk__in=access.cycles(user))).first()
        raise access.Refused(programme=seen, right=access.Right.PRIVACY)
    return Found(participant=participant, by=access.account(user), cycles=ids, programmes=tuple(programmes))


def note(name: str, found: Found, *, at: dt.datetime, detail: str = "", count: int | None = None) -> None:
    """Write a line for each programme concerned, so that the journal of each tells it."""
    numbers: list[int | None] = [programme.pk for programme in found.programmes]
    for programme_id in numbers or [None]:
        journal.record(
            name,
            by=found.by,
            at=at,
            target=found.participant,
            programme_id=programme_id,
            detail=detail,
            count=count,
        )


@transaction.atomic
def erase(found: Found, *, at: dt.datetime) -> list[Kept]:
    """Erase on request; return what stays because it must."""
    note("privacy.erase", found, at=at, count=sum(part.count for part in holdings(found.copy())))
    return rights.erase(found.participant, cycles=found.cycles, at=at)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One kind of data that is held: how much of it, why, and for how long."""

    what: str
    count: int
    why: str
    until: str


def _months(name: str, words: str) -> str:
    count = settings.ESCALE_RETENTION[name]
    return words % {"time": ngettext("%(count)d month", "%(count)d months", count) % {"count": count}}


def holdings(copy: dict[str, Any]) -> list[Holding]:
    """Return what a copy holds, by kind, with the reasons of docs/retention.md; what is not held is left out."""
    places = [place for row in copy["registrations"] for place in row["sessions"]]
    after_cycle = _("%(time)s after the end of the cycle, then only numbers")
    asked = _("The person asked to take part.")
    needs = settings.ESCALE_RETENTION["needs_days"]
    kinds = [
        Holding(
            what=_("Name, address, language"),
            count=1,
            why=asked,
            until=_("as long as a registration is held"),
        ),
        Holding(
            what=_("Registrations and answers"),
            count=len(copy["registrations"]),
            why=asked,
            until=_months("registrations_months", after_cycle),
        ),
        Holding(
            what=_("Accessibility needs"),
            count=sum(bool(row["accessibility_need"]) for row in copy["registrations"]),
            why=_("The person told it to be able to take part."),
            until=ngettext(
                "%(count)d day after the last session", "%(count)d days after the last session", needs
            )
            % {"count": needs},
        ),
        Holding(
            what=_("Notes of organisers"),
            count=sum(len(row["notes"]) for row in copy["registrations"]),
            why=_("The organisers wrote down what helps them to receive the person."),
            until=_months("registrations_months", _("%(time)s after the end of the cycle")),
        ),
        Holding(
            what=_("Attendance"),
            count=sum(len(place["attendance"]) + bool(place["joined_at"]) for place in places),
            why=_("To know who came; at a training, to prove it as the law asks."),
            until=_months("attendance_months", after_cycle)
            + ", "
            + _months("proofs_months", _("%(time)s for a training")),
        ),
        Holding(
            what=_("What was told and agreed to"),
            count=len(copy["consents"]),
            why=_("To prove what was told, and the agreement to the newsletter."),
            until=_months("contacts_months", _("until it is withdrawn, %(time)s at most without a new sign")),
        ),
        Holding(
            what=_("Surveys answered; of anonymous ones, only that they were"),
            count=len(copy.get("surveys", ())),
            why=_("So that nobody answers twice, and a training is prepared for those who come."),
            until=_months("registrations_months", after_cycle)
            + ", "
            + _months("proofs_months", _("%(time)s for a training")),
        ),
        Holding(
            what=_("Private calendar addresses"),
            count=len(copy["private_calendars"]),
            why=_("The person asked for one."),
            until=_("as long as a registration is held"),
        ),
        Holding(
            what=_("Emails sent and planned (not their text)"),
            count=len(copy.get("mails", ())),
            why=_("To send each once, and to answer who asks whether one was sent."),
            until=_months("mails_months", _("%(time)s, then without the address")),
        ),
    ]
    return [kind for kind in kinds if kind.count]


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Other places of the programmes concerned where the same person may be named."""

    namesakes: list[Participant]
    speakers: list[PublicPerson]
    contacts: list[SpeakerSlot]
    members: list[Membership]
    invitations: list[Invitation]

    def __bool__(self) -> bool:
        return bool(self.namesakes or self.speakers or self.contacts or self.members or self.invitations)


def elsewhere(found: Found, user: User | AnonymousUser) -> Elsewhere:
    """Return who has the same name under another address, speaks under it, or organises under this address."""
    person = found.person
    name = {"given_name__iexact": person.given_name, "family_name__iexact": person.family_name}
    others = Participant.objects.filter(**name, anonymised_at=None, erased_at=None).exclude(
        pk=found.participant.pk
    )
    ours = {"programme__in": found.programmes}
    return Elsewhere(
        namesakes=list(_within(others, user).order_by("pk")) if person.family_name else [],
        speakers=list(PublicPerson.objects.filter(**name).order_by("pk")) if person.family_name else [],
        contacts=contacts(user, email=person.email) if person.email else [],
        members=list(Membership.objects.filter(user__email=person.email, **ours).select_related("programme")),
        invitations=list(Invitation.objects.filter(email=person.email, **ours).select_related("programme")),
    )
