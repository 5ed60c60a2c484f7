"""All retention rules together, those of mails included; what the daily task and the command run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.delivery import sent_texts
from notifications.models import Delivery, GroupMessage
from registrations.people.data import retention, retention_periods
from registrations.people.data.retention import Rule
from surveys import keeping
from training import kept

if TYPE_CHECKING:
    import datetime as dt

FINAL = (
    Delivery.State.SENT,
    Delivery.State.FAILED,
    Delivery.State.SUPPRESSED,
    Delivery.State.SKIPPED,
    Delivery.State.UNCERTAIN,
)


def _mails(at: dt.datetime) -> int:
    """Forget to whom old mails went, and what they said.

    The rows stay: they count, and their keys keep a mail from leaving twice.
    """
    old = Delivery.objects.filter(state__in=FINAL, created_at__lt=retention_periods.since("mails_months", at))
    old.exclude(text=None).update(text=None)
    sent_texts.delete_unused()
    return old.exclude(to_address="", participant=None).update(
        to_address="", domain="", last_error="", participant=None
    )


def _group_messages(at: dt.datetime) -> int:
    """Delete drafts that nobody sent (how their group was searched may name somebody), and all of cycles long over."""
    drafts = Q(sent_at=None, written_at__lt=retention_periods.since("mails_months", at))
    old = Q(
        cycle__in=retention.ended(before=retention_periods.since("registrations_months", at)).values("pk")
    )
    return GroupMessage.objects.filter(drafts | old).delete()[1].get(GroupMessage._meta.label, 0)


def _training(at: dt.datetime) -> int:
    return kept.erase_old(at=at)


def _surveys(at: dt.datetime) -> int:
    return keeping.erase_old(at=at)


RULES: tuple[Rule, ...] = (
    # Before the rest: what a proof named may go with it.
    Rule(code="training", words=_("proofs of training whose date has passed"), apply=_training),
    Rule(code="surveys", words=_("texts and named answers of surveys; figures stay"), apply=_surveys),
    *retention.RULES,
    Rule(code="mails", words=_("addresses that emails went to"), apply=_mails),
    Rule(
        code="group_messages", words=_("messages to groups: old drafts, ended cycles"), apply=_group_messages
    ),
)


def run(*, at: dt.datetime, is_dry: bool = False) -> dict[str, int]:
    """Apply every rule; return {code: how many}. A dry run counts all the same and writes nothing."""
    counts = {}
    with transaction.atomic():
        for rule in RULES:
            counts[rule.code] = rule.apply(at)
        transaction.set_rollback(is_dry)
    return counts
