"""The next season of a cycle, and the rhythm that most French cycles begin with."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cycles.content import editing
from cycles.models import Cycle
from notifications.mail.own_texts import texts
from notifications.models import GroupMessage
from notifications.plan import policy
from registrations.booking import terms
from registrations.models import State
from surveys.asking import verbs as surveys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User

THIRD, THURSDAY = 3, 3
MONTHS = 12


def french_model(cycle: Cycle, *, today: dt.date) -> dict[str, Any]:
    """Return a rhythm to begin with: twelve months from the next one, each 3rd Thursday, 13:00 to 14:30.

    Its reminders are those that every new cycle gets: seven days, a day, an hour before, and after.
    """
    first = _months_later(today.replace(day=1), 1)
    return {
        "frequency": Cycle.Frequency.MONTHLY_WEEKDAY,
        "nth": THIRD,
        "weekday": THURSDAY,
        "interval": 1,
        "first_date": first,
        "last_date": _months_later(first, MONTHS) - dt.timedelta(days=1),
        "local_start": dt.time(13, 0),
        "minutes": 90,
        "timezone": cycle.timezone,
        "planned_count": MONTHS,
    }


def _months_later(first: dt.date, months: int) -> dt.date:
    """Return the first day of a month that is so many months after another first day."""
    index = first.year * MONTHS + first.month - 1 + months
    return dt.date(index // MONTHS, index % MONTHS + 1, 1)


@transaction.atomic
def next_season(
    cycle: Cycle, *, title: Mapping[str, str] | None = None, by: User | None, at: dt.datetime
) -> Cycle:
    """Copy a cycle into the year after it, with its reminders, mails, questions and codes; nobody is told.

    No session is made.
    """
    copy = editing.duplicate(cycle, title=title, by=by, at=at)
    policy.carry_over(cycle, to=copy, at=at)
    terms.carry_over(cycle, to=copy)
    surveys.carry_over(cycle, to=copy, at=at)
    return copy


# A title must not be read as a variable of the mail.
BRACES = str.maketrans("{}", "()")


def invitation(season: Cycle, *, before: Cycle) -> dict[str, Any]:
    """Return the message, in every language, that invites the people of one season to the next: news, as a draft."""
    subjects, bodies = {}, {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            named = {
                "season": str(season.title).translate(BRACES),
                "before": str(before.title).translate(BRACES),
                "address": settings.ESCALE_BASE_URL + reverse("cycles:cycle-detail", args=[season.slug]),
            }
            subject = _("Registration is open: %(season)s") % named
            subjects[code] = Truncator(subject).chars(texts.LONGEST_SUBJECT)
            bodies[code] = (
                _(
                    "Hello {given_name},\n\nYou took part in %(before)s. The next season is here: %(season)s.\n\n"
                    "Its dates, and the form to register: %(address)s"
                )
                % named
            )
    return {
        "about": GroupMessage.About.NEWS,
        "subjects": subjects,
        "bodies": bodies,
        "selection": {"state": [State.CONFIRMED.value]},
    }
