"""What a person decides about themselves: reminders, newsletter, name, language, address.

Three acts are kept apart: cancelling registrations (`booking`), stopping reminders, leaving the newsletter.
What an organiser corrects for somebody is in `correcting`.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from accounts import addresses, periods
from registrations import booking, proofs
from registrations.calendar import feed_tokens
from registrations.calendar.calendar_version import raised
from registrations.events import AddressAsked, AddressChanged, LinkAsked
from registrations.models import Consent, ConsentText, CycleRegistration, Participant, new_link_secret
from registrations.people import names
from registrations.people.data import notices

if TYPE_CHECKING:
    import datetime as dt


def stop_reminders(participant: Participant, *, at: dt.datetime) -> None:
    """Send no more reminders; registrations, notices of changes and the newsletter stay as they are."""
    Participant.objects.filter(pk=participant.pk, reminders_stopped_at=None).update(
        reminders_stopped_at=at, version=F("version") + 1
    )


def resume_reminders(participant: Participant) -> None:
    Participant.objects.filter(pk=participant.pk, reminders_stopped_at__isnull=False).update(
        reminders_stopped_at=None, version=F("version") + 1
    )


def has_newsletter(participant: Participant) -> bool:
    return participant.consents.filter(
        text__purpose=ConsentText.Purpose.NEWSLETTER, withdrawn_at=None
    ).exists()


@transaction.atomic
def join_newsletter(participant: Participant, *, form: str, at: dt.datetime) -> None:
    """Record the consent with the words that were shown; agreeing twice is agreeing once."""
    text = notices.texts([ConsentText.Purpose.NEWSLETTER], at=at)[ConsentText.Purpose.NEWSLETTER]
    Consent.objects.bulk_create(
        [Consent(participant=participant, text=text, form=form, given_at=at)], ignore_conflicts=True
    )


def leave_newsletter(participant: Participant, *, at: dt.datetime) -> None:
    """Withdraw the consent; the row stays as proof of both dates. Nothing else changes."""
    participant.consents.filter(text__purpose=ConsentText.Purpose.NEWSLETTER, withdrawn_at=None).update(
        withdrawn_at=at
    )


def is_asking(participant: Participant, *, at: dt.datetime) -> bool:
    """Tell whether another address of theirs waits to be proved."""
    asked_at = participant.asked_email_at
    return asked_at is not None and at < asked_at + periods.length("prove")


def forget_asked_addresses(*, at: dt.datetime) -> int:
    """Erase the addresses that nobody proved in time; return how many."""
    stale = Participant.objects.filter(asked_email_at__lte=at - periods.length("prove"))
    return stale.update(asked_email="", asked_email_at=None)


def prove(participant: Participant, *, at: dt.datetime) -> None:
    """Note that whoever reads the address pressed a button: their own page opens from now on."""
    Participant.objects.filter(pk=participant.pk, proved_at=None).update(
        proved_at=at, version=F("version") + 1
    )


def renew_links(row: Participant, *, at: dt.datetime) -> None:
    """End every personal link of a locked person; what is mailed from now on holds the new ones."""
    row.link_secret, row.links_renewed_at = new_link_secret(), at
    # The links to join stand in the private calendar, too.
    Participant.objects.filter(pk=row.pk).update(
        link_secret=row.link_secret, links_renewed_at=at, **raised(at=at)
    )


@transaction.atomic
def end_old_links(participant: Participant, *, at: dt.datetime) -> None:
    """End every link of a person, at their wish, and mail them the new one: whoever else had one has none now."""
    row = Participant.objects.select_for_update().get(pk=participant.pk)
    if feed_tokens.live(row) is not None:
        feed_tokens.reset(row, at=at)
    row.asked_email, row.asked_email_at = "", None
    row.save(update_fields=["asked_email", "asked_email_at"])
    renew_links(row, at=at)
    LinkAsked(participant=row, at=at).send()


@transaction.atomic
def set_person(
    participant: Participant,
    *,
    given_name: str,
    family_name: str,
    organisation_name: str,
    language: str,
    timezone: str,
    at: dt.datetime,
) -> None:
    """Change what a person says about themselves (the address has its own way: it is proved first).

    The page says that the organisers of all their cycles see it, so from then on they do.
    """
    Participant.objects.filter(pk=participant.pk).update(
        given_name=given_name,
        family_name=family_name,
        organisation_name=organisation_name,
        language=language,
        timezone=timezone,
        **raised(at=at),
    )
    names.forget_typed(CycleRegistration.objects.filter(participant=participant))
    participant.refresh_from_db()


@transaction.atomic
def ask_address(participant: Participant, *, email: str, at: dt.datetime) -> None:
    """Write to a new address so that its owner can prove it; nothing changes before that.

    The last address that was asked for is the one that can be proved. The caller cannot tell whether it is known:
    one that is somebody else's gets a mail about that. One that nobody ever confirmed counts as nobody's.
    """
    key = booking.address_key(email)
    if key == participant.email_key:
        return
    holder = Participant.objects.filter(email_key=key, confirmed_at__isnull=False).first()
    new = addresses.read(email)
    if holder is None:
        Participant.objects.filter(pk=participant.pk).update(asked_email=new, asked_email_at=at)
    AddressAsked(participant=participant, email=new, holder=holder, at=at).send()


@transaction.atomic
def change_address(participant: Participant, *, email: str, renews_feed: bool, at: dt.datetime) -> bool:
    """Make a proved address the person's, and tell the one before; return False if it is somebody else's.

    Every link of before ends. The private calendar gets a new address, too, unless the person keeps theirs.
    """
    row = Participant.objects.select_for_update().get(pk=participant.pk)
    if row.link_secret != participant.link_secret:
        # Their links were ended since the one that was pressed was read.
        return False
    row.proved_at = at
    holder = holder_of(email, beside=row)
    if holder is not None and holder.confirmed_at is not None:
        return False
    if renews_feed and feed_tokens.live(row) is not None:
        feed_tokens.reset(row, at=at)
    write_address(row, email=email, instead_of=holder, at=at)
    return True


def holder_of(email: str, *, beside: Participant) -> Participant | None:
    """Return who else has an address, locked; they may never have proved it."""
    others = Participant.objects.select_for_update().exclude(pk=beside.pk)
    return others.filter(email_key=booking.address_key(email)).first()


def _give_way(person: Participant, *, at: dt.datetime) -> None:
    """Let somebody who never proved their address go; what they signed stays, with the name and no address."""
    proved = person.cycle_registrations.filter(proofs.of_cycle_registrations())
    for registration in person.cycle_registrations.exclude(pk__in=proved.values("pk")):
        booking.remove(registration, at=at)
    if not proved.exists():
        person.delete()
        return
    Participant.objects.filter(pk=person.pk).update(
        email="", email_key=f"erased:{uuid.uuid4()}", link_secret=new_link_secret(), erased_at=at
    )


def write_address(
    row: Participant,
    *,
    email: str,
    instead_of: Participant | None,
    corrected: CycleRegistration | None = None,
    at: dt.datetime,
) -> None:
    """Give a locked person an address, `instead_of` somebody who typed it once and never proved it.

    `corrected` is the registration on which an organiser corrected it: whoever reads the new address has proved
    nothing yet, and has no private calendar that somebody else may know.
    """
    if instead_of is not None:
        _give_way(instead_of, at=at)
    if corrected is not None:
        row.proved_at = None
        feed_tokens.revoke(row, at=at)
    before = row.email
    row.email, row.email_key = addresses.read(email), addresses.key(email)
    row.asked_email, row.asked_email_at = "", None
    row.save(update_fields=["email", "email_key", "asked_email", "asked_email_at", "proved_at"])
    renew_links(row, at=at)
    AddressChanged(participant=row, before=before, corrected=corrected, at=at).send()
