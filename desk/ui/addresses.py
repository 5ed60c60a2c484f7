"""Where the pages of a cycle and of a session begin; addresses that keep the filters of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

# A session's pages stand below its cycle's.
CYCLE = "cycles/<slug:slug>/"
SESSION = "cycles/<slug:cycle>/sessions/<slug:slug>/"


def back(request: HttpRequest, *, otherwise: str) -> str:
    """Return the path of the page from which something was asked (`next`), as far as it is one of this site."""
    path = request.POST.get("next", "")
    is_path = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_path else otherwise


def without_page(query: QueryDict) -> str:
    """Return the filters of an address as `q=…&state=…&`, ready for a page number; empty without filters."""
    kept = query.copy()
    kept.pop("page", None)
    text = kept.urlencode()
    return f"{text}&" if text else ""
