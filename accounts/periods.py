"""How long what people are told of lasts: one home for each length, read by what enforces it and by what says it.

The lengths are settings (ESCALE_PERIODS, allauth's own for its codes); pages and mails say them with `in_words` or the
tag `{% period "confirm" %}`, so no number of them is written anywhere else.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from django.conf import settings
from django.utils.translation import ngettext

Name = Literal["confirm", "prove", "invitation", "login_link", "grace", "survey", "login_code", "second_step"]

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
# A day is said in hours: "within 24 hours" ends at a clear moment.
SAID_IN_DAYS = 2 * DAY


def length(name: Name) -> dt.timedelta:
    """Return how long something lasts.

    confirm: the link that confirms a registration, and the request itself. prove: the link to a new address.
    invitation, login_link: the links of organisers. grace: how long a change can be undone, and for how long the mail
    that tells of it waits. survey: the link to say what one thinks of a session, after it. login_code: a code to sign
    in. second_step: until it is asked for again.
    """
    if name == "login_code":
        return dt.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    if name == "second_step":
        return dt.timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
    return settings.ESCALE_PERIODS[name]


def in_words(span: dt.timedelta) -> str:
    """Return a length in the active language: "7 days", "24 hours", "90 minutes"; whole minutes, at least one."""
    if span >= SAID_IN_DAYS and not span % DAY:
        count = span // DAY
        return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
    if not span % HOUR:
        count = span // HOUR
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    count = max(span // MINUTE, 1)
    return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
