"""Nothing leaves unseen: an act of an organiser that owes mail says first to whom, and is made when that was seen.

The act itself is tried and taken back; what it would owe is read from the ledger, so no page guesses. What would leave
at once to several people waits for the grace instead, so that it can be stopped like the notice of a change.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.db import transaction
from django.db.models import Count, Max, Q
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cycles.language import wording
from cycles.models import Cycle
from desk.content.effect import Owed
from desk.mail.holding import AT_ONCE, hold
from desk.mail.kind_words import kind_in_words
from desk.schedule.consequences import language
from desk.ui.addresses import back
from notifications.mail.kinds import KINDS
from notifications.models import Announcement, Delivery, Occurrence
from notifications.plan import planner, reach
from web.requests.kept_fields import kept_fields

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    View = Callable[..., HttpResponse]

# The field of a form that carries what its page announced.
ANNOUNCED = "announced"
PLANNED = Occurrence.State.PLANNED


def announces(*, beside: str = "", asks: bool = True, says_so: bool = True) -> Callable[[View], View]:
    """Let an act that owes mail ask first, with whom it tells, how many and when.

    `beside` is the argument of the view that numbers the registration its page is about: that person is known to be
    told, and only mail to others is asked about. Without `asks` the page has said it already. `says_so`: what was sent
    is said afterwards, unless the view does.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def act(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            known = kwargs.get(beside) if beside else None
            with transaction.atomic():
                mark = Mark.now(cycle=_cycle_of(kwargs))
                response = view(request, *args, **kwargs)
                owed = mark.owed(besides=known)
                is_seen = not asks or not owed or request.POST.get(ANNOUNCED) == _digest(owed)
                if not is_seen:
                    transaction.set_rollback(True)
            if not is_seen:
                # What the act said of itself has not happened.
                request._messages = default_storage(request)  # type: ignore[attr-defined]  # noqa: SLF001 - as the middleware does
                return _ask(request, owed)
            if owed and says_so:
                messages.info(request, _in_words(owed))
            return response

        return act

    return decorate


def _cycle_of(arguments: Mapping[str, Any]) -> str:
    """Return the cycle that an act's address names; empty where it may be about several (desk/ui/addresses.py)."""
    return arguments.get("cycle") or ("" if "kind" in arguments else arguments.get("slug", ""))


def _ask(request: HttpRequest, owed: list[Owed]) -> HttpResponse:
    context = {
        "owed": owed,
        "people": sum(mail.people for mail in owed),
        "is_at_once": any(mail.is_at_once for mail in owed),
        "kept": [*kept_fields(request.POST, besides=(ANNOUNCED,)), (ANNOUNCED, _digest(owed))],
        "back": _where_from(request),
    }
    return render(request, "desk/mail/announced.html", context)


def _where_from(request: HttpRequest) -> str:
    """Return the page whose button was pressed, as far as it is one of this site; else the first page of the desk."""
    came_from = request.headers.get("referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    parts = urlsplit(came_from if is_ours else "")
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return back(request, otherwise=page or reverse("desk:home"))


def _digest(owed: Iterable[Owed]) -> str:
    """Return a short text for what was announced. When it leaves moves with the clock, and is no part of it."""
    lines = sorted(f"{mail.what}\t{mail.cycle.pk}\t{mail.people}" for mail in owed)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def _in_words(owed: list[Owed]) -> str:
    return format_html(
        '{} <a href="{}?state={}">{}</a>',
        " ".join(map(str, owed)),
        reverse("desk:deliveries", args=[owed[0].cycle.slug]),
        Delivery.State.PENDING.value,
        _("See these emails, or stop them"),
    )


@dataclass(frozen=True, kw_only=True)
class Mark:
    """The ledger before an act, by which what the act adds to it is known: `at` is when, `cycle` the one looked at.

    What others cause in other cycles meanwhile is none of its business.
    """

    at: dt.datetime
    cycle: str
    last_mail: int
    last_theme: int
    notices: dict[int, tuple[Any, ...]]
    again: frozenset[int]

    @classmethod
    def now(cls, *, cycle: str) -> Mark:
        """Return the ledger as it stands, of one cycle or (empty) of all; four queries."""
        at = timezone.now()
        return cls(
            at=at,
            cycle=cycle,
            last_mail=_last(Delivery.objects.all()),
            last_theme=_last(Announcement.objects.all()),
            notices=_notices(cycle),
            again=frozenset(_to_look_at(at, cycle).values_list("pk", flat=True)),
        )

    def owed(self, *, besides: int | None = None) -> list[Owed]:
        """Return the mails that are owed since, and let those that need not leave at once wait for the grace.

        Not to the person of the registration that `besides` numbers, nor to organisers.
        """
        mails = self._mails(besides=besides)
        hold(mails, at=self.at)
        cycles: dict[int, Cycle] = {}
        rows = (
            mails.order_by("cycle", "kind")
            .values_list("cycle", "kind")
            .annotate(count=Count("pk"), last=Max("next_at"))
        )
        owed = [self._owed(kind, count, last, _cycle(cycles, number)) for number, kind, count, last in rows]
        changed = [pk for pk, row in _notices(self.cycle).items() if self.notices.get(pk) != row]
        themes = Announcement.objects.filter(pk__gt=self.last_theme).values("mailing")
        mailings = Occurrence.objects.filter(Q(pk__in=changed) | Q(pk__in=themes, state=PLANNED))
        owed += self._of_mailings(mailings, cycles)
        again = _to_look_at(self.at, self.cycle).exclude(pk__in=self.again)
        owed += self._of_mailings(again, cycles, is_new_only=True)
        return [mail for mail in owed if mail.people]

    def _mails(self, *, besides: int | None) -> QuerySet[Delivery]:
        to_others = [name for name, kind in KINDS.items() if not kind.is_to_organiser]
        rows = Delivery.objects.filter(
            pk__gt=self.last_mail, state=Delivery.State.PENDING, kind__in=to_others, cycle__isnull=False
        )
        rows = rows.filter(cycle__slug=self.cycle) if self.cycle else rows
        return rows.exclude(cycle_registration=besides) if besides is not None else rows

    def _of_mailings(
        self, mailings: QuerySet[Occurrence], cycles: dict[int, Cycle], *, is_new_only: bool = False
    ) -> list[Owed]:
        rows = list(mailings.select_related("step", "session__cycle").order_by("due_at", "pk"))
        people = (
            {row.pk: planner.would_owe(row, at=self.at) for row in rows}
            if is_new_only
            else reach.people(rows, at=self.at)
        )
        for row in rows:
            cycles.setdefault(row.session.cycle_id, row.session.cycle)
        return [self._owed(row.kind, people[row.pk], row.due_at, row.session.cycle) for row in rows]

    def _owed(self, kind: str, count: int, leaves_at: dt.datetime, cycle: Cycle) -> Owed:
        is_at_once = leaves_at <= self.at + AT_ONCE
        when = (
            _("at once")
            if is_at_once
            else wording.short_when(leaves_at, zone=cycle.timezone, language=language())
        )
        return Owed(what=kind_in_words(kind), people=count, when=when, cycle=cycle, is_at_once=is_at_once)


def _last(rows: QuerySet[Any]) -> int:
    return rows.aggregate(last=Max("pk"))["last"] or 0


def _of(cycle: str) -> QuerySet[Occurrence]:
    rows = Occurrence.objects.all()
    return rows.filter(session__cycle__slug=cycle) if cycle else rows


def _notices(cycle: str) -> dict[int, tuple[Any, ...]]:
    """Return the mailings outside the plan that wait, with what changes when there is news for them."""
    rows = _of(cycle).filter(step=None, state=PLANNED)
    return {pk: rest for pk, *rest in rows.values_list("pk", "kind", "revision", "due_at")}  # type: ignore[misc]


def _to_look_at(at: dt.datetime, cycle: str) -> QuerySet[Occurrence]:
    """Return the mailings of the plan that were due, and go through the people once more."""
    return _of(cycle).filter(
        step__isnull=False, state=Occurrence.State.OPEN, passes=0, due_at__lte=at, not_after__gt=at
    )


def _cycle(known: dict[int, Cycle], number: int) -> Cycle:
    if number not in known:
        known[number] = Cycle.objects.get(pk=number)
    return known[number]
