"""Messages to a group of people registered: written, looked at, sent once, stopped while they wait.

Sending freezes the group: one row of the ledger a person, in one statement, due after a grace. The key names the
message and the person, and a message is sent once, so nobody gets it twice whoever presses the button how often.
What is true of a person when their mail leaves is looked at then, as for every mail: erased, cancelled, left the news.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    Min,
    OuterRef,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from accounts import journal
from cycles.content.editing import fingerprint
from cycles.models import Cycle
from cycles.schedule import planning
from cycles.schedule.revision import StaleError
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.mail.own_texts import texts
from notifications.models import Delivery, GroupMessage, NewsStop
from registrations.models import CycleRegistration, Registration, State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from django.db.models import QuerySet

    from accounts.models import User
    from cycles.models import Session

# What nothing could send within days is no news any more.
LIVES = dt.timedelta(days=3)
KIND_OF = {
    GroupMessage.About.ORGANISATION: "group_message",
    GroupMessage.About.NEWS: "group_news",
}
# They asked, and somebody decides or will: the others left, were refused, or never proved an address.
WRITTEN_TO = (State.CONFIRMED, State.WAITLISTED, State.OFFERED, State.IN_REVIEW)


class GroupMessageError(Exception):
    """A wish that cannot be granted; the message says why, in the organiser's language."""


def digest(message: GroupMessage) -> str:
    """Return a short text that differs whenever the words of a message do."""
    return fingerprint([message.about, message.subjects, message.bodies])


def write(
    cycle: Cycle,
    *,
    message: GroupMessage | None = None,
    values: Mapping[str, Any],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> GroupMessage:
    """Keep a draft: `about`, `subjects`, `bodies` by language, and `selection` for a new one.

    Raises texts.TextError for words that cannot be sent, GroupMessageError for a message that has left, StaleError
    when the draft is no longer what it was when its `digest` was `seen`.
    """
    results = []
    for language, _name in settings.LANGUAGES:
        results += texts.problems(values["subjects"].get(language, ""), kind="group_message", one_line=True)
        results += texts.problems(values["bodies"].get(language, ""), kind="group_message")
    if results:
        raise texts.TextError(results)
    with journal.entry("group_message.write", by=by, at=at) as entry:
        row = _begun(cycle, values, by=by) if message is None else _draft(message)
        if message is not None and seen is not None and digest(row) != seen:
            raise StaleError(row)
        for name in ("about", "subjects", "bodies", "selection"):
            if name in values:
                setattr(row, name, values[name])
        row.by, row.written_at = by, at
        row.save()
        entry.about(row)
        return row


def _begun(cycle: Cycle, values: Mapping[str, Any], *, by: User | None) -> GroupMessage:
    """Return a new draft, or the same one that they have just begun: a form that was sent twice is one message."""
    Cycle.objects.select_for_update().get(pk=cycle.pk)
    drafts = GroupMessage.objects.filter(cycle=cycle, by=by, sent_at=None)
    same = (row for row in drafts if all(getattr(row, name) == value for name, value in values.items()))
    return next(same, None) or GroupMessage(cycle=cycle)


def _draft(message: GroupMessage) -> GroupMessage:
    row = GroupMessage.objects.select_for_update().get(pk=message.pk)
    if not row.is_draft:
        raise GroupMessageError(_("This message has left already: write a new one."))
    return row


def discard(message: GroupMessage, *, by: User | None, at: dt.datetime) -> None:
    """Throw a draft away. Raises GroupMessageError for a message that has left."""
    with journal.entry("group_message.discard", message, by=by, at=at):
        _draft(message).delete()


def readers(message: GroupMessage, people: QuerySet[CycleRegistration]) -> QuerySet[CycleRegistration]:
    """Return those of some people to whom a message goes: in the cycle or waiting, and not having left its news."""
    queryset = people.filter(state__in=WRITTEN_TO, participant__anonymised_at=None).exclude(
        participant__email=""
    )
    if message.about == GroupMessage.About.NEWS:
        left = NewsStop.objects.filter(participant=OuterRef("participant"), cycle=message.cycle_id)
        queryset = queryset.exclude(Exists(left))
    return queryset


def send(
    message: GroupMessage,
    *,
    people: QuerySet[CycleRegistration],
    expected: int,
    session: Session | None = None,
    by: User | None,
    at: dt.datetime,
) -> int:
    """Owe a message to those `people` whom it is for, after the grace; return how many. A second time changes nothing.

    `session` is the one that they were chosen by: whoever gives up their place there meanwhile gets nothing.
    `expected` is how many the organiser was shown. Raises GroupMessageError when it is another number, or none.
    """
    with journal.entry("group_message.send", message, by=by, at=at):
        row = GroupMessage.objects.select_for_update().get(pk=message.pk)
        if row.people is not None:
            return row.people
        result = readers(row, people)
        count = result.count()
        if count == 0:
            raise GroupMessageError(_("Nobody is left to write to: choose other people."))
        if count != expected:
            raise GroupMessageError(
                _("The group has changed since you looked: it is now %(count)d. Look again.")
                % {"count": count}
            )
        columns: dict[str, Any] = {
            "key": Concat(Value(f"group:{row.pk}:"), Cast("pk", CharField())),
            "kind": Value(KIND_OF[GroupMessage.About(row.about)]),
            "cycle_registration_id": F("pk"),
            "group_message_id": Value(row.pk, output_field=BigIntegerField()),
            "not_after": Value(at + LIVES, output_field=DateTimeField()),
        }
        if session is not None:
            places = Registration.objects.live().filter(cycle_registration=OuterRef("pk"), session=session)
            columns["registration_id"] = Subquery(places.order_by().values("pk")[:1])
        row.people = ledger.insert(result, columns, at=at, leaves_at=at + planning.grace())
        row.sent_at, row.selection = at, {}
        row.save(update_fields=["people", "sent_at", "selection"])
    sending.wake()
    return row.people


def stop(message: GroupMessage, *, by: User | None, at: dt.datetime) -> int:
    """Withdraw the mails that have not left; return how many. What was sent stays sent.

    Raises GroupMessageError when none waits: one that has left to everybody is not stopped.
    """
    with journal.entry("group_message.stop", message, by=by, at=at):
        withdrawn = ledger.skip(
            Delivery.objects.filter(group_message=message), reason=Delivery.Reason.STOPPED
        )
        if not withdrawn:
            raise GroupMessageError(_("Nothing was waiting any more: nothing was stopped."))
        GroupMessage.objects.filter(pk=message.pk, stopped_at=None).update(stopped_at=at)
        return withdrawn


def leaves_at(message: GroupMessage) -> dt.datetime | None:
    """Return when the first of the mails that still wait leaves."""
    waiting = Delivery.objects.filter(group_message=message, state=Delivery.State.PENDING)
    first: dt.datetime | None = waiting.aggregate(first=Min("next_at"))["first"]
    return first


def counts(message: GroupMessage) -> Counter[str]:
    """Return how many mails of a message are in which state."""
    rows = Delivery.objects.filter(group_message=message).order_by().values_list("state")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def by_language(people: QuerySet[CycleRegistration]) -> Counter[str]:
    """Return how many of these people read which language."""
    rows = people.order_by().values_list("participant__language").annotate(count=Count("pk"))
    return Counter(dict(rows))
