"""What a visitor is told when something fails: a calm page, and while the database is away one that says to come back.

A page that is stored is served all the same (cycles.site.page_cache.snapshots); this is for the others.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.template.loader import get_template
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import server_error

if TYPE_CHECKING:
    from django.http import HttpRequest

RETRY_SECONDS = 20


@requires_csrf_token
def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that an exception ended: 503 with Retry-After for a database that does not answer, else 500."""
    error = sys.exc_info()[1]
    if not _is_outage(error):
        return server_error(request)
    # No request: nothing that is shown may ask the database again.
    page = get_template("503.html").render({})
    return HttpResponse(
        page, status=503, headers={"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
    )


def _is_outage(error: BaseException | None) -> bool:
    """Tell whether the database is away or full, rather than asked something wrong (ProgrammingError, DataError…)."""
    return (
        isinstance(error, InterfaceError)
        or type(error).__name__ == "OperationalError"
        or type(error) is DatabaseError
    )
