"""What organisers and administrators do by hand to mails: send again, withdraw, let an address back, pause all.

The states themselves are written by `ledger`. Nothing here can send a mail twice by itself: a mail that is sent
again keeps its key and its Message-ID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import journal
from notifications.mail.kinds import KINDS
from notifications.models import Delivery, Heartbeat, Suppression
from registrations.models import CycleRegistration
from speakers.people import speaking

from . import ledger, restored
from .run import sending

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from accounts.models import User
    from cycles.models import Cycle

State = Delivery.State
Reason = Delivery.Reason
# What did not reach its reader: no server took it, its address is stopped, or it came back.
LOST = Q(state__in=(State.FAILED, State.SUPPRESSED)) | Q(ledger.bounced(), state=State.SENT)
# What was not sent because somebody said so.
BY_HAND = (Reason.STOPPED, Reason.STEP_OFF, Reason.RESTORED)
# What may be sent again: these, and what nobody knows the fate of.
AGAIN = LOST | Q(state=State.UNCERTAIN) | Q(state=State.SKIPPED, reason__in=BY_HAND)


class InterventionError(Exception):
    """A wish that cannot be granted; the message says why, in the organiser's language."""


def retry(delivery: Delivery, *, by: User | None, at: dt.datetime) -> None:
    """Send one mail again, to the address that its person has now. Raises InterventionError when it cannot."""
    with journal.entry("mail.retry", delivery, by=by, at=at):
        row = Delivery.objects.select_related(
            "participant", "session__cycle", "cycle_registration__cycle"
        ).get(pk=delivery.pk)
        address = _address(row)
        if not address:
            raise InterventionError(_("The person was erased: there is nobody to write to."))
        if not Delivery.objects.filter(AGAIN, pk=row.pk).exists():
            raise InterventionError(
                _("Only an email that failed or bounced, is held or was withdrawn can be sent again.")
            )
        if row.not_after is not None and row.not_after <= at:
            raise InterventionError(_("It would come too late now."))
        if ledger.is_suppressed(address, scope=ledger.scope_of(row)):
            raise InterventionError(
                _("This address is stopped: correct it, or let it back in first (list of stopped addresses).")
            )
        if not ledger.requeue(Delivery.objects.filter(AGAIN, pk=row.pk), address=address, at=at):
            raise InterventionError(
                _("Only an email that failed or bounced, is held or was withdrawn can be sent again.")
            )
        sending.wake()


def _address(row: Delivery) -> str:
    """Return where a mail would go now; empty when there is nobody any more."""
    if KINDS[row.kind].is_to_speaker:
        speaker = speaking.find(row.session, email=row.to_address) if row.session else None
        return speaker.email if speaker else ""
    if KINDS[row.kind].is_to_organiser:
        return row.to_address
    return row.participant.email if row.participant else ""


def withdraw(delivery: Delivery, *, by: User | None, at: dt.datetime) -> None:
    """Withdraw one mail that waits or is held: it is listed as stopped, and can be sent after all."""
    with journal.entry("mail.withdraw", delivery, by=by, at=at):
        if not ledger.skip(Delivery.objects.filter(pk=delivery.pk), reason=Reason.STOPPED, held=True):
            raise InterventionError(_("It is leaving or has left: it cannot be withdrawn any more."))


def withdraw_several(
    rows: QuerySet[Delivery], *, cycle: Cycle, expected: int, by: User | None, at: dt.datetime
) -> int:
    """Withdraw those of some mails of a cycle that wait; return how many. What is leaving or sent stays.

    `expected` is how many the organiser was shown. Raises InterventionError when more wait by now, or none.
    """
    with journal.entry("mail.withdraw_several", cycle, by=by, at=at):
        waiting = Delivery.objects.filter(pk__in=rows.order_by().values("pk"), state=State.PENDING)
        if waiting.count() > expected:
            raise InterventionError(_("More emails wait than you were shown: look again."))
        withdrawn = ledger.skip(waiting, reason=Reason.STOPPED)
        if not withdrawn:
            raise InterventionError(_("Nothing was waiting any more: no email was stopped."))
        return withdrawn


def stop(
    registration: CycleRegistration,
    *,
    reason: Suppression.Reason,
    by: User | None,
    at: dt.datetime,
) -> bool:
    """Send nothing more to somebody's address from the programme of a cycle; return whether that is new."""
    with journal.entry("address.stop", registration, by=by, at=at, detail=str(reason)) as entry:
        address, scope = registration.participant.email, _scope(registration)
        if ledger.is_suppressed(address, scope=scope):
            entry.drop()
            return False
        ledger.suppress(address, reason=reason, at=at, scope=scope)
        return True


def _scope(registration: CycleRegistration) -> str:
    return Suppression.scope_for(registration.cycle.programme_id)


def allow(
    registration: CycleRegistration,
    *,
    within: QuerySet[Cycle],
    by: User | None,
    at: dt.datetime,
) -> bool:
    """Take somebody's address off the list of stopped ones; return whether it was on it. It may come back.

    `within` are the cycles that the organiser plans. What stops the whole site is lifted where the person is
    registered nowhere else and the address only bounced; else by a site administrator. Raises InterventionError.
    """
    with journal.entry("address.allow", registration, by=by, at=at) as entry:
        stops = ledger.stops_of(registration.participant.email, scope=_scope(registration))
        site_wide = stops.filter(scope=Suppression.SITE).first()
        if site_wide is not None and not (by is None or by.is_superuser):
            theirs = CycleRegistration.objects.filter(participant=registration.participant_id)
            if site_wide.reason != Suppression.Reason.BOUNCE or theirs.exclude(cycle__in=within).exists():
                raise InterventionError(
                    _("This address is stopped for the whole site: only a site administrator lets it back.")
                )
        is_lifted = bool(stops.delete()[0])
        if not is_lifted:
            entry.drop()
        return is_lifted


def pause(*, by: User | None, at: dt.datetime) -> None:
    """Let no mail leave the site until `resume`; everything goes on being planned and waits."""
    with journal.entry("mail.pause", by=by, at=at):
        sending.beat(sending.PAUSED, at=at + restored.FOR_EVER, detail=str(by or ""))


def resume(*, by: User | None, at: dt.datetime, sets_aside: bool = False) -> int:
    """End a pause; return how many mails were set aside. What has become too late is skipped and says so.

    `sets_aside` what is due by now: after a backup was restored it may have left already.
    """
    with journal.entry("mail.resume", by=by, at=at):
        aside = restored.set_aside(at=at) if sets_aside else 0
        Heartbeat.objects.filter(name=sending.PAUSED).delete()
    sending.wake()
    return aside
