"""The public PDF of a published programme sheet: earlier versions too, for whoever registered with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cycles.models import Module
from cycles.site.page_cache.snapshots import Built, next_midnight, snapshot
from training.models import Syllabus

from . import printing

if TYPE_CHECKING:
    from django.http import HttpRequest


@snapshot()
def syllabus(request: HttpRequest, slug: str, version: int) -> Built:
    """Hand out one version of the sheet of a published module."""
    del request
    row = get_object_or_404(
        Syllabus.objects.published().select_related("module__programme__lead"),
        module__in=Module.objects.published().filter(slug=slug),
        version=version,
    )
    if row.published_at is None:
        raise Http404
    at = timezone.now()
    return Built(
        body=printing.pdf(row, at=row.published_at),
        content_type="application/pdf",
        true_until=next_midnight(at, zone=timezone.get_default_timezone()),
        headers=(("Content-Disposition", f'inline; filename="{file_name(row)}"'),),
    )


def file_name(row: Syllabus) -> str:
    return f"programme-{row.module.slug}-v{row.version}.pdf"
