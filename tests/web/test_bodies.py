"""What the site takes of what is sent to it, and that no header of a request enters what is kept for everybody."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any, cast

import pytest
from django.conf import settings as site
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.signals import request_started
from django.db import close_old_connections, connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from tests import make
from web.requests import bodies

if TYPE_CHECKING:
    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
APPLICATION = bodies.ReadAsUnicode(WSGIHandler())


@pytest.fixture
def page() -> str:
    """The address of a form that strangers send."""
    with translation.override("en"):
        return reverse("accounts:login")


@pytest.fixture
def claire(client: Client) -> Client:
    cycle = make.cycle(slug="tour", programme=make.programme())
    client.force_login(make.membership(programme=cycle.programme).user)
    return client


def send(client: Client, page: str, body: bytes, kind: str = FORM, **more: Any) -> HttpResponse:
    answer: Any = client.generic("POST", page, body, content_type=kind, **more)
    return cast("HttpResponse", answer)


def ask(environ: dict[str, Any]) -> tuple[int, bytes]:
    """Hand a request to the site as a server does; return the status and the body of its answer."""
    told: list[str] = []

    def start(status: str, _headers: list[tuple[str, str]], _error: Any = None) -> Any:
        told.append(status)

    # A server's request closes changed connections; the test's is in its transaction. Django's client does the same.
    request_started.disconnect(close_old_connections)
    try:
        body = b"".join(APPLICATION(environ, start))
    finally:
        request_started.connect(close_old_connections)
    return int(told[0][:3]), body


def test_strangers_send_a_quarter_of_a_megabyte_and_organisers_ten_times_that(
    claire: Client, page: str
) -> None:
    within, above = b"a=" + b"x" * (bodies.FROM_ANYBODY - 2), b"a=" + b"x" * bodies.FROM_ANYBODY
    assert [send(Client(), page, body).status_code for body in (within, above)] == [200, 413]
    answer = send(Client(), page, above)
    assert b"What you sent is larger than this page takes" in answer.content
    assert b'<html lang="en">' in answer.content
    desk = reverse("desk:registration", args=["tour"])
    largest = b"a=" + b"x" * (bodies.FROM_ORGANISERS - 2)
    assert [send(claire, desk, body).status_code for body in (above, largest, largest + b"x")] == [
        422,
        422,
        413,
    ]


def test_a_file_is_taken_where_a_form_takes_one(claire: Client, page: str) -> None:
    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("a.csv", b"x" * 1000)

    importing = reverse("desk:registrants-import", args=["tour"])
    assert Client().post(page, {"email": "x", "file": file()}).status_code == 415
    assert claire.post(reverse("desk:registration", args=["tour"]), {"file": file()}).status_code == 415
    assert claire.post(importing, {"file": file()}).status_code in (200, 422)
    # Of who is signed out a small form is read, to keep what was typed; of a large one not a byte.
    answer = Client().post(importing, {"file": file()})
    assert (answer.status_code, b"a.csv" in answer.content) == (403, True)
    large = SimpleUploadedFile("b.csv", b"x" * bodies.FROM_ANYBODY)
    answer = Client().post(importing, {"file": large})
    assert (answer.status_code, b"b.csv" in answer.content) == (403, False)


@pytest.mark.parametrize(
    "kind",
    [
        *(
            f"{FORM}; charset={name}"
            for name in ("utf-7", "idna", "unicode_escape", "hex", "no-such-charset", "latin-1")
        ),
        f"{FORM}; charset*=hex'en'%41",
        f'{FORM}; x="charset"; CHARSET="utf-16"',
    ],
)
def test_no_encoding_but_utf_8_is_read(page: str, kind: str) -> None:
    sent = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": "7", "wsgi.input": io.BytesIO(b"email=x")}
    status, body = ask(RequestFactory().post(page).environ | sent)
    assert (status, b"could not be read" in body) == (415, True)
    # What an address says is UTF-8 whatever a request says of a body that it has not.
    status, body = ask(RequestFactory().get(f"{page}?next=/%C3%A9").environ | {"CONTENT_TYPE": kind})
    assert (status, 'value="/é"'.encode() in body) == (200, True)


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_utf_8_is_read_by_each_of_its_names(page: str, charset: str) -> None:
    for kind, body in ((FORM, b"email=x"), ('multipart/form-data; boundary="a b"', b"--a b--\r\n")):
        sent = {
            "CONTENT_TYPE": f"{kind}; charset={charset}",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        assert ask(RequestFactory().post(page).environ | sent)[0] in (200, 403)


@pytest.mark.parametrize("headers", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "many"}])
def test_a_body_says_how_long_it_is(page: str, headers: dict[str, str]) -> None:
    assert send(Client(), page, b"email=x", **headers).status_code == 411


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        (FORM, "&".join(f"a{n}=1" for n in range(9000)).encode()),
    ],
)
def test_what_cannot_be_read_is_said_in_words(page: str, kind: str, body: bytes) -> None:
    answer = send(Client(), page, body, kind)
    assert answer.status_code == 400
    assert b"could not be read" in answer.content


def test_half_a_body_is_no_form(page: str) -> None:
    environ = RequestFactory().post(page).environ | {
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": "500",
        "wsgi.input": io.BytesIO(b"email=x"),
    }
    status, body = ask(environ)
    assert (status, b"did not arrive in time" in body) == (408, True)


def test_an_address_with_nul_is_refused_in_words(client: Client) -> None:
    answer = client.get("/en/cycles/a%00b/")
    assert (answer.status_code, b"holds a sign" in answer.content) == (400, True)


def test_nul_in_a_query_is_a_sign_that_nothing_holds(claire: Client) -> None:
    answer = claire.get("/en/desk/search/?q=tour%00")
    assert (answer.status_code, answer.wsgi_request.GET["q"]) == (200, "tour\ufffd")


def test_half_of_the_threads_never_read_and_no_network_takes_all_turns() -> None:
    readers = bodies.Readers(8)
    with contextlib.ExitStack() as turns:
        results = [turns.enter_context(readers.turn(network)) for network in ("a", "a", "a", "b", "", "c")]
    assert results == [True, True, False, True, True, False]
    with readers.turn("a") as again:
        assert again
    assert (bodies.Readers(1).most, bodies.Readers(2).most, bodies.Readers(16).most) == (1, 1, 8)


def test_a_script_name_from_a_proxy_changes_nothing(client: Client) -> None:
    make.session(cycle=make.cycle(slug="tour"), slug="escale-02")
    paths = [
        "/fr/",
        "/fr/cycles/tour/",
        "/fr/cycles/tour.ics",
        "/sitemap.xml",
        "/robots.txt",
        "/fr/register/tour/",
    ]
    assert site.FORCE_SCRIPT_NAME == ""
    for path in paths:
        environ = RequestFactory().get(path).environ | {"SCRIPT_NAME": "/evil", "PATH_INFO": path}
        status, body = ask(environ)
        assert (path, status, b"evil" in body) == (path, 200, False)
        kept = client.get(path).content
        assert b"evil" not in kept


def test_a_host_that_is_allowed_but_not_ours_enters_nothing_that_is_kept(client: Client) -> None:
    make.session(cycle=make.cycle(slug="tour"), slug="escale-02")
    for path in ("/fr/", "/fr/cycles/tour/", "/fr/cycles/tour.ics", "/fr/subscribe/", "/sitemap.xml"):
        first = client.get(path, headers={"host": "localhost:666"}).content
        assert b"localhost:666" not in first
        assert client.get(path).content == first


def test_a_full_cache_in_the_database_loses_no_count() -> None:
    with pytest.MonkeyPatch.context() as patch:
        options = {
            "BACKEND": "web.caching.CountingCache",
            "LOCATION": "test_counts",
            "OPTIONS": {"MAX_ENTRIES": 10},
        }
        patch.setitem(caches.settings, "counts", options)
        call_command("createcachetable", "test_counts", verbosity=0)
        cache = caches["counts"]
        cache.set("old", 1, timeout=-1)
        for number in range(100):
            cache.set(f"count-{number}", number, timeout=3600)
        assert [cache.get(f"count-{number}") for number in range(100)] == list(range(100))
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM test_counts")
            assert cursor.fetchone() == (100,)
