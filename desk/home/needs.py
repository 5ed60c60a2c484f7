"""What needs an organiser today: what is missing, who waits, which mails are in trouble, each with where to mend it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles.language import naming, wording
from cycles.models import Cycle, News, NewsLink, Session, SpeakerSlot
from cycles.models.shared import speaks_for
from desk.mail.deliveries import refused_mailings
from desk.schedule.consequences import language
from notifications import probes
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery, DeliveryEvent, Heartbeat
from notifications.transport import trouble
from registrations import rooms
from registrations.models import State
from registrations.rate_limits import flood
from training.signing import queries as sheets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from django.db.models import QuerySet

DAY = dt.timedelta(days=1)
SOON = dt.timedelta(days=7)
THEME_DUE = dt.timedelta(days=30)
LATE = dt.timedelta(minutes=15)
RECAP_DUE = dt.timedelta(days=30)
MOST_LISTED = 12
# Parts of an agenda whose speaker said no.
LOST = (SpeakerSlot.State.DECLINED, SpeakerSlot.State.WITHDRAWN)
# Beside the states of a mail: what became known after it had left.
REPORTED = "reported"


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One thing to do: what, and where. `is_urgent` marks what people already suffer from."""

    text: str
    url: str
    is_urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Need:
    """What is to be done about one thing: a session, the mails of a cycle, those of the whole site."""

    about: str
    cycle: str
    lacks: tuple[Lack, ...]

    @property
    def is_urgent(self) -> bool:
        return any(lack.is_urgent for lack in self.lacks)


def needs(*, planned: QuerySet[Cycle], written_to: QuerySet[Cycle], at: dt.datetime) -> list[Need]:
    """Return what needs someone today, mails first, then people who wait for an answer, then the soonest sessions.

    `planned` are the cycles that they plan, `written_to` those whose mails they may read: nobody is asked for what
    the page behind it refuses. Eleven queries at most.
    """
    return [
        *_site_needs(written_to, at=at),
        *_mail_needs(written_to, at=at),
        *_refused_needs(written_to),
        *_flood_needs(planned, at=at),
        *_request_needs(planned),
        *_sheet_needs(planned, at=at),
        *_session_needs(planned, at=at),
        *_recap_needs(planned, at=at),
    ]


def _refused_needs(cycles: QuerySet[Cycle]) -> list[Need]:
    """Return the mailings that wait for a person because they were refused a few times in the same way."""
    rows = refused_mailings.held(cycles).select_related("cycle").order_by("cycle__slug", "pk")
    return [
        Need(
            about=_("Emails"),
            cycle=naming.cycle_short_title(row.cycle),
            lacks=(
                Lack(
                    text=ngettext(
                        "A mailing waits for you: %(count)d email was refused (%(why)s).",
                        "A mailing waits for you: %(count)d emails were refused in the same way (%(why)s).",
                        row.count,
                    )
                    % {"count": row.count, "why": refused_mailings.ground_in_words(row.ground)},
                    url=reverse("desk:deliveries", args=[row.cycle.slug]),
                    is_urgent=True,
                ),
            ),
        )
        for row in rows
    ]


def _flood_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    """Return the cycles whose form was closed for a while: too many requests that nobody confirmed."""
    rows = flood.stopped(cycles, at=at)
    return [
        Need(
            about=_("People registered"),
            cycle=naming.cycle_short_title(cycle),
            lacks=(
                Lack(
                    text=ngettext(
                        "%(count)d request in an hour was not confirmed: the form asks new ones to come back later. "
                        "Somebody may be filling it with addresses of others.",
                        "%(count)d requests in an hour were not confirmed: the form asks new ones to come back "
                        "later. Somebody may be filling it with addresses of others.",
                        count,
                    )
                    % {"count": count},
                    url=f"{reverse('desk:registrants', args=[cycle.slug])}?state={State.PENDING}",
                    is_urgent=True,
                ),
            ),
        )
        for cycle, count in rows
    ]


def _session_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    soon = (
        Session.objects.upcoming(at=at)
        .filter(cycle__in=cycles, cycle__is_external=False, starts_at__lt=at + THEME_DUE)
        # Of a daily cycle only what is to be read within a day, and is not there.
        .exclude(Q(cycle__kind=Cycle.Kind.DAILY) & ~Q(starts_at__lt=at + DAY))
        .exclude(Q(cycle__kind=Cycle.Kind.DAILY) & Q(pk__in=Session.objects.readable().values("pk")))
        .exclude(cycle__status=Cycle.Status.ARCHIVED)
        .select_related("cycle")
        .annotate(
            speakers=Count("segments__slots", filter=~Q(segments__slots__state__in=SpeakerSlot.SILENT)),
            refusals=Count("segments__slots", filter=Q(segments__slots__state__in=LOST)),
            unanswered=Count("segments__slots", filter=Q(segments__slots__state=SpeakerSlot.State.INVITED)),
        )
    )
    result = ((session, tuple(_lacks(session, at=at))) for session in soon[:MOST_LISTED])
    return [_about(session, *lacks) for session, lacks in result if lacks]


