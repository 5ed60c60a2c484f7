"""Downloading the file of a resource: only while it is public, at an address that stays when it is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cycles.content import documents
from cycles.models import ResourceFile

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


@require_safe
def resource_file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Give a file to save.

    Caches keep it by its digest and ask anew each time: one that is withdrawn or replaced is so at once.
    """
    file = get_object_or_404(ResourceFile.objects.public(), resource__slug=slug)
    etag = f'"{file.digest[:32]}"'
    answer: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = documents.attached(file.digest, name=file.name)
        answer["ETag"] = etag
    answer["Cache-Control"] = "public, no-cache"
    return answer
