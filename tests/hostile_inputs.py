"""What no form expects: values, keys, headers and bodies that have stopped sites. Each is text as it is sent."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

# As bytes, percent-encoded as a browser would, or as none would (halves of characters, broken UTF-8).
VALUES: tuple[str, ...] = (
    *(
        quote_plus(text)
        for text in (
            "",
            " ",
            "\0",
            "a\0b",
            "a" + "\u0301\u0323" * 20_000,
            "\u0301" * 5000,
            "\ufeff\u200b\u202e",
            "\u2028\u2029\x85\x1f",
            "9" * 30,
            "9" * 5000,
            "-1",
            "0",
            "1e309",
            "NaN",
            "Infinity",
            "٣",
            "1_000",
            "2147483648",
            "9223372036854775808",
            "-9223372036854775809",
            "0001-01-01",
            "9999-12-31",
            "0000-00-00",
            "2026-02-30",
            "0001-01-01T00:00",
            "9999-12-31T23:59",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59.999999-14:00",
            "0001-01-01T00:00:00Z",
            "24:00",
            "23:59:59",
            "20279999",
            "Europe/../../etc/passwd",
            "{{ 7|add:7 }}{% now %}",
            "{given_name.__class__} {0} %(x)s %s %n {",
            "' OR 1=1 --",
            "<script>alert(1)</script>",
            "\r\nBcc: all@example.org",
            "=HYPERLINK()",
            "x" * 100_000,
            "[" * 5000,
            "*_" * 5000,
            "> " * 500,
            "&#0;&#xd800;",
            "a@" + "ü" * 250,
            "x" * 65 + "@" + "y" * 200 + ".org",
            "a@[127.0.0.1]",
            "ı@sıte.org",
            "a@xn--a.org",
            "https://[::1",
            "https://" + "é" * 300,
            "javascript:alert(1)",
            "//evil.example/",
            "http://a:99999999/",
            "news",
            "all",
            "on",
            "save",
            "add:sessions",
            "up:-1",
            "remove:99999999999999999999",
            "move:x:y",
        )
    ),
    "%ED%A0%80",
    "a%ED%BF%BFb",
    "%FF%FE",
    "%C0%80",
    "%",
    "%zz",
)
KEYS = (
    "",
    "%00",
    "a" * 2000,
    "a[b][c][d]",
    "__proto__",
    "%ED%A0%80",
    "id",
    "pk",
    "x-0-0-0",
    "form-TOTAL_FORMS",
)
TYPES = (
    "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded; charset=idna",
    "application/x-www-form-urlencoded; charset=hex",
    "application/x-www-form-urlencoded; charset=no-such-charset",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "x" * 300,
    "multipart/form-data; boundary=é",
    "application/json",
    "text/xml",
    "text/plain; charset=unicode_escape",
    ";;;",
    "",
)
HEADERS: tuple[dict[str, str], ...] = (
    {"X-Forwarded-For": "unknown"},
    {"X-Forwarded-For": "," * 500},
    {"X-Forwarded-For": "[::1%" + "x" * 500},
    {"Accept-Language": "fr;q=" + "9" * 400 + ",x" * 200},
    {"HX-Request": "true", "HX-Current-URL": "%", "HX-Target": "\x7f"},
    {"If-None-Match": '"' * 1000, "If-Modified-Since": "Thu, 99 Foo 9999 99:99:99 GMT"},
    {"Referer": "http://[", "Origin": "null"},
    {"Accept-Encoding": "gzip;q=," * 200},
    {"Cookie": "sessionid=" + "x" * 500 + "; csrftoken=%00; messages=x; =;"},
    {"User-Agent": "x" * 4000},
    {"Range": "bytes=-1,0-" + "9" * 30},
)


@dataclass
class Form:
    """A form of a page: where it is sent, and its fields with what they hold at first."""

    page: str
    action: str = ""
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.action or self.page


class _Forms(HTMLParser):
    """Reads the forms of a page; a select holds its first choice."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(self.page, given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        if action := given.get("formaction"):
            self.forms.append(Form(self.page, action, "post", self._form.fields if self._form else []))
        if self._form is None:
            return
        if tag in ("input", "textarea", "button") and given.get("name"):
            self._form.fields.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self._form.fields.append((self._select, given.get("value", "")))
            self._select = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


