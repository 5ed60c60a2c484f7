"""What a public server must have set before it may start. Each message says what to set.

Run by Django before `runserver`, `migrate` and `check`; gunicorn and Celery run them through `config.wsgi`
and `config.celery`, so a wrong setting stops the start instead of a mail.
"""

from __future__ import annotations

import datetime as dt
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection

from notifications.notices import schedule_changes
from notifications.transport import throttle, tracking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.apps import AppConfig
    from django.core.checks import CheckMessage

SHORTEST_SECRET = 40
FEWEST_CHARACTERS = 5
SHORTEST_PASSWORD = 16
# The shortest month, so that days and months are compared on the safe side.
DAYS_IN_MONTH = 28
NOT_SENDING = ("console", "dummy", "locmem", "filebased", "MailboxBackend")


def _secret() -> list[CheckMessage]:
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django's way to say that it is empty
        secret = ""
    if len(secret) >= SHORTEST_SECRET and len(set(secret)) >= FEWEST_CHARACTERS:
        return []
    return [
        Error(
            "SECRET_KEY is empty or too short.",
            hint='Set SECRET_KEY to this output: python -c "import secrets; print(secrets.token_hex(32))"',
            id="escale.E001",
        )
    ]


def _is_example(host: str) -> bool:
    """Tell whether a host is one that documents name and nobody has (RFC 2606, section 3)."""
    return f".{host}".endswith((".example.org", ".example.com", ".example.net"))


def _addresses() -> list[CheckMessage]:
    results: list[CheckMessage] = []
    base = urlsplit(settings.ESCALE_BASE_URL)
    if base.scheme != "https" or not base.hostname or _is_example(base.hostname):
        results.append(
            Error(
                "ESCALE_BASE_URL is not a public https address: links in mails and calendars would not work.",
                hint="Set ESCALE_BASE_URL=https://webinaires.example.org (no path).",
                id="escale.E002",
            )
        )
    elif base.path or base.query or base.fragment or base.username is not None:
        results.append(
            Error(
                "ESCALE_BASE_URL has more than a scheme and a host: links would lead to addresses that do not exist.",
                hint=f"Set ESCALE_BASE_URL=https://{base.hostname}: Escale answers at the root of a host of its own.",
                id="escale.E002",
            )
        )
    hosts = [host for host in settings.ALLOWED_HOSTS if host not in ("localhost", "127.0.0.1", "[::1]")]
    if not hosts or "*" in hosts:
        results.append(
            Error(
                "ALLOWED_HOSTS does not name this site's host.",
                hint="Set ALLOWED_HOSTS to the host names people use, separated by commas; never *.",
                id="escale.E003",
            )
        )
    elif (
        base.hostname
        and base.hostname not in hosts
        and not any(host.startswith(".") and base.hostname.endswith(host) for host in hosts)
    ):
        results.append(
            Error(
                "ESCALE_BASE_URL's host is not among ALLOWED_HOSTS: every link sent would be refused.",
                hint=f"Add {base.hostname} to ALLOWED_HOSTS.",
                id="escale.E004",
            )
        )
    if settings.ESCALE_UID_DOMAIN in ("", "escale.local") or _is_example(settings.ESCALE_UID_DOMAIN):
        results.append(
            Error(
                "ESCALE_UID_DOMAIN is not set: it ends the identifier of every calendar event.",
                hint="Choose a host name once (this site's is fine) and never change it afterwards.",
                id="escale.E005",
            )
        )
    return results


def _answerable() -> list[CheckMessage]:
    """Check that notices name who answers for the data, and where (GDPR, article 13, 1 a)."""
    results: list[CheckMessage] = []
    if settings.ESCALE_CONTROLLER.strip() in ("", "Escale"):
        results.append(
            Error(
                "ESCALE_CONTROLLER is not set: the notices about personal data would name nobody.",
                hint='Set ESCALE_CONTROLLER="Association of the Quays", the name of who answers for the data.',
                id="escale.E015",
            )
        )
    if not _is_real(settings.ESCALE_CONTACT_EMAIL):
        results.append(
            Error(
                "ESCALE_CONTACT_EMAIL is not an address of yours: people could not ask about their data.",
                hint="Set ESCALE_CONTACT_EMAIL=contact@your-domain, a mailbox that somebody reads.",
                id="escale.E016",
            )
        )
    return results


def _is_real(address: str) -> bool:
    name, _at, host = address.strip().rpartition("@")
    return bool(name and host) and host != "localhost" and not _is_example(host)


def _mail() -> list[CheckMessage]:
    results: list[CheckMessage] = []
    if any(word in settings.EMAIL_BACKEND for word in NOT_SENDING) or settings.ESCALE_MAILBOX:
        results.append(
            Error(
                "Mail would not leave this machine.",
                hint="Set EMAIL_URL (smtp+tls://user:password@host:587) or EMAIL_BACKEND (one of Anymail's).",
                id="escale.E006",
            )
        )
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if not _is_real(address):
        results.append(
            Error(
                "DEFAULT_FROM_EMAIL is not an address of yours: mails would be refused or marked as spam.",
                hint='Set DEFAULT_FROM_EMAIL="Association <contact@your-domain>".',
                id="escale.E007",
            )
        )
    return results