def _lacks(session: Session, *, at: dt.datetime) -> Iterator[Lack]:
    url = reverse("desk:session-edit", args=[session.cycle.slug, session.slug])
    if session.cycle.kind == Cycle.Kind.DAILY:
        yield Lack(
            text=_("There is nothing to read for this day: neither an article nor its address."),
            url=url,
            is_urgent=True,
        )
        return
    if (
        session.has_room
        and not rooms.is_ready(session)
        and session.starts_at
        and session.starts_at < at + SOON
    ):
        yield Lack(text=_("The address of the room is missing."), url=url, is_urgent=True)
    if session.has_theme and not getattr(session, "speakers", 0):
        yield Lack(text=_("Nobody is named to speak yet."), url=f"{url}#segments")
    speakers = reverse("desk:session-speakers", args=[session.cycle.slug, session.slug])
    if count := getattr(session, "refusals", 0):
        text = ngettext(
            "%(count)d speaker is to be replaced.", "%(count)d speakers are to be replaced.", count
        )
        yield Lack(text=text % {"count": count}, url=speakers, is_urgent=True)
    if count := getattr(session, "unanswered", 0):
        text = ngettext("%(count)d speaker has not answered.", "%(count)d speakers have not answered.", count)
        yield Lack(text=text % {"count": count}, url=speakers)
    if not session.has_theme:
        yield Lack(text=_("The theme is not announced yet."), url=url)
    if session.status == Session.Status.TENTATIVE:
        yield Lack(text=_("The date is still to be confirmed."), url=url)


def _about(session: Session, *lacks: Lack) -> Need:
    return Need(
        about=_("%(session)s, %(when)s") % {"session": naming.session_label(session), "when": _when(session)},
        cycle=naming.cycle_short_title(session.cycle),
        lacks=lacks,
    )


def _sheet_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    return [
        _about(
            session,
            Lack(
                text=_("Its sign-in sheet is not countersigned."),
                url=reverse("desk:training-sheet", args=[session.cycle.slug, session.slug]),
            ),
        )
        for session in sheets.to_countersign(cycles, at=at)[:MOST_LISTED]
    ]


def _recap_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    """Return the sessions of the last weeks that nobody has looked back on, newest first."""
    recaps = NewsLink.objects.filter(
        speaks_for(OuterRef("cycle__programme"), path="news__programme"),
        session=OuterRef("pk"),
        relation=NewsLink.Relation.ABOUT,
        news__kind=News.Kind.RECAP,
        news__in=News.objects.published(),
    )
    over = (
        Session.objects.past(at=at)
        .filter(~Exists(recaps), cycle__in=cycles, cycle__is_external=False, ends_at__gt=at - RECAP_DUE)
        .exclude(cycle__kind__in=(Cycle.Kind.DAILY, Cycle.Kind.RUN))
        .exclude(cycle__status=Cycle.Status.ARCHIVED)
        .select_related("cycle")
        .order_by("-ends_at")
    )
    return [
        _about(
            session,
            Lack(
                text=_("No recap has been published."),
                url=reverse("desk:session-after", args=[session.cycle.slug, session.slug]),
            ),
        )
        for session in over[:MOST_LISTED]
    ]


def _request_needs(cycles: QuerySet[Cycle]) -> list[Need]:
    """Return the cycles in which people wait to be accepted or refused."""
    waiting = Cycle.objects.filter(pk__in=cycles, registrations__state=State.IN_REVIEW)
    counted = waiting.annotate(waiting=Count("registrations")).order_by("slug")
    return [
        Need(
            about=_("People registered"),
            cycle=naming.cycle_short_title(cycle),
            lacks=(
                Lack(
                    text=_requests(getattr(cycle, "waiting", 0)),
                    url=f"{reverse('desk:registrants', args=[cycle.slug])}?state={State.IN_REVIEW}",
                ),
            ),
        )
        for cycle in counted
    ]


def _requests(count: int) -> str:
    text = ngettext(
        "%(count)d request waits for your answer.", "%(count)d requests wait for your answer.", count
    )
    return text % {"count": count}


