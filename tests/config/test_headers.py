"""Every response carries the strict headers, and the root looks at nothing but the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/fr/account/login/", "/fr/nowhere/", "/"])
def test_every_answer_is_locked_down(client: Client, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"].split("; ")[0] == "default-src 'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_root_is_the_same_for_everyone(client: Client) -> None:
    for language in ("en", "fr", "de"):
        response = client.get("/", headers={"accept-language": language})
        assert (response.status_code, response.headers["Location"]) == (302, "/fr/")
        assert "Set-Cookie" not in response.headers
