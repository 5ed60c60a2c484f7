"""Moving a cycle, a module, a post, a resource, an event from one programme to another.

What moves takes its people, its mails and its history along, and those who held it can no longer open it: it needs
the right to do so in both programmes, whichever door it leaves by (an editor, an imported file).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import journal
from cycles import access
from cycles.models import Programme
from cycles.schedule.revision import PlanningError

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import Model

    from accounts.models import User


class TransferError(PlanningError):
    """A move between programmes by somebody who does not own both; the message says whom to ask."""


def may_move(user: User | None, *, origin: Programme | None, target: Programme | None) -> bool:
    """Tell whether someone may move a thing between two programmes; None as the user is whoever runs the server.

    What belongs to no programme is the site administrators' (`access.rights`), to take and to give.
    """
    return user is None or all(
        access.Right.MOVE in access.rights(user, programme) for programme in (origin, target)
    )


def settle(row: Model, *, origin: Programme | None, by: User | None, at: dt.datetime) -> None:
    """Allow and note a move of a row that was just written; nothing happens when it is where it was.

    Call it in the transaction of the write, with the programme that the row belonged to before (`origin`).
    Raises TransferError, upon which the caller rolls its write back.
    """
    target = access.programme_of(row)
    if target == origin:
        return
    if not may_move(by, origin=origin, target=target):
        raise TransferError(_refusal(origin, target))
    if by is not None:
        for verb, programme in (("content.move-out", origin), ("content.move-in", target)):
            if programme is not None:
                journal.record(verb, by=by, at=at, target=row, programme_id=programme.pk)


def _refusal(origin: Programme | None, target: Programme | None) -> str:
    if origin is None or target is None:
        return _("Only a site administrator gives something to no programme, or takes it from there.")
    # As they are stored: an importer has their titles as its file wrote them.
    names = Programme.objects.in_bulk([origin.pk, target.pk])
    return _(
        "Only somebody who is an owner of both programmes moves something from “%(origin)s” to “%(target)s”: "
        "ask an owner, or leave it where it is."
    ) % {"origin": names[origin.pk], "target": names[target.pk]}
