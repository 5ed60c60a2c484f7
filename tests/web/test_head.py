"""HEAD: the headers of GET, without a body for the server to drop and to warn of."""

from __future__ import annotations

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from web.requests.head import BodilessHead


@pytest.mark.parametrize(
    ("response", "length"),
    [
        (HttpResponse("é", headers={"X-A": "1"}), "2"),
        (HttpResponse(b"packed", headers={"Content-Length": "6"}), "6"),
        (HttpResponse(status=304), "0"),
        (StreamingHttpResponse(iter([b"a", b"b"])), None),
    ],
)
def test_a_body_is_taken_off_and_its_length_said(
    response: HttpResponse | StreamingHttpResponse, length: str | None
) -> None:
    answer = BodilessHead(lambda _request: response)(RequestFactory().head("/"))
    assert answer.headers.get("Content-Length") == length
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content]) == b""  # type: ignore[attr-defined]  # of the one or the other


def test_what_is_got_is_left_alone() -> None:
    answer = BodilessHead(lambda _request: HttpResponse("ab"))(RequestFactory().get("/"))
    assert isinstance(answer, HttpResponse)
    assert (answer.content, "Content-Length" in answer.headers) == (b"ab", False)
