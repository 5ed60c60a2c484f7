"""One-time sign-in links for organisers, as `manage.py login_link` prints them.

The signature covers the account and its last sign-in, so a link works once; it also ages.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from accounts import periods
from accounts.models import User

SALT = "escale.accounts.login-link"


def _stamp(user: User) -> str:
    return user.last_login.isoformat() if user.last_login else "never"


def make(user: User) -> str:
    """Return the absolute address of a link that signs `user` in once, for as long as such a link lives."""
    token = signing.dumps([user.pk, _stamp(user)], salt=SALT)
    with translation.override(user.language):
        return settings.ESCALE_BASE_URL + reverse("accounts:enter", args=[token])


def read(token: str) -> User | None:
    """Return the account that a link belongs to, or None if it is altered, used, too old or switched off."""
    try:
        pk, stamp = signing.loads(token, salt=SALT, max_age=periods.length("login_link"))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and _stamp(user) == stamp else None
