"""No token of a personal link in what is logged or reported, whichever logger it is and whatever went wrong."""

from __future__ import annotations

import io
import logging
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from registrations.calendar import feed_tokens
from registrations.links import personal_links
from speakers.people import links as speaker_links
from surveys.answering import links as survey_links
from tests import doors, make
from tests.doors import DOORS
from tests.surveys import build
from training.signing import links as signing_links
from web.errors.error_reports import Reporter
from web.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "4Hk9TheTokenOfSomebodyX7z"


def token_names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from token_names(pattern.url_patterns, inner)
        elif "token" in pattern.pattern.converters:
            yield f"{prefix}{pattern.name}"


NAMES = sorted(set(token_names(get_resolver().url_patterns)))


@pytest.mark.parametrize("name", NAMES)
def test_every_address_with_a_token_loses_it_and_keeps_its_route(name: str) -> None:
    more = DOORS[name].args
    args = (SECRET, *(more[1:] if isinstance(more, tuple) else ()))
    path = reverse(name, args=args)
    seen = redact(f"Not Found: {path}")
    assert seen == f"Not Found: {path.replace(SECRET, '[token]').replace('[token].ics', '[token]')}"
    for shape in (
        path.upper(),
        path.rstrip("/"),
        f"https://site.example.org{path}?done=x",
        f"GET {path} HTTP/1.1",
        f"/fr/account/login/?next={quote(path, safe='')}",
        quote(quote(path, safe=""), safe=""),
        path.replace(SECRET, SECRET + ")."),
        path.replace(SECRET, f"{SECRET}:a:b"),
    ):
        assert SECRET.lower() not in redact(shape).lower(), shape


@pytest.mark.parametrize(
    "text",
    ["/fr/link/sent/", "/fr/link/", "/fr/cycles/tour/", "/fr/speakers/nadia.ics", "my house", "9:30-10:45"],
)
def test_what_holds_no_token_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("word", ["sent", "ended", "alarm", "12"])
def test_a_token_may_begin_like_a_word_of_ours(word: str) -> None:
    for token in (f"{word}:{SECRET}", f"{word}-{SECRET}", f"{word}{SECRET}", f"{word}.{SECRET}"):
        assert redact(f"/fr/sign/{token}/") == "/fr/sign/[token]/"


def test_what_django_signed_goes_wherever_it_stands() -> None:
    from django.core import signing  # noqa: PLC0415 - beside its use

    for value in (signing.dumps([7, "x"], salt="s"), signing.Signer(salt="s").sign_object(7)):
        assert redact(f"bad value {value!r} here") == "bad value '[token]' here"


@pytest.mark.django_db
def test_no_answer_leaves_a_token_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    seat = make.registration()
    person = seat.participant
    contact = make.contact("nadia@example.org")
    opened = {
        "sign": signing_links.sign_token(seat),
        "teach": signing_links.teach_token(seat.session, email="nadia@example.org"),
        "tablet": signing_links.tablet_token(seat.session, by_name="Marc", at=make.AT),
        "speak": speaker_links.token(contact),
        "speaker": speaker_links.token(contact),
        "speaker-calendar": speaker_links.calendar_token(contact),
        "survey": survey_links.token(build.opened(seat.session.cycle), seat),
    }
    tokens = {
        personal_links.manage_token(person),
        personal_links.join_token(seat),
        personal_links.offer_token(seat.cycle_registration),
        personal_links.mail_token(person),
        feed_tokens.reset(person, at=make.AT),
        *opened.values(),
    }
    caplog.set_level(logging.DEBUG)
    client = Client(raise_request_exception=False)
    manage = f"/fr/my/{personal_links.manage_token(person)}/"
    statuses = [
        client.put(manage).status_code,
        client.post(f"{manage}export.json").status_code,
        client.post(f"{manage}address/", {"email": "x"}).status_code,
        client.get(f"{manage}cancel/x/").status_code,
        client.get(f"/fr/join/{personal_links.join_token(seat)}/x").status_code,
        client.get(f"/fr/offer/{personal_links.offer_token(seat.cycle_registration)}x/").status_code,
        client.post(f"/fr/calendar/{next(iter(tokens))}.ics").status_code,
        client.get(f"/fr/nowhere/?next={quote(manage, safe='')}").status_code,
    ]
    assert statuses == [405, 405, 422, 302, 302, 404, 405, 404]
    for word, token in opened.items():
        # No such page below any of these, and what is sent is led nowhere: the whole address stands in the line.
        assert client.post(f"/fr/{word}/{token}/x/y/z/").status_code == 404
    assert {f"Not Found: /fr/{word}/[token]/x/y/z/" for word in opened} <= set(caplog.messages)
    assert len(caplog.records) >= 5
    text = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert [token for token in tokens if token in text] == []


@pytest.mark.parametrize("name", ["django.request", "gunicorn.error", "celery", "", "anything.at.all"])
def test_arguments_and_tracebacks_of_every_logger_are_redacted(name: str) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    path = f"/fr/my/{SECRET}/"
    try:
        logger.error("at %s: %s (%d, %r)", path, {"path": path}, 7, [path])
        logger.error("one %(path)s", {"path": path})
        logger.error(path)
        try:
            int(path)
        except ValueError:
            logger.exception("failed: %s", path)
    finally:
        logger.removeHandler(handler)
    text = stream.getvalue()
    assert (SECRET in text, text.count("/fr/my/[token]/"), "Traceback" in text) == (False, 7, True)


def test_the_access_log_of_gunicorn_is_redacted(capsys: pytest.CaptureFixture[str]) -> None:
    from gunicorn.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415 - no stubs; only here
    from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # noqa: PLC0415 - likewise

    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", '%(h)s "%(r)s" %(U)s %(s)s "%(f)s" "%({raw_uri}e)s"')
    path = f"/fr/join/{SECRET}/"

    class Answer:
        status, sent, headers = "200 OK", 10, ()

    class Request:
        headers = (("REFERER", f"https://site.example.org{path}"),)

    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": path,
        "PATH_INFO": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": f"https://site.example.org{path}",
    }
    import datetime as dt  # noqa: PLC0415 - only here

    Logger(config).access(Answer(), Request(), environ, dt.timedelta(seconds=1))
    captured = capsys.readouterr()
    text = captured.out + captured.err
    assert (SECRET in text, text.count("/fr/join/[token]/")) == (False, 4)


def test_an_error_report_holds_no_token() -> None:
    def broken(token: str) -> Any:
        address = f"/fr/my/{token}/"
        raise ValueError(address)

    request = RequestFactory().get(f"/fr/my/{SECRET}/", headers={"referer": f"https://x.org/fr/my/{SECRET}/"})
    try:
        broken(SECRET)
    except ValueError:
        reporter = Reporter(request, *sys.exc_info())
    for text in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert ("ValueError" in text, SECRET in text) == (True, False)


@pytest.mark.django_db
def test_the_doors_name_every_address_with_a_token() -> None:
    world = doors.world()
    for name in NAMES:
        assert doors.address(name, world)
