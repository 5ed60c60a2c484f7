"""Who is told of a change of schedule, and what an organiser should know about a date, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cycles.language import wording
from cycles.schedule import public_holidays, recurrence
from notifications.mail.kinds import NOTICES
from notifications.models import Occurrence, ReminderStep
from notifications.notices import speakers
from registrations.models import SEATED, CycleRegistration, FeedToken, Participant, Registration

if TYPE_CHECKING:
    import datetime as dt

    from cycles.models import Cycle, Session


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@dataclass(frozen=True, kw_only=True)
class People:
    """Who is concerned by a session, or by any of several: seated, only waiting, speaking without either.

    `calendars` are the private ones of those who are registered. Whoever has no address (`unreachable`) is told by
    nobody but the organisers, and is in none of the other numbers.
    """

    seated: int
    waiting: int
    calendars: int
    speakers: int
    unreachable: int = 0

    @property
    def told(self) -> int:
        return self.seated + self.waiting + self.speakers

    @property
    def split(self) -> str:
        """Return " (12 with a seat, 1 waiting, 2 speaking)", without what there is none of; empty when all sit."""
        if self.seated == self.told:
            return ""
        parts = [
            (self.seated, ngettext("%(count)d with a seat", "%(count)d with a seat", self.seated)),
            (self.waiting, ngettext("%(count)d waiting", "%(count)d waiting", self.waiting)),
            (self.speakers, ngettext("%(count)d speaking", "%(count)d speaking", self.speakers)),
        ]
        return f" ({', '.join(words % {'count': count} for count, words in parts if count)})"

    @property
    def unreachable_in_words(self) -> list[str]:
        """One sentence about those who have no address, or none where everybody has one."""
        if not self.unreachable:
            return []
        words = ngettext(
            "%(count)d person has no email address: tell them yourself.",
            "%(count)d people have no email address: tell them yourself.",
            self.unreachable,
        )
        return [words % {"count": self.unreachable}]


def people(*sessions: Session) -> People:
    """Count each person once, in five queries at most, whatever the number of registrations and of sessions.

    Whoever waits for the whole cycle, or for the organisers' answer, waits at each date that they asked for.
    """
    pks = [session.pk for session in sessions]
    rows = Registration.objects.live().filter(session__in=pks).values("participant")
    waiting_for_all = CycleRegistration.objects.waiting_by_date().filter(date__in=pks).values("participant")
    everybody = Participant.objects.filter(Q(pk__in=rows) | Q(pk__in=waiting_for_all), anonymised_at=None)
    is_seated, has_address = Q(pk__in=rows.filter(state__in=SEATED)), ~Q(email="")
    counted = everybody.aggregate(
        seated=Count("pk", filter=has_address & is_seated),
        waiting=Count("pk", filter=has_address & ~is_seated),
        unreachable=Count("pk", filter=~has_address),
    )
    told = everybody.exclude(email="").values("pk")
    return People(
        **counted,
        calendars=FeedToken.objects.filter(revoked_at=None, participant__in=told).count(),
        speakers=speakers.count_told(sessions),
    )


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The mail about a change: when it leaves, as the clock of the cycle shows it, or that it leaves at once."""

    clock: str
    is_at_once: bool


def notice_of(mailing: Occurrence, *, at: dt.datetime) -> Notice:
    """Return when a notice leaves that is planned, as the clock of its cycle shows it."""
    local = mailing.due_at.astimezone(mailing.session.zone)
    return Notice(clock=wording.clock(local.time(), language=language()), is_at_once=mailing.due_at <= at)


def told_in_words(*sessions: Session, people: People, at: dt.datetime) -> str:
    """Return who is told of changes that were just made, and when: what notifications has planned, not a guess."""
    waiting = Occurrence.objects.filter(
        kind__in=NOTICES, state=Occurrence.State.PLANNED, session__in=[session.pk for session in sessions]
    )
    first = waiting.select_related("session__cycle").order_by("due_at").first()
    if first is None and people.told and people.unreachable:
        # A change that was taken back in time: no email told anybody, but the organisers may have called.
        called = ngettext(
            "%(count)d person has no email address: tell them if you had told them of the change.",
            "%(count)d people have no email address: tell them if you had told them of the change.",
            people.unreachable,
        )
        return f"{_('Nobody is told by email.')} {called % {'count': people.unreachable}}"
    if first is None or not people.told:
        return " ".join([_("Nobody is told by email."), *people.unreachable_in_words])
    notice = notice_of(first, at=at)
    if notice.is_at_once:
        told = ngettext(
            "%(count)d person is told by email at once.",
            "%(count)d people are told by email at once.",
            people.told,
        )
    else:
        told = ngettext(
            "%(count)d person is told by email at %(clock)s; until then it can be stopped.",
            "%(count)d people are told by email at %(clock)s; until then it can be stopped.",
            people.told,
        )
    return " ".join([told % {"count": people.told, "clock": notice.clock}, *people.unreachable_in_words])


def step_in_words(step: ReminderStep) -> str:
    """Return «J-7», "1 hour before"; a step at an hour of its own says it too."""
    day = wording.relative_step(step.distance, language=language())
    if step.local_time is None:
        return day
    return _("%(day)s at %(hour)s") % {
        "day": day,
        "hour": wording.clock(step.local_time, language=language()),
    }


def warnings(occurrence: recurrence.Occurrence, *, zone: str) -> list[str]:
    """Return in words what an organiser should know about a date: clocks that change, holidays."""
    told = []
    local = occurrence.starts_at.astimezone(ZoneInfo(zone))
    clock = wording.clock(local.time(), language=language())
    if occurrence.clock_change == "nonexistent":
        told.append(
            _(
                "That hour does not exist on that day: the clocks go forward. "
                "The session would begin at %(clock)s."
            )
            % {"clock": clock}
        )
    if occurrence.clock_change == "ambiguous":
        told.append(
            _(
                "That hour comes twice on that night: the clocks go back. "
                "The first %(clock)s is taken, before the change."
            )
            % {"clock": clock}
        )
    told += holidays(local.date())
    return told


def holidays(date: dt.date) -> list[str]:
    """Return «Jour férié : Ascension» for each holiday of a day, with where it holds."""
    told = []
    for closure in public_holidays.closures(date, language=language()):
        kind = _("Public holiday") if closure.kind == "public" else _("School holidays")
        where = f" ({', '.join(closure.places)})" if closure.places else ""
        told.append(_("%(kind)s: %(name)s%(where)s") % {"kind": kind, "name": closure.name, "where": where})
    return told


def off_rule(cycle: Cycle, date: dt.date) -> str:
    """Return «1er jeudi» when a day is not one that the cycle's rule gives; empty otherwise."""
    rule = cycle.rule
    if rule is None or date in {o.planned_date for o in recurrence.occurrences(rule)}:
        return ""
    return wording.nth_in_words(date, language=language())