def _site_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    """Return why no mail leaves at all; told to whoever reads the mails of any cycle."""
    beats = {
        beat.name: beat
        for beat in Heartbeat.objects.filter(
            name__in=(sending.TICK, sending.TRANSPORT, sending.PAUSED, trouble.TROUBLE)
        )
    }
    texts = []
    if (paused := beats.get(sending.PAUSED)) and paused.at > at:
        texts.append((_("All email is paused: it goes on being planned, and waits."), True))
    if (tick := beats.get(sending.TICK)) and tick.at < at - probes.SILENCE:
        length = wording.duration(at - tick.at, language=language())
        texts.append(
            (
                _(
                    "The worker has been silent for %(length)s: no email leaves. Tell whoever runs this server."
                )
                % {"length": length},
                True,
            )
        )
    if refusal := beats.get(trouble.TROUBLE):
        why = trouble.ground_in_words(trouble.read(refusal).ground)
        texts.append(
            (
                _("No email leaves: %(why)s. Nobody is stopped; tell whoever runs this server.")
                % {"why": why},
                True,
            )
        )
    elif (rest := beats.get(sending.TRANSPORT)) and rest.at > at:
        texts.append(
            (_("Sending is paused: the mail server refuses; it is tried again in a few minutes."), False)
        )
    cycle = cycles.order_by("-first_date", "slug").first() if texts else None
    if cycle is None:
        return []
    url = reverse("desk:deliveries", args=[cycle.slug])
    lacks = tuple(Lack(text=text, url=url, is_urgent=is_urgent) for text, is_urgent in texts)
    return [Need(about=_("Emails of the whole site"), cycle="", lacks=lacks)]


def _mail_needs(cycles: QuerySet[Cycle], *, at: dt.datetime) -> list[Need]:
    """Return the cycles whose mails are in trouble, in four queries."""
    counts: dict[tuple[int, str], int] = {}
    oldest: dict[tuple[int, str], dt.datetime] = {}
    for row in _troubled(cycles, at=at):
        key = (row["cycle"], row["state"])
        counts[key] = counts.get(key, 0) + row["count"]
        oldest[key] = min(row["oldest"], oldest.get(key, row["oldest"]))
    for pk, count in _reported(cycles, at=at).items():
        counts[pk, REPORTED] = count
    if not counts:
        return []
    results = []
    for cycle in Cycle.objects.filter(pk__in={pk for pk, _state in counts}).order_by("slug"):
        page = reverse("desk:deliveries", args=[cycle.slug])
        lacks = tuple(
            Lack(
                text=_trouble(state, count, since=at - oldest.get((pk, state), at)),
                url=f"{page}?state={'bounced' if state == REPORTED else state}",
                is_urgent=True,
            )
            for (pk, state), count in sorted(counts.items())
            if pk == cycle.pk
        )
        results.append(Need(about=_("Emails"), cycle=naming.cycle_short_title(cycle), lacks=lacks))
    return results


def _troubled(cycles: QuerySet[Cycle], *, at: dt.datetime) -> Iterable[Mapping[str, Any]]:
    """Return the mails in trouble by cycle and state: those that ended badly, then those that wait too long.

    Two queries, each over an index of few rows: what left as it should is never looked at.
    """
    ended = Q(state__in=(Delivery.State.FAILED, Delivery.State.UNCERTAIN), created_at__gt=at - THEME_DUE)
    # Nothing ran in its time. Who was told of a move or a cancellation instead is not concerned.
    too_late = Q(reason=Delivery.Reason.TOO_LATE, created_at__gt=at - SOON)
    waiting = Q(state=Delivery.State.PENDING, next_at__lt=at - LATE)
    for condition in (ended | too_late, waiting):
        yield from (
            Delivery.objects.filter(condition, cycle__in=cycles)
            .values("cycle", "state")
            .annotate(count=Count("pk"), oldest=Min("next_at"))
            .order_by("state")
        )


def _reported(cycles: QuerySet[Cycle], *, at: dt.datetime) -> dict[int, int]:
    """Count by cycle the addresses that a provider reported as wrong, or whose owners call the mails spam."""
    rows = (
        DeliveryEvent.objects.filter(
            delivery__cycle__in=cycles, type__in=ledger.UNWELCOME, at__gt=at - THEME_DUE
        )
        .values_list("delivery__cycle")
        .annotate(count=Count("delivery__to_address", distinct=True))
        .order_by()
    )
    return {cycle: count for cycle, count in rows if count}


def _trouble(state: str, count: int, *, since: dt.timedelta) -> str:
    if state == Delivery.State.FAILED:
        text = ngettext("%(count)d email was refused.", "%(count)d emails were refused.", count)
    elif state == REPORTED:
        text = ngettext(
            "%(count)d address was reported as wrong, or its owner calls these emails spam.",
            "%(count)d addresses were reported as wrong, or their owners call these emails spam.",
            count,
        )
    elif state == Delivery.State.UNCERTAIN:
        text = ngettext(
            "%(count)d email may not have arrived.", "%(count)d emails may not have arrived.", count
        )
    elif state == Delivery.State.SKIPPED:
        text = ngettext(
            "%(count)d email was not sent: it had become too late.",
            "%(count)d emails were not sent: they had become too late.",
            count,
        )
    else:
        text = ngettext(
            "%(count)d email is late by %(length)s.",
            "%(count)d emails are late, the oldest by %(length)s.",
            count,
        )
    return text % {"count": count, "length": wording.duration(since, language=language())}


def _when(session: Session) -> str:
    if session.starts_at is None:
        return ""
    return wording.short_when(
        session.starts_at, zone=session.cycle.timezone, all_day=session.is_all_day, language=language()
    )
