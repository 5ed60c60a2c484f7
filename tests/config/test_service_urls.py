"""Addresses of services, as people write them: any password works or is refused in words that do not show it."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kombu.utils.url import parse_url
from redis import Redis

from config import service_urls
from config.service_urls import ServiceUrlError
from config.settings.base import database
from config.settings.site import env

EXAMPLE = "scheme://user:password@host:1/name"
# Anything that a password may hold, but a percent sign, which percent-encoding uses itself.
PASSWORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="%", exclude_categories=["C", "Z"]), min_size=1
)


def read(value: str) -> str:
    return service_urls.read("SOME_URL", value, example=EXAMPLE)


@pytest.mark.parametrize(
    ("value", "password"),
    [
        ("smtp+tls://contact:abc#def@smtp.example.org:587", "abc#def"),
        ("smtp+tls://contact:abc/def@smtp.example.org:587", "abc/def"),
        ("smtp+tls://contact:a?b@smtp.example.org:587", "a?b"),
        ("smtp+tls://contact:p@ss:word@smtp.example.org:587", "p@ss:word"),
        ("smtp+tls://contact:p%40ss@smtp.example.org:587", "p@ss"),
        ("smtp+tls://contact:100%@smtp.example.org:587", "100%"),
        ("smtp+tls://contact:a+b c@smtp.example.org:587", "a+b c"),
    ],
)
def test_a_password_of_the_mail_server_works_as_it_is(value: str, password: str) -> None:
    config = env.email_url_config(service_urls.read_mail(value))
    assert (
        config["EMAIL_HOST_USER"],
        config["EMAIL_HOST_PASSWORD"],
        config["EMAIL_HOST"],
        config["EMAIL_PORT"],
    ) == (
        "contact",
        password,
        "smtp.example.org",
        587,
    )


@given(password=PASSWORDS)
def test_any_password_reaches_the_database_redis_and_the_broker(password: str) -> None:
    config = database(f"postgres://escale:{password}@db:5432/escale")
    assert (config["PASSWORD"], config["HOST"], config["PORT"], config["NAME"]) == (
        password,
        "db",
        5432,
        "escale",
    )
    url = read(f"redis://:{password}@redis:6379/0")
    cache = Redis.from_url(url).connection_pool.connection_kwargs
    broker = parse_url(url)
    assert (cache["password"], cache["host"], broker["password"], broker["hostname"]) == (
        password,
        "redis",
        password,
        "redis",
    )
    assert "," not in url  # Django would take it for two servers


@pytest.mark.parametrize(
    "value",
    [
        "sqlite:////data/é d.sqlite3",
        "sqlite://:memory:",
        "postgres:///name",
        "postgres://user@/name?host=/run/postgresql",
        "postgres://u:p@h/db?options=a@b",
        "redis://[::1]:6379/1",
        "rediss://:p@redis.example.org:6380/0?ssl_ca_certs=/etc/ca.pem",
    ],
)
def test_an_address_that_is_right_stays_as_it_is(value: str) -> None:
    assert read(value) == value


@pytest.mark.parametrize(
    ("value", "scheme", "port"),
    [
        ("smtps://u:x@smtp.example.org:465", "smtp+ssl", 465),
        ("smtp://u:x@smtp.example.org:465", "smtp+ssl", 465),
        ("smtp+tls://u:x@smtp.example.org:465", "smtp+ssl", 465),
        ("smtps://u:x@smtp.example.org", "smtp+ssl", 465),
        ("smtp+ssl://u:x@smtp.example.org", "smtp+ssl", 465),
        ("smtps://u:x@smtp.example.org:587", "smtps", 587),
        ("smtp+tls://u:x@smtp.example.org:587", "smtp+tls", 587),
        ("smtp://localhost:25", "smtp", 25),
    ],
)
def test_the_port_of_a_mail_server_decides_how_it_speaks_tls(value: str, scheme: str, port: int) -> None:
    parts = urlsplit(service_urls.read_mail(value))
    assert (parts.scheme, parts.port) == (scheme, port)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "SOME_URL cannot be read: write"),
        ("db:5432", "SOME_URL cannot be read: write"),
        ("postgres://escale:s3cr3t#word", "“#” cannot stand in a host. In a password write %23 for #"),
        ("postgres://escale:s3cr3t@db:54x2/escale", "the port is no number"),
        ("postgres://escale:s3cr3t@db:0/escale", "the port is no number"),
        ("postgres://escale:s3cr3t@db:99999/escale", "the port is no number"),
    ],
)
def test_what_cannot_be_read_is_told_without_the_password(value: str, words: str) -> None:
    with pytest.raises(ServiceUrlError) as error:
        read(value)
    assert words in str(error.value)
    assert "s3cr3t" not in str(error.value)


def test_what_is_encoded_is_encoded_once() -> None:
    once = read("redis://:a%23b#c@h:1/0")
    assert (once, read(once), unquote(urlsplit(once).password or "")) == (
        "redis://:a%23b%23c@h:1/0",
        once,
        "a#b#c",
    )
