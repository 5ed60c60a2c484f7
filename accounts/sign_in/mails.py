"""The mails of signing in and of accounts: three files a kind, sent at once through the site's mail backend.

They do not go through the ledger of `notifications`: a code is worth nothing a minute later, and nobody else
may read it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts import automatic_mail

if TYPE_CHECKING:
    from collections.abc import Mapping


def send(kind: str, *, to: str, language: str, context: Mapping[str, Any]) -> None:
    """Send one mail of `accounts/email/<kind>/`. Raises what the mail backend raises (OSError, SMTPException)."""
    compose(kind, to=to, language=language, context=context).send()


def compose(kind: str, *, to: str, language: str, context: Mapping[str, Any]) -> automatic_mail.Mail:
    """Return one mail of `accounts/email/<kind>/`, ready to be sent."""
    values: dict[str, Any] = {
        "site_name": settings.ESCALE_SITE_NAME,
        "site_url": settings.ESCALE_BASE_URL,
        "site_contact": settings.ESCALE_CONTACT_EMAIL,
        "language": language,
        **context,
    }
    with translation.override(language):
        folder = f"accounts/email/{kind}"
        values["subject"] = " ".join(render_to_string(f"{folder}/subject.txt", values).split())
        mail = automatic_mail.Mail(
            subject=values["subject"],
            body=render_to_string(f"{folder}/body.txt", values).strip() + "\n",
            to=[to],
            headers={"Content-Language": language, **automatic_mail.HEADERS},
        )
        html = render_to_string(f"{folder}/body.html", values)
    mail.attach_alternative(css_inline.inline(html, keep_style_tags=True), "text/html")
    return mail
