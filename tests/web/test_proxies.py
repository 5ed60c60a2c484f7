"""A web server in front that does not say what it should is named in the log, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from web.requests.proxies import ProxyHeaders

if TYPE_CHECKING:
    from pytest_django import Settings

BOTH = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}


@pytest.mark.parametrize(
    ("path", "headers", "told"),
    [
        ("/fr/", {}, ["X-Forwarded-Proto", "X-Forwarded-For"]),
        ("/fr/", {"HTTP_X_FORWARDED_PROTO": "http"}, ["X-Forwarded-For"]),
        ("/fr/", {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, ["X-Forwarded-Proto"]),
        ("/fr/", BOTH, []),
        ("/livez", {}, []),
        ("/readyz", {}, []),
    ],
)
def test_what_is_missing_is_told_once(
    settings: Settings, caplog: pytest.LogCaptureFixture, path: str, headers: dict[str, str], told: list[str]
) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ESCALE_PROXY_COUNT = True, 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    middleware = ProxyHeaders(lambda _request: HttpResponse("ok"))
    for _time in range(3):
        assert middleware(RequestFactory().get(path, **headers)).status_code == 200  # type: ignore[arg-type]  # WSGI's names
    assert [record.getMessage().split()[4].rstrip(":") for record in caplog.records] == told


def test_a_site_without_a_proxy_is_left_alone(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ESCALE_PROXY_COUNT = False, 0
    ProxyHeaders(lambda _request: HttpResponse("ok"))(RequestFactory().get("/fr/"))
    assert caplog.records == []
