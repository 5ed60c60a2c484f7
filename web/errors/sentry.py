"""Error reports to Sentry (or what speaks its protocol, as GlitchTip), where SENTRY_DSN names a project.

Nothing of a person is sent: no address, no cookie, no body, no personal link.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from web.redaction import redact

# Parts of an event that may hold what somebody typed or who they are.
PERSONAL = ("user", "request", "breadcrumbs")


def start(dsn: str) -> None:
    """Report errors of this process. Raises ImproperlyConfigured without the package, or for no DSN."""
    try:
        import sentry_sdk  # noqa: PLC0415 - only where it is asked for
    except ImportError:
        msg = "SENTRY_DSN is set, and the package sentry-sdk is not installed: pip install sentry-sdk"
        raise ImproperlyConfigured(msg) from None
    try:
        sentry_sdk.init(
            dsn=dsn,
            max_request_body_size="never",
            include_local_variables=False,
            traces_sample_rate=0.0,
            before_send=clean,  # type: ignore[arg-type]  # an event is a dictionary
        )
    except sentry_sdk.utils.BadDsn:
        # The DSN itself holds a key.
        msg = "SENTRY_DSN cannot be read: copy it from your project's settings, https://key@host/number"
        raise ImproperlyConfigured(msg) from None


def clean(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """Return an event without what may name a person."""
    for name in PERSONAL:
        event.pop(name, None)
    cleaned: dict[str, Any] = _redacted(event)
    return cleaned


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _redacted(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(inner) for inner in value]
    return value
