"""The public page as it would be: what was written is saved, the page built, and everything taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation

from accounts.dry_run import dry_run
from cycles.models import Cycle, Session, Workshop
from desk.ui.forms.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.http import HttpRequest


def editor_addresses(page: str, *args: Any) -> dict[str, Any]:
    """Return where the buttons of an editor lead: saving, arranging its rows, its page as it would be."""
    return {
        "save": reverse(page, args=args),
        "arrange": reverse(f"{page}-arrange", args=args),
        "previews": [(code, reverse(f"{page}-preview", args=[*args, code])) for code in LANGUAGES],
    }


def preview(
    request: HttpRequest,
    *,
    language: str,
    write: Callable[[], Model],
    page: Callable[..., Any],
    address: Callable[[Any], tuple[str, ...]],
) -> HttpResponse:
    """Return the page of what `write` makes, published for the time of building it. Nothing is kept of it.

    `page` is the public view, `address` gives the slugs that it is asked for.
    """

    def build() -> Any:
        row: Any = write()
        _show(row)
        # Read by the base template; no header of a visitor can set it (those begin with HTTP_).
        request.META["ESCALE_PREVIEW"] = "1"
        with translation.override(language):
            return page.__wrapped__(request, *address(row))  # type: ignore[attr-defined] # kept by functools.wraps

    built = dry_run(build).result
    response = HttpResponse(built.body, content_type=built.content_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _show(row: Any) -> None:
    """Let a draft be seen, and what it belongs to."""
    if hasattr(row, "is_published"):
        row.is_published = True
        row.save(update_fields=["is_published"])
    elif isinstance(row, Cycle) and row.status == Cycle.Status.DRAFT:
        row.status = Cycle.Status.PUBLISHED
        row.save(update_fields=["status"])
    elif isinstance(row, Session):
        if row.status == Session.Status.DRAFT:
            row.status = Session.Status.TENTATIVE if row.starts_at else Session.Status.POSTPONED
            row.save(update_fields=["status"])
        _show(row.cycle)
    if isinstance(row, Workshop) and row.module is not None:
        _show(row.module)
