"""What the desk's home shows: what needs someone today, the next session, a few figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles import naming, wording
from cycles.models import Cycle, News, NewsLink, Session
from notifications.models import Delivery, Occurrence
from registrations import rooms
from registrations.models import Registration

from .consequences import language

if TYPE_CHECKING:
    from django.db.models import QuerySet

SOON = dt.timedelta(days=7)
THEME_DUE = dt.timedelta(days=30)
LATE = dt.timedelta(minutes=15)
RECAP_DUE = dt.timedelta(days=30)
MOST_LISTED = 12


@dataclass(frozen=True, kw_only=True)
class Need:
    """One thing to do: what and where. `is_urgent` marks what people already suffer from."""

    text: str
    url: str
    is_urgent: bool = False


def needs(*, planned: QuerySet[Cycle], written_to: QuerySet[Cycle], at: dt.datetime) -> list[Need]:
    """Return what needs someone today, mails first, then the soonest sessions.

    `planned` are the cycles that they plan, `written_to` those whose mails they may read: nobody is asked for what
    the page behind it refuses.
    """
    return [
        *_mail_needs(written_to, at=at),
        *_session_needs(planned, at=at),
        *_recap_needs(planned, at=at),
    ]


def _session_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    soon = (
        Session.objects.upcoming(at=at)
        .filter(cycle__in=cycles, cycle__is_external=False, starts_at__lt=at + THEME_DUE)
        .exclude(cycle__kind=Cycle.Kind.DAILY)
        .exclude(cycle__status=Cycle.Status.ARCHIVED)
        .select_related("cycle")
        .annotate(
            speakers=Count("segments__slots", filter=~Q(segments__slots__state__in=("declined", "replaced")))
        )
    )
    found = []
    for session in soon[:MOST_LISTED]:
        when = _when(session)
        url = reverse("desk:session-edit", args=[session.cycle.slug, session.slug])
        label = naming.session_label(session)
        if not rooms.is_ready(session) and session.starts_at and session.starts_at < at + SOON:
            found.append(
                Need(
                    text=_("%(session)s, %(when)s: the address of the room is missing.")
                    % {"session": label, "when": when},
                    url=url,
                    is_urgent=True,
                )
            )
        if session.has_theme and not getattr(session, "speakers", 0):
            found.append(
                Need(
                    text=_("%(session)s, %(when)s: nobody is named to speak yet.")
                    % {"session": label, "when": when},
                    url=f"{url}#segments",
                )
            )
        if not session.has_theme:
            found.append(
                Need(
                    text=_("%(session)s, %(when)s: the theme is not announced yet.")
                    % {"session": label, "when": when},
                    url=url,
                )
            )
        if session.status == Session.Status.TENTATIVE:
            found.append(
                Need(
                    text=_("%(session)s, %(when)s: the date is still to be confirmed.")
                    % {"session": label, "when": when},
                    url=url,
                )
            )
    return found


def _recap_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    """Return the sessions of the last weeks that nobody has looked back on, newest first."""
    recaps = NewsLink.objects.filter(
        session=OuterRef("pk"),
        relation=NewsLink.Relation.ABOUT,
        news__kind=News.Kind.RECAP,
        news__is_published=True,
    )
    over = (
        Session.objects.past(at=at)
        .filter(~Exists(recaps), cycle__in=cycles, cycle__is_external=False, ends_at__gt=at - RECAP_DUE)
        .exclude(cycle__kind=Cycle.Kind.DAILY)
        .exclude(cycle__status=Cycle.Status.ARCHIVED)
        .select_related("cycle")
        .order_by("-ends_at")
    )
    return [
        Need(
            text=_("%(session)s, %(when)s: no recap has been published.")
            % {"session": naming.session_label(session), "when": _when(session)},
            url=reverse("desk:session-after", args=[session.cycle.slug, session.slug]),
        )
        for session in over[:MOST_LISTED]
    ]


def _mail_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    """One line a cycle and a kind of trouble, in two queries."""
    about = Q(session__cycle__in=cycles) | Q(session=None, cycle_registration__cycle__in=cycles)
    trouble = (
        Delivery.objects.filter(about)
        .filter(
            Q(state__in=(Delivery.State.FAILED, Delivery.State.UNCERTAIN), created_at__gt=at - THEME_DUE)
            | Q(state=Delivery.State.PENDING, next_at__lt=at - LATE)
            # Nothing ran in its time. Who was told of a move or a cancellation instead is not concerned.
            | Q(reason=Delivery.Reason.TOO_LATE, created_at__gt=at - SOON)
        )
        .values("session__cycle", "cycle_registration__cycle", "state")
        .annotate(count=Count("pk"), oldest=Min("next_at"))
        .order_by("state")
    )
    counts: dict[tuple[int, str], int] = {}
    oldest: dict[tuple[int, str], dt.datetime] = {}
    for row in trouble:
        key = (row["session__cycle"] or row["cycle_registration__cycle"], row["state"])
        counts[key] = counts.get(key, 0) + row["count"]
        oldest[key] = min(row["oldest"], oldest.get(key, row["oldest"]))
    if not counts:
        return []
    slugs = dict(Cycle.objects.filter(pk__in={pk for pk, _state in counts}).values_list("pk", "slug"))
    return [
        Need(
            text=_trouble(state, count, since=at - oldest[pk, state]),
            url=f"{reverse('desk:deliveries', args=[slugs[pk]])}?state={state}",
            is_urgent=True,
        )
        for (pk, state), count in sorted(counts.items())
    ]


def _trouble(state: str, count: int, *, since: dt.timedelta) -> str:
    if state == Delivery.State.FAILED:
        text = ngettext("%(count)d mail was refused.", "%(count)d mails were refused.", count)
    elif state == Delivery.State.UNCERTAIN:
        text = ngettext(
            "%(count)d mail may not have arrived.", "%(count)d mails may not have arrived.", count
        )
    elif state == Delivery.State.SKIPPED:
        text = ngettext(
            "%(count)d mail was not sent: it had become too late.",
            "%(count)d mails were not sent: they had become too late.",
            count,
        )
    else:
        text = ngettext(
            "%(count)d mail is late by %(length)s.",
            "%(count)d mails are late, the oldest by %(length)s.",
            count,
        )
    return text % {"count": count, "length": wording.duration(since, language=language())}


def _when(session: Session) -> str:
    if session.starts_at is None:
        return ""
    return wording.short_when(
        session.starts_at, zone=session.cycle.timezone, all_day=session.is_all_day, language=language()
    )


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number and the words that make it a sentence."""

    number: int
    words: str


