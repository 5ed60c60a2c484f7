"""What an organiser corrects for somebody: a name, an address that bounces (docs/decisions/0073)."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils.translation import gettext as _

from accounts import journal
from registrations import booking
from registrations.models import CycleRegistration, Participant, State
from registrations.people import names, participants

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from accounts.models import User
    from cycles.models import Cycle


class CorrectionError(Exception):
    """A correction that cannot be made; the message says why, in the organiser's language."""


class Corrected(enum.Enum):
    """What became of an address that was corrected."""

    NOTHING = "nothing"
    DONE = "done"


def correct_names(
    registration: CycleRegistration,
    *,
    given_name: str,
    family_name: str,
    organisation_name: str,
    within: QuerySet[Cycle],
    by: User | None,
    at: dt.datetime,
) -> bool:
    """Write how somebody is called; return whether that was anything new.

    `within` are the cycles that the organiser plans: where the person has no other, they see it on their own page.
    Elsewhere nothing changes: the registrations within say the new name, the person and the others the old one.
    """
    with journal.entry("registration.correct", registration, by=by, at=at) as entry:
        name = {"given_name": given_name, "family_name": family_name, "organisation_name": organisation_name}
        row = Participant.objects.select_for_update().get(pk=registration.participant_id)
        if row.erased_at is not None or row.anonymised_at is not None:
            entry.drop()
            return False
        theirs = CycleRegistration.objects.filter(participant=row)
        if theirs.exclude(cycle__in=within).exists():
            known = registration.person
            if all(getattr(known, column) == value for column, value in name.items()):
                entry.drop()
                return False
            written = {f"typed_{column}": value for column, value in name.items()}
            theirs.filter(cycle__in=within).update(**written)
            booking.touch([row.pk], at=at)
            return True
        was_typed = names.forget_typed(theirs)
        person = Participant.objects.filter(pk=row.pk)
        is_changed = bool(person.exclude(**name).update(**name, version=F("version") + 1) or was_typed)
        if not is_changed:
            entry.drop()
        return is_changed


def correct_address(
    registration: CycleRegistration,
    *,
    email: str,
    within: QuerySet[Cycle],
    by: User | None,
    at: dt.datetime,
) -> Corrected:
    """Write to somebody elsewhere from now on, as an organiser heard from them; the new address is told.

    `within` are the cycles that the organiser plans. Raises CorrectionError where more than those hangs on either
    address, and for the address of somebody in those cycles. Asking the reader of the new address would not do:
    the organiser may be that reader, and would open what the person does elsewhere. The newsletter is left: nobody
    agreed to it at the new address.
    """
    with journal.entry("registration.readdress", registration, by=by, at=at) as entry:
        row = Participant.objects.select_for_update().get(pk=registration.participant_id)
        if booking.address_key(email) == row.email_key:
            entry.drop()
            return Corrected.NOTHING
        if row.erased_at is not None or row.anonymised_at is not None:
            raise CorrectionError(_("The person was erased: there is nobody to write to."))
        holder = participants.holder_of(email, beside=row)
        is_taken = holder is not None and holder.confirmed_at is not None
        if is_taken and CycleRegistration.objects.filter(participant=holder, cycle__in=within).exists():
            raise CorrectionError(_("This address is that of somebody else who is registered."))
        both = [row, holder] if holder else [row]
        beyond = CycleRegistration.objects.filter(participant__in=both).exclude(cycle__in=within)
        if is_taken or beyond.exists():
            # Which of them it was is not told.
            raise CorrectionError(
                _("This address cannot be corrected here: register the person with the right one instead.")
            )
        participants.leave_newsletter(row, at=at)
        participants.write_address(row, email=email, instead_of=holder, corrected=registration, at=at)
        for request in CycleRegistration.objects.filter(participant=row, state=State.PENDING):
            booking.resend(request, at=at)
        return Corrected.DONE