def forms_of(page: str, html: str) -> list[Form]:
    parser = _Forms(page)
    parser.feed(html)
    return parser.forms


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One request: `what` says it in short when it fails."""

    what: str
    query: str = ""
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: dict[str, str] = field(default_factory=dict)


def _encoded(pairs: list[tuple[str, str]]) -> str:
    """Join names and values that are encoded already."""
    return "&".join(f"{name}={value}" for name, value in pairs)


def _multipart(pairs: list[tuple[str, str]], *, files: list[str]) -> bytes:
    parts = [
        f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in pairs
    ]
    parts += [
        f'--limit\r\nContent-Disposition: form-data; name="{name}"; filename="../\u202ea.csv"\r\n'
        f"Content-Type: image/svg+xml\r\n\r\n\ufeff\0<svg>;;;\r\n"
        for name in files
    ]
    return ("".join(parts) + "--limit--\r\n").encode()


def inputs(form: Form, *, count: int, seed: int) -> Iterator[Sent]:
    """Yield hostile variants of what a form would send, the same for the same seed."""
    # A repeatable test, no secret.
    chance = random.Random(f"{seed}:{form.url}")  # noqa: S311
    plain = [
        (quote_plus(name), quote_plus(value)) for name, value in form.fields if name != "csrfmiddlewaretoken"
    ]
    plain = plain or [("q", "")]
    start = chance.randrange(100)
    for number in range(count):
        name, value = chance.choice(plain)[0], chance.choice(VALUES)
        pairs = [(known, value if known == name else old) for known, old in plain]
        yield _sent(form, pairs, name=name, value=value, turn=start + number, chance=chance)


def _sent(
    form: Form, pairs: list[tuple[str, str]], *, name: str, value: str, turn: int, chance: random.Random
) -> Sent:
    """Return a form with one hostile field, and every other time one more thing that is wrong with it."""
    what, kind, headers, body = f"{name}={value[:40]}", "application/x-www-form-urlencoded", {}, b""
    match turn % 16:
        case 0:
            pairs, what = [(known, chance.choice(VALUES)) for known, _value in pairs], f"all fields, {what}"
        case 2:
            pairs, what = (
                [*pairs, *[(name, chance.choice(VALUES)) for _ in range(30)]],
                f"thirty times {what}",
            )
        case 4:
            pairs, what = [*pairs, *[(key, value) for key in KEYS]], f"strange keys, {what}"
        case 6:
            kind = chance.choice(TYPES)
            what = f"{what} as {kind}"
        case 8:
            headers = chance.choice(HEADERS)
            what = f"{what} with {next(iter(headers))}"
        case 10:
            pairs, what = [pair for pair in pairs if pair[0] != name], f"without {name}"
        case 12:
            kind, what = "multipart/form-data; boundary=limit", f"a file as {name}"
            body = _multipart(form.fields, files=[name])
        case 14:
            what, body = _large(name, kind=turn // 16 % 3)
    return Sent(
        what=what,
        query=_encoded(pairs)[:3500],
        body=body or _encoded(pairs).encode(),
        content_type=kind,
        headers=headers,
    )


def _large(name: str, *, kind: int) -> tuple[str, bytes]:
    """Return a body whose size alone is hostile, with its name."""
    if kind == 0:
        return "nine thousand fields", _encoded([(f"{name}{n}", "1") for n in range(9000)]).encode()
    marks = "\u0301" * (150_000 if kind == 1 else 100_000)
    return f"{len(marks) * 2} bytes of marks as {name}", f"{name}=a{marks}".encode()