def figures(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Figure]:
    """Return four figures about these cycles, in four queries."""
    people = (
        Registration.objects.live()
        .filter(session__cycle__in=cycles)
        .aggregate(n=Count("participant", distinct=True))["n"]
    )
    sessions = Session.objects.filter(cycle__in=cycles)
    ahead = sessions.upcoming(at=at).count()
    held = sessions.past(at=at).count()
    mailings = Occurrence.objects.filter(
        session__cycle__in=cycles, state=Occurrence.State.PLANNED, due_at__gte=at, due_at__lt=at + SOON
    ).count()
    return [
        Figure(number=people, words=ngettext("person registered", "people registered", people)),
        Figure(number=ahead, words=ngettext("session ahead", "sessions ahead", ahead)),
        Figure(number=held, words=ngettext("session held", "sessions held", held)),
        Figure(
            number=mailings,
            words=ngettext("mailing within seven days", "mailings within seven days", mailings),
        ),
    ]


def next_session(cycles: QuerySet[Cycle], *, at: dt.datetime) -> Session | None:
    """Return the soonest held session of these cycles with its number of people as `people`."""
    return (
        Session.objects.upcoming(at=at)
        .filter(cycle__in=cycles)
        .exclude(cycle__status=Cycle.Status.ARCHIVED)
        .select_related("cycle")
        .annotate(people=Count("registrations", filter=Q(registrations__state__in=LIVE)))
        .first()
    )


LIVE = ("confirmed", "waitlisted", "offered")
