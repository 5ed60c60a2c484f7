"""What no form expects: values, keys, headers and bodies that have stopped sites. Each is text as it is sent."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
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
    names = list(dict.fromkeys(name for name, _value in plain)) or ["q"]
    for number in range(count):
        name, value = chance.choice(names), chance.choice(VALUES)
        pairs = [(known, value if known == name else old) for known, old in plain] or [(name, value)]
        what, kind, headers = f"{name}={value[:40]}", "application/x-www-form-urlencoded", {}
        match number % 10:
            case 0:
                pairs = [(known, chance.choice(VALUES)) for known in names]
                what = f"all fields at once: {what}"
            case 1:
                pairs = [*pairs, *[(name, chance.choice(VALUES)) for _ in range(30)]]
                what = f"thirty times {what}"
            case 2:
                pairs = [*pairs, *[(key, value) for key in KEYS]]
                what = f"strange keys, {what}"
            case 3:
                kind = chance.choice(TYPES)
                what = f"{what} as {kind}"
            case 4:
                headers = chance.choice(HEADERS)
                what = f"{what} with {next(iter(headers))}"
            case 5:
                pairs = [pair for pair in pairs if pair[0] != name]
                what = f"without {name}"
        body = _encoded(pairs).encode()
        if number % 20 == 6:
            kind, body = "multipart/form-data; boundary=limit", _multipart(form.fields, files=names[:3])
            what = f"files as {names[:3]}"
        if number % 100 == 17:
            body = _encoded([(f"{name}{n}", "1") for n in range(9000)]).encode()
            what = "nine thousand fields"
        if number % 100 == 27:
            body = _encoded([(name, quote_plus("a" + "\u0301" * 150_000))]).encode()
            what = f"300 kB of combining marks as {name}"
        yield Sent(what=what, query=_encoded(pairs)[:3500], body=body, content_type=kind, headers=headers)


def report(failures: list[Any]) -> str:
    return "\n".join(map(str, failures[:20]))
