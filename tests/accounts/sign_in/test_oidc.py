"""Sign-in through an organisation: a real OpenID provider on loopback, with its discovery, its keys and its lies."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse
from django.utils import timezone
from jwt.algorithms import RSAAlgorithm

from accounts.models import User
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

CLIENT, SECRET = "escale", "not-so-secret"
PERSON = {"sub": "u-17", "email": "claire@example.org", "email_verified": True, "name": "Claire"}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """An organisation that vouches for one person; `claims` is what its token says beside the usual."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.person: dict[str, Any] = dict(PERSON)
        self.claims: dict[str, Any] = {}
        self.challenges: dict[str, str] = {}
        self.is_down = False

    def authorize(self, address: str) -> dict[str, str]:
        """Do what the person does there: sign in, agree. Returns what comes back to us in the address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.url}/authorize?")
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        self.challenges["code-1"] = asked["code_challenge"]
        return {"code": "code-1", "state": asked["state"]}

    def token(self) -> str:
        now = timezone.now()
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + dt.timedelta(minutes=5),
            **self.person,
            **self.claims,
        }
        return jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "k1"})


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        provider = self.server
        if provider.is_down:
            self.answer({"error": "down"}, status=503)
        elif self.path == "/.well-known/openid-configuration":
            self.answer(
                {
                    "issuer": provider.url,
                    "authorization_endpoint": f"{provider.url}/authorize",
                    "token_endpoint": f"{provider.url}/token",
                    "userinfo_endpoint": f"{provider.url}/userinfo",
                    "jwks_uri": f"{provider.url}/jwks",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif self.path == "/jwks":
            key = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
            self.answer({"keys": [{**key, "kid": "k1", "use": "sig", "alg": "RS256"}]})
        elif self.path == "/userinfo" and self.headers["Authorization"] == "Bearer access-1":
            self.answer(provider.person)
        else:
            self.answer({"error": "not found"}, status=404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        expected = self.server.challenges.pop(sent.get("code", ""), None)
        is_ours = (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
        if expected is None or challenge != expected or not is_ours:
            self.answer({"error": "invalid_grant"}, status=400)
            return
        self.answer({"access_token": "access-1", "token_type": "Bearer", "id_token": self.server.token()})

    def answer(self, data: dict[str, Any], *, status: int = 200) -> None:
        content = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing: what a test wants to know it asks."""


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    app = {
        "provider_id": "organisation",
        "name": "La Fédération",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": server.url},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    settings.OIDC_SERVER_URL = server.url
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


LOGIN, BACK = (reverse(f"openid_connect_{step}", args=["organisation"]) for step in ("login", "callback"))


def set_out(client: Client) -> str:
    """Press the button; return where the page that follows leads by itself."""
    answer = client.post(LOGIN)
    assert answer.status_code == 200
    return answer.headers["Refresh"].removeprefix("0; url=")


def come_back(client: Client, provider: Provider, **changes: str) -> Any:
    back = {**provider.authorize(set_out(client)), **changes}
    return client.get(BACK, back, follow=True)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_someone_invited_signs_in_through_their_organisation(client: Client, provider: Provider) -> None:
    claire = make.user(email="claire@example.org")
    assert "La Fédération" in client.get(reverse("accounts:login")).content.decode()
    answer = come_back(client, provider)
    assert answer.redirect_chain[-1][0] == reverse("desk:home")
    assert client.session["_auth_user_id"] == str(claire.pk)
    assert User.objects.count() == 1


def test_the_address_is_the_same_in_capitals(client: Client, provider: Provider) -> None:
    make.user(email="claire@example.org")
    provider.person["email"] = "Claire@Example.ORG"
    come_back(client, provider)
    assert is_in(client)


@pytest.mark.parametrize(
    ("person", "claims"),
    [
        ({"email_verified": False}, {}),
        ({"email_verified": "false"}, {}),
        ({"email": "stranger@example.org"}, {}),
        ({"email": ""}, {}),
        ({}, {"iss": "https://evil.example.org"}),
        ({}, {"aud": "somebody-else"}),
        ({}, {"exp": 1_700_000_000}),
    ],
)
def test_whom_nobody_vouches_for_stays_outside(
    client: Client, provider: Provider, person: dict[str, Any], claims: dict[str, Any]
) -> None:
    make.user(email="claire@example.org")
    provider.person |= person
    provider.claims = claims
    answer = come_back(client, provider)
    assert not is_in(client)
    assert answer.status_code in (200, 401, 403)
    assert User.objects.count() == 1


def test_an_account_that_is_switched_off_stays_so(client: Client, provider: Provider) -> None:
    make.user(email="claire@example.org", is_active=False)
    come_back(client, provider)
    assert not is_in(client)


@pytest.mark.parametrize("changes", [{"state": "forged"}, {"code": "another"}, {"error": "access_denied"}])
def test_an_answer_to_another_question_is_refused(
    client: Client, provider: Provider, changes: dict[str, str]
) -> None:
    make.user(email="claire@example.org")
    answer = come_back(client, provider, **changes)
    assert not is_in(client)
    assert answer.status_code < 500


def test_an_answer_is_taken_once(client: Client, provider: Provider) -> None:
    make.user(email="claire@example.org")
    back = provider.authorize(set_out(client))
    client.get(BACK, back)
    assert is_in(client)
    client.logout()
    client.get(BACK, back)
    assert not is_in(client)


def test_a_provider_that_is_down_is_told_and_nothing_breaks(client: Client, provider: Provider) -> None:
    provider.is_down = True
    answer = client.post(LOGIN, follow=True)
    assert answer.status_code == 503
    assert reverse("accounts:login") in answer.content.decode()
    assert not is_in(client)
    # It goes away between the two steps.
    provider.is_down = False
    back = provider.authorize(set_out(client))
    provider.is_down = True
    assert client.get(BACK, back).status_code == 503
    assert not is_in(client)
