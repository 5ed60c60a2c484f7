"""What is no longer needed goes, by rule (docs/retention.md). Running twice changes nothing more.

Counts stay true: registrations become nobody's instead of disappearing, attendance leaves its counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import journal
from cycles import team
from cycles.content import editing
from cycles.models import Cycle, Session, SpeakerSlot
from registrations import booking, proofs
from registrations.attendance import noting
from registrations.attendance.models import Attendance, AttendanceCount, AttendanceReport
from registrations.models import ConsentText, CycleRegistration, Participant, Registration, State
from registrations.people.data import anonymity, retention_periods, rights
from registrations.rate_limits import limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.utils.functional import Promise

# A file that nobody confirmed after looking at it.
REPORT_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of the table: `apply` erases what is older than its term at `at`, and returns how many."""

    code: str
    words: str | Promise
    apply: Callable[[dt.datetime], int]


def ended(*, before: dt.datetime) -> QuerySet[Cycle]:
    """Return the cycles whose last session, and whose rhythm, ended before a moment."""
    is_called_off = Q(sessions__status=Session.Status.CANCELLED)
    return Cycle.objects.annotate(last_end=Max("sessions__ends_at", filter=~is_called_off)).filter(
        Q(last_date=None) | Q(last_date__lt=before.date()), last_end__lt=before
    )


def _unconfirmed(at: dt.datetime) -> int:
    return booking.purge_unconfirmed(at=at)


def _needs(at: dt.datetime) -> int:
    """Empty accessibility needs once every session that somebody is registered for is long enough over."""
    since = retention_periods.since("needs_days", at)
    later = Registration.objects.live().filter(
        Q(session__ends_at__gt=since) | Q(session__ends_at=None), cycle_registration=OuterRef("pk")
    )
    stale = CycleRegistration.objects.filter(~Exists(later), requested_at__lt=since).exclude(
        accessibility_need=""
    )
    return stale.update(accessibility_need="")


def _attendance(at: dt.datetime) -> int:
    """Turn who came into how many came; the proofs of a training stay as long as they must."""
    is_training = Q(legal_frame=Session.LegalFrame.TRAINING)
    sessions = Session.objects.filter(
        Q(~is_training, cycle__in=ended(before=retention_periods.since("attendance_months", at)).values("pk"))
        | Q(is_training, ends_at__lte=retention_periods.proofs_since(at))
    )
    # A list: what decides must not change while its rows are being deleted.
    ids = list(
        sessions.exclude(proofs.of_sessions())
        .filter(
            Exists(Attendance.objects.filter(registration__session=OuterRef("pk")))
            | Exists(Registration.objects.filter(session=OuterRef("pk"), joined_at__isnull=False))
        )
        .values_list("pk", flat=True)
    )
    rows = Attendance.objects.filter(registration__session__in=ids)
    totals = (
        rows.filter(half_day=1)
        .order_by()
        .values_list("registration__session_id", "state")
        .annotate(people=Count("pk"), without_place=noting.WITHOUT_PLACE)
    )
    for session_id, state, people, without_place in list(totals):
        kept, _is_new = AttendanceCount.objects.get_or_create(
            session_id=session_id, state=state, defaults={"people": 0}
        )
        AttendanceCount.objects.filter(pk=kept.pk).update(
            people=F("people") + people, without_place=F("without_place") + without_place
        )
    count = rows.delete()[0]
    joined = Registration.objects.filter(session__in=ids, joined_at__isnull=False)
    return max(count, joined.update(joined_at=None))


def _registrations(at: dt.datetime) -> int:
    """Let registrations of cycles long over be nobody's; people of whom nothing else is held go."""
    old = CycleRegistration.objects.filter(
        cycle__in=ended(before=retention_periods.since("registrations_months", at)).values("pk"),
        participant__anonymised_at=None,
    ).exclude(state=State.PENDING)
    ids = list(old.exclude(pk__in=rights.with_proofs(at=at).values("pk")).values_list("pk", flat=True))
    people = list(
        Participant.objects.filter(cycle_registrations__in=ids).distinct().values_list("pk", flat=True)
    )
    count = anonymity.anonymise(ids, at=at)
    _without_anything(Participant.objects.filter(pk__in=people)).delete()
    return count


def _without_anything(people: QuerySet[Participant]) -> QuerySet[Participant]:
    """Return those of whom neither a registration nor a living consent to the newsletter is held."""
    news = Q(consents__text__purpose=ConsentText.Purpose.NEWSLETTER, consents__withdrawn_at=None)
    reads = Participant.objects.filter(news)
    return people.filter(cycle_registrations=None).exclude(pk__in=reads.values("pk"))


def _speakers(at: dt.datetime) -> int:
    """Forget whom to write to about sessions of cycles long over; who spoke stays as public as it was."""
    old = ended(before=retention_periods.since("registrations_months", at)).values("pk")
    slots = SpeakerSlot.objects.filter(segment__session__cycle__in=old).exclude(
        contact_name="", contact_email=""
    )
    return slots.update(contact_name="", contact_email="")


def _contacts(at: dt.datetime) -> int:
    """Erase who only reads the newsletter and gave no sign of life for years."""
    since = retention_periods.since("contacts_months", at)
    silent = Participant.objects.filter(cycle_registrations=None, confirmed_at__lt=since).exclude(
        consents__given_at__gte=since
    )
    results = list(silent)
    for participant in results:
        rights.erase(participant, at=at)
    return len(results)


def _reports(at: dt.datetime) -> int:
    return AttendanceReport.objects.filter(applied_at=None, uploaded_at__lt=at - REPORT_KEPT).delete()[0]


def _replays(at: dt.datetime) -> int:
    old = Session.objects.filter(ends_at__lt=retention_periods.since("replays_months", at)).exclude(
        replay_url=""
    )
    results = list(old)
    for session in results:
        editing.edit(session, values={"replay_url": ""}, by=None, at=at)
    return len(results)


def _journal(at: dt.datetime) -> int:
    return journal.purge(at=at)


def _invitations(at: dt.datetime) -> int:
    return team.purge(at=at)


def _counters(at: dt.datetime) -> int:
    return limits.forget_past(at=at)


RULES: tuple[Rule, ...] = (
    Rule(code="unconfirmed", words=_("registrations that nobody confirmed"), apply=_unconfirmed),
    Rule(code="needs", words=_("accessibility needs"), apply=_needs),
    Rule(code="reports", words=_("attendance files that were only looked at"), apply=_reports),
    Rule(code="attendance", words=_("who came: now only how many"), apply=_attendance),
    Rule(code="registrations", words=_("registrations: now nobody's"), apply=_registrations),
    Rule(code="speakers", words=_("contacts of those who spoke"), apply=_speakers),
    Rule(code="contacts", words=_("readers of the newsletter who gave no sign of life"), apply=_contacts),
    Rule(code="replays", words=_("addresses of replays"), apply=_replays),
    Rule(code="journal", words=_("lines of the journal"), apply=_journal),
    Rule(code="invitations", words=_("invitations that nobody answered"), apply=_invitations),
    Rule(code="counters", words=_("counters of requests whose time is over"), apply=_counters),
)
