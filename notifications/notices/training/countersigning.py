"""Asking the trainers of a half-day that is over to countersign its sheet: one email each, at most one a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts import addresses, journal
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery
from speakers.people import contacts, speaking
from training.signing import queries

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from cycles.models import Session

KIND = "countersign_asked"


def ask(session: Session, *, by: User | None, at: dt.datetime) -> int:
    """Owe the email to each trainer whose address the agenda names; return to how many it goes now.

    None while the half-day is not over, or once its sheet is countersigned.
    """
    with journal.entry("training.ask_countersign", session, by=by, at=at) as entry:
        is_over = session.ends_at is not None and session.ends_at <= at
        waits = queries.in_training(session) and session.is_held and queries.live_sheet(session.pk) is None
        trainers = speaking.of(session) if is_over and waits else []
        contacts.ensure([one.email for one in trainers], at=at)
        day = at.astimezone(session.zone).date().isoformat()
        mails = [
            Delivery(
                key=f"countersign:{session.pk}:{day}:{ledger.address_hash(one.email)[:32]}",
                kind=KIND,
                session=session,
                revision=session.revision,
                to_address=one.email,
                domain=addresses.domain(one.email),
                language=one.language,
                created_at=at,
                next_at=at,
            )
            for one in trainers
        ]
        known = set(Delivery.objects.filter(key__in=[m.key for m in mails]).values_list("key", flat=True))
        new = [mail for mail in mails if mail.key not in known]
        if not new:
            entry.drop()
            return 0
        ledger.owe(new)
        sending.wake()
        return len(new)
