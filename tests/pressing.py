"""The forms of a page as a browser would send them: one press for each button, with what the fields hold at first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

NOT_SENT = ("submit", "button", "image", "reset", "file")
TAGS = re.compile(r"<script.*?</script>|<style.*?</style>|<[^>]+>", re.DOTALL)


@dataclass
class Press:
    """One button of a page: where it is sent, and with what."""

    url: str
    data: dict[str, list[str]]


@dataclass
class _Form:
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads forms with the state of their fields, those outside the element included (`form="…"`)."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, _Form] = {}
        self._open = ""
        self._textarea: tuple[str, str] | None = None
        self._select: tuple[str, str] | None = None
        self._text = ""

    def _of(self, given: dict[str, str]) -> _Form | None:
        return (
            self.forms.setdefault(given.get("form", self._open), _Form("", "get"))
            if (given.get("form") or self._open)
            else None
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = given.get("id") or f"form {len(self.forms)}"
            form = self.forms.setdefault(self._open, _Form("", "get"))
            form.action, form.method = given.get("action", ""), given.get("method", "get").lower()
            return
        form_of = self._of(given)
        if form_of is None or "disabled" in given:
            return
        self._field(form_of, tag, given)

    def _field(self, form: _Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        is_held = kind not in ("checkbox", "radio") or "checked" in given
        if tag == "button" and kind in ("submit", "text"):
            form.buttons.append((given.get("formaction", ""), name, given.get("value", "")))
        elif tag == "input" and name and kind not in NOT_SENT and is_held:
            form.fields.append((name, given.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "textarea" and name:
            self._textarea, self._text = (given.get("form", self._open), name), ""
        elif tag == "select" and name:
            self._select = (given.get("form", self._open), name)
        elif tag == "option" and self._select:
            self._option(given)

    def _option(self, given: dict[str, str]) -> None:
        """Take the first choice of a list, and the one that is selected instead."""
        owner, chosen = self._select or ("", "")
        fields = self.forms[owner].fields
        known = [position for position, (other, _value) in enumerate(fields) if other == chosen]
        if not known:
            fields.append((chosen, given.get("value", "")))
        elif "selected" in given:
            fields[known[0]] = (chosen, given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = ""
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea:
            owner, name = self._textarea
            # A browser leaves out the line break after the tag.
            self.forms[owner].fields.append((name, self._text.removeprefix("\n")))
            self._textarea = None


def presses(page: str, html: str) -> list[Press]:
    """Return what each button of the forms of a page that post would send, in order."""
    reader = _Reader()
    reader.feed(html)
    result = []
    for form in reader.forms.values():
        if form.method != "post":
            continue
        for action, name, value in form.buttons:
            data: dict[str, list[str]] = {}
            for known, held in [*form.fields, *([(name, value)] if name else [])]:
                if known != "csrfmiddlewaretoken":
                    data.setdefault(known, []).append(held)
            url = urlsplit(urljoin(page, action or form.action))
            result.append(Press(url=f"{url.path}?{url.query}" if url.query else url.path, data=data))
    return result


def text_of(html: str) -> str:
    """Return what is read of a page."""
    return " ".join(unescape(TAGS.sub(" ", html)).split())
