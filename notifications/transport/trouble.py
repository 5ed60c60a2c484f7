"""The mail server refuses us: all mail rests, whoever runs the site is told, and the next rest tries again by itself.

Two marks among the heartbeats: TROUBLE since when and why, ACCEPTED when a mail was last taken. A refusal that says
"you" although mails of others are taken in between is about one domain: that one alone waits then.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import automatic_mail, periods
from accounts.models import User
from notifications.delivery.run.leases import Outcome
from notifications.models import Delivery, Heartbeat

from . import refusals, throttle, transports

if TYPE_CHECKING:
    from .transports import TransportDown

logger = logging.getLogger(__name__)

TROUBLE, ACCEPTED, TOLD = "refused", "accepted", "refused-told"
LONGEST_REST = dt.timedelta(minutes=15)
DOMAIN_REST = dt.timedelta(minutes=15)
FOR_ALL = tuple(name for name, ground in refusals.GROUNDS.items() if ground.is_for_all)
SEPARATOR = ": "
LONGEST_DETAIL = 500


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why the server refuses us: the ground, its reply without addresses, and since when."""

    ground: str
    reply: str
    since: dt.datetime


def now() -> Trouble | None:
    """Return what is wrong between us and the mail server; None when nothing is known to be."""
    beat = Heartbeat.objects.filter(name=TROUBLE).first()
    return read(beat) if beat else None


def read(beat: Heartbeat) -> Trouble:
    ground, _separator, reply = beat.detail.partition(SEPARATOR)
    return Trouble(ground=ground, reply=reply, since=beat.at)


def ground_in_words(ground: str) -> str:
    """Return what a refusal of ours means, for whoever can mend it."""
    words = {
        "login": _("the mail server does not accept our user name and password (EMAIL_URL)"),
        "sender": _("the mail server refuses our sender address (DEFAULT_FROM_EMAIL)"),
        "relay": _("the mail server does not pass our emails on: it does not know us (EMAIL_URL)"),
        "proof": _("our domain does not prove its emails: its SPF, DKIM or DMARC records are to be checked"),
        "blocked": _("our server’s address is blocked, or on a block list"),
        "quota": _("we have sent more than the mail server allows (ESCALE_MAIL_RATE)"),
        "policy": _("the mail server refuses our emails by its rules"),
    }
    return words.get(ground, _("the mail server refuses our emails"))


def accepted(*, at: dt.datetime) -> None:
    """Note that the server takes mail: what was wrong is mended."""
    Heartbeat.objects.update_or_create(name=ACCEPTED, defaults={"at": at})
    Heartbeat.objects.filter(name__in=(TROUBLE, TOLD)).delete()


def is_of_one_domain(delivery: Delivery) -> bool:
    """Tell whether a refusal that names us is of this mail's domain only: others were taken since it refused before.

    `delivery` as it was claimed, before this attempt.
    """
    taken = Heartbeat.objects.filter(name=ACCEPTED).first()
    if taken is None:
        return False
    before = (
        delivery.refusal in FOR_ALL and delivery.sending_at is not None and delivery.sending_at < taken.at
    )
    return before or (
        Delivery.objects.filter(
            domain=delivery.domain,
            state=Delivery.State.PENDING,
            refusal__in=FOR_ALL,
            sending_at__lt=taken.at,
        ).exists()
    )


def outcome(delivery: Delivery, error: TransportDown, *, at: dt.datetime) -> tuple[Outcome, dt.timedelta]:
    """Return what becomes of the mail in hand, and how long all mail rests (zero where one domain waits instead)."""
    result = str(error)
    if error.refusal and is_of_one_domain(delivery):
        throttle.slow_domain(delivery.domain, until=at + DOMAIN_REST)
        hand = transports.Hand(delivery.message_id or delivery.key, delivery.attempts + 1)
        return hand.later(code=error.code, error=result, refusal=error.refusal), dt.timedelta(0)
    rest = note(error, at=at)
    waits = Outcome(
        state=Delivery.State.PENDING,
        code=error.code,
        error=result,
        retry_in=rest,
        keeps_attempt=True,
        refusal=error.refusal,
    )
    return waits, rest


def note(error: TransportDown, *, at: dt.datetime) -> dt.timedelta:
    """Write down a refusal of ours, tell the administrators once, and return how long all mail rests.

    The rest grows with the time that it has lasted: asking again each two minutes may lock an account.
    """
    if not error.refusal:
        return error.rest
    detail = f"{error.refusal}{SEPARATOR}{refusals.without_addresses(str(error))}"[:LONGEST_DETAIL]
    beat, is_new = Heartbeat.objects.get_or_create(name=TROUBLE, defaults={"at": at, "detail": detail})
    if not is_new and beat.detail != detail:
        Heartbeat.objects.filter(name=TROUBLE).update(detail=detail)
    tell(Trouble(ground=error.refusal, reply=detail.partition(SEPARATOR)[2], since=beat.at), at=at)
    return max(error.rest, min((at - beat.at) / 2, LONGEST_REST))


def tell(trouble: Trouble, *, at: dt.datetime) -> None:
    """Write to the administrators, once, where another way out is configured than the one that is refused."""
    if not settings.ESCALE_ALERT_EMAIL:
        return
    _beat, is_new = Heartbeat.objects.get_or_create(name=TOLD, defaults={"at": at})
    if not is_new:
        return
    people = User.objects.filter(is_superuser=True, is_active=True).exclude(email="").order_by("pk")
    try:
        connection = get_connection(**_way(settings.ESCALE_ALERT_EMAIL))
        connection.send_messages([_alert(person, trouble, connection) for person in people])
    except (OSError, smtplib.SMTPException):
        # Told again at the next refusal.
        Heartbeat.objects.filter(name=TOLD).delete()
        logger.exception("the administrators could not be told of the refusal")


def _way(config: dict[str, Any]) -> dict[str, Any]:
    """Return what Django's connection takes, from what EMAIL_URL is read into."""
    names = {
        "EMAIL_BACKEND": "backend",
        "EMAIL_HOST": "host",
        "EMAIL_PORT": "port",
        "EMAIL_HOST_USER": "username",
        "EMAIL_HOST_PASSWORD": "password",
        "EMAIL_USE_TLS": "use_tls",
        "EMAIL_USE_SSL": "use_ssl",
    }
    return {names[name]: value for name, value in config.items() if name in names} | {"fail_silently": False}


def _alert(person: User, trouble: Trouble, connection: object) -> automatic_mail.Mail:
    with override(settings.LANGUAGE_CODE):
        body = _(
            "No email leaves %(site)s: %(why)s.\n\nThe server answered:\n%(reply)s\n\nNobody is stopped and nothing "
            "is lost: once it is mended, what waits leaves by itself within %(within)s. What leaves can be "
            "followed here:\n%(url)s\n"
        ) % {
            "site": settings.ESCALE_SITE_NAME,
            "within": periods.in_words(LONGEST_REST),
            "why": ground_in_words(trouble.ground),
            "reply": trouble.reply,
            "url": f"{settings.ESCALE_BASE_URL}/desk/",
        }
        subject = _("No email leaves %(site)s") % {"site": settings.ESCALE_SITE_NAME}
    sender = settings.ESCALE_ALERT_FROM or settings.DEFAULT_FROM_EMAIL
    return automatic_mail.Mail(subject, body, sender, [person.email], connection=connection)