def _backend() -> list[CheckMessage]:
    """Check that the way out can be taken: a backend that exists, with what it needs to be let in and to report."""
    name = settings.EMAIL_BACKEND
    try:
        get_connection()
    except ImproperlyConfigured as error:
        return [
            Error(
                f"The mail provider's settings are incomplete: {str(error).splitlines()[0]}",
                hint="Set it in the environment with ANYMAIL_ before its name, as in ANYMAIL_BREVO_API_KEY=….",
                id="escale.E010",
            )
        ]
    except (ImportError, AttributeError):
        return [
            Error(
                f"The mail backend {name} does not exist.",
                hint="Set EMAIL_BACKEND to one of Anymail's, as in anymail.backends.brevo.EmailBackend.",
                id="escale.E009",
            )
        ]
    if name.endswith("smtp.EmailBackend") and not settings.EMAIL_HOST:
        hint = "Set EMAIL_URL=smtp+tls://user:password@host:587."
        return [Error("EMAIL_URL names no host.", hint=hint, id="escale.E011")]
    return _webhook() if name.startswith("anymail.") else []


def _rates() -> list[CheckMessage]:
    try:
        throttle.intervals()
    except ValueError as error:
        hint = "Set ESCALE_MAIL_RATE=300/min and ESCALE_MAIL_RATE_PER_DOMAIN=orange.fr=60/min,sfr.fr=60/min."
        return [Error(f"A rate of mails cannot be read: {error}.", hint=hint, id="escale.E014")]
    return []


def _retention() -> list[CheckMessage]:
    """Check that no retention time is negative or longer than what it hangs on: the pages would promise the longer."""
    kept = settings.ESCALE_RETENTION
    registrations = kept["registrations_months"]
    longer = {
        "attendance_months": kept["attendance_months"] > registrations,
        "needs_days": kept["needs_days"] > registrations * DAYS_IN_MONTH,
    }
    return [
        *(
            Error(
                f"ESCALE_KEEP_{name.upper()} is longer than ESCALE_KEEP_REGISTRATIONS_MONTHS: it goes with them.",
                hint="Set it to at most the same time.",
                id="escale.E031",
            )
            for name, is_longer in longer.items()
            if is_longer
        ),
        *_negative(),
    ]


def _negative() -> list[CheckMessage]:
    return [
        Error(
            f"ESCALE_KEEP_{name.upper()} is negative: data that are still needed would be erased.",
            hint="Set a number from 0 on.",
            id="escale.E017",
        )
        for name, value in settings.ESCALE_RETENTION.items()
        if value < 0
    ]


def _periods() -> list[CheckMessage]:
    """Check that what is promised for a time can be kept: it lasts, and a notice still comes before the session."""
    results: list[CheckMessage] = [
        Error(
            f"ESCALE_PERIODS[{name!r}] is not longer than nothing: what people are promised would have ended already.",
            hint="Set the ESCALE_…_DAYS, _HOURS or _MINUTES of that name to 1 or more.",
            id="escale.E033",
        )
        for name, length in settings.ESCALE_PERIODS.items()
        if length <= dt.timedelta(0)
    ]
    if settings.ESCALE_PERIODS["grace"] >= schedule_changes.TOO_NEAR:
        minutes = schedule_changes.TOO_NEAR // dt.timedelta(minutes=1)
        results.append(
            Error(
                "ESCALE_GRACE_MINUTES is too long: the notice of a change could leave after the session has begun.",
                hint=f"Set it to less than {minutes}: nearer than that to a session, a notice leaves at once.",
                id="escale.E034",
            )
        )
    return results


def _status_token() -> list[CheckMessage]:
    """Check that what opens the reasons of /readyz cannot be guessed."""
    if not settings.ESCALE_STATUS_TOKEN or len(settings.ESCALE_STATUS_TOKEN) >= SHORTEST_PASSWORD:
        return []
    return [
        Error(
            "ESCALE_STATUS_TOKEN is too short: it could be guessed.",
            hint="Set it to 16 random characters or more, or leave it empty.",
            id="escale.E032",
        )
    ]


def _webhook() -> list[CheckMessage]:
    """Check that only the provider can tell of bounces: whoever else could, stops anyone's mail."""
    results: list[CheckMessage] = []
    secret = settings.ANYMAIL.get("WEBHOOK_SECRET", "")
    user, colon, password = secret.partition(":")
    if not user or not colon or len(password) < SHORTEST_PASSWORD:
        results.append(
            Error(
                "ANYMAIL_WEBHOOK_SECRET is not set, or too short: anyone could report anyone's address as wrong.",
                hint="Set it to two random words, name:password (16 characters or more), and give the provider "
                "https://name:password@this-site/anymail/…/tracking/ as its webhook.",
                id="escale.E012",
            )
        )
    for pattern in tracking.urls():
        try:
            view: Any = pattern.callback
            view.view_class(**view.view_initkwargs)
        except ImproperlyConfigured as error:
            results.append(
                Error(
                    f"The provider's reports could not be checked: {str(error).splitlines()[0]}",
                    hint="Set it in the environment with ANYMAIL_ before its name.",
                    id="escale.E013",
                )
            )
    return results


@register(Tags.security)
def production(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001 - Django's signature for checks
    **_kwargs: Any,
) -> list[CheckMessage]:
    """Refuse to start a public server that is set up wrong; silent in the embedded mode and in tests."""
    if not getattr(settings, "ESCALE_PRODUCTION", False):
        return []
    results: list[CheckMessage] = []
    if settings.DEBUG:
        results.append(
            Error(
                "DEBUG is on: pages would show secrets.",
                hint="Remove DEBUG from the environment.",
                id="escale.E008",
            )
        )
    mail = _mail()
    return [
        *results,
        *_secret(),
        *_addresses(),
        *_answerable(),
        *mail,
        *([] if mail else _backend()),
        *_rates(),
        *_retention(),
        *_periods(),
        *_status_token(),
    ]
