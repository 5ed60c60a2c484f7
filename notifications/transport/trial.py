"""A test mail: by the way that every mail takes, so that what is wrong is said before somebody registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import get_connection
from django.utils.translation import gettext as _

from accounts import automatic_mail

from . import refusals

if TYPE_CHECKING:
    import datetime as dt

LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Whether the mail server took the test mail; `reply` is what it said if not, without addresses."""

    is_taken: bool
    reply: str = ""


def send(address: str, *, at: dt.datetime) -> Trial:
    """Send a test mail to an address, at once; what the server answers is returned, never raised."""
    body = _(
        "This is a test email of %(site)s, sent at %(when)s UTC.\n\n"
        "If you read it in your inbox, email leaves and arrives. "
        "If it lies among unwanted email, look at SPF, DKIM and DMARC of the sender's domain: %(sender)s"
    ) % {
        "site": settings.ESCALE_SITE_NAME,
        "when": f"{at:%Y-%m-%d %H:%M:%S}",
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    mail = automatic_mail.Mail(
        subject=_("Test email of %(site)s") % {"site": settings.ESCALE_SITE_NAME},
        body=body,
        to=[address],
        headers=dict(automatic_mail.HEADERS),
    )
    try:
        get_connection(timeout=settings.EMAIL_TIMEOUT).send_messages([mail])
    except Exception as error:  # noqa: BLE001 - each backend has errors of its own, and all of them are the answer
        return Trial(
            is_taken=False, reply=refusals.without_addresses(f"{type(error).__name__}: {error}")[:LONGEST]
        )
    return Trial(is_taken=True)
