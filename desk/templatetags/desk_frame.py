"""The frame of the organisers' pages: the menu, the pages above, the help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from desk.ui.frame import help as helping
from desk.ui.frame import place

if TYPE_CHECKING:
    from django.template import Context

register = template.Library()


@register.inclusion_tag("desk/ui/_menu.html", takes_context=True)
def menu(context: Context) -> dict[str, Any]:
    """Show the menu, with the entry of the page that is open marked."""
    view = _view(context)
    here = place.entry_of(view, kind=context.get("kind")) if view else None
    request = context.get("request")
    path = request.path if request is not None else ""
    return {"entries": place.MENU, "here": here, "path": path}


@register.inclusion_tag("desk/ui/_where.html", takes_context=True)
def where(context: Context) -> dict[str, Any]:
    """Show the pages above the one that is open, and what it is for."""
    view = _view(context)
    if not view:
        return {}
    shown = {str(key): value for key, value in context.flatten().items()}
    return {
        "crumbs": place.crumbs(view, shown, path=context["request"].path),
        "help": helping.text(view),
    }


def _view(context: Context) -> str:
    """Return the name of the page's address; empty for an error page, or one of another part of the site."""
    match = getattr(context.get("request"), "resolver_match", None)
    name = match.view_name if match is not None else ""
    return name if name.startswith("desk:") else ""
