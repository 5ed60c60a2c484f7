#!/usr/bin/env python3
"""Keep the catalogues: one per app and language, sorted by message, without line numbers, compiled beside.

    messages.py [APP…]     bring each django.po in line with the sources and compile its django.mo
    messages.py --check    change nothing; say what is missing, stale or mistyped, and exit with 1

A language is kept in every app once `accounts/locale/<code>/` is there; the first run then makes the others.
No gettext programs are needed: Babel reads Python, Django turns its templates into something Babel reads,
polib writes both files. The same sources and translations always give the same bytes.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polib
from babel import Locale
from babel.messages.extract import extract
from babel.messages.plurals import get_plural
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "cycles", "registrations", "speakers", "training", "surveys", "notifications", "desk")
SHARED = "cycles"  # base.html, _parts and the error pages belong to the app that every page builds on
TEMPLATE_SUFFIXES = {".html", ".txt", ".ics"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# CLDR gives French a third plural, for millions: nothing here counts so far.
PLURALS = {"fr": "nplurals=2; plural=(n > 1);"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
# « ; : ! ? » take a narrow no-break space (U+202F), and nothing else.
WRONG_SPACE = re.compile("[ \u00a0][;:!?»]|«[ \u00a0]")
# A percent sign (%% beside placeholders) stands on the line of its number.
PLAIN_PERCENT = re.compile(r" %(?![\w(])")


class Key(NamedTuple):
    """What makes a message itself: the same words in another context are another message."""

    context: str
    text: str


class Message(NamedTuple):
    """A message as the sources write it."""

    key: Key
    plural: str
    comments: tuple[str, ...]


def owner(template: Path) -> str:
    """Return the app that a template's messages belong to; `template` is relative to templates/."""
    return template.parts[0] if template.parts[0] in APPS else SHARED


def sources(root: Path, app: str) -> Iterator[Path]:
    """Yield an app's Python files, then its templates, in a stable order."""
    for path in sorted((root / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path
    templates = root / "templates"
    for path in sorted(templates.rglob("*")):
        if path.suffix in TEMPLATE_SUFFIXES and owner(path.relative_to(templates)) == app:
            yield path


def readable(path: Path) -> bytes:
    """Return a source as Python that Babel can read."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text.encode()
    # What templatize leaves is a line of calls; its indentation means nothing and would upset Python's reader.
    return "\n".join(line.strip() for line in templatize(text).splitlines()).encode()


def messages(root: Path, app: str) -> dict[Key, Message]:
    """Return what an app says, by key."""
    result: dict[Key, Message] = {}
    for path in sources(root, app):
        extracted = extract(
            "python", BytesIO(readable(path)), KEYWORDS, ("Translators:",), {"encoding": "utf-8"}
        )
        for _line, text, comments, context in extracted:
            singular, plural = text if isinstance(text, tuple) else (text, "")
            key = Key(context or "", singular)
            before = result.get(key, Message(key, "", ()))
            notes = dict.fromkeys((*before.comments, *comments))
            result[key] = Message(key, before.plural or plural, tuple(notes))
    return result


def languages(root: Path) -> list[str]:
    """Return the languages that have catalogues."""
    return sorted({"fr", *(path.name for path in (root / APPS[0]).glob("locale/*"))})


def header(language: str) -> dict[str, str]:
    return {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "MIME-Version": "1.0",
        "Plural-Forms": PLURALS.get(language) or get_plural(language).plural_forms,
    }


def catalogue_path(root: Path, app: str, language: str = "fr") -> Path:
    return root / app / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> dict[Key, polib.POEntry]:
    """Return a catalogue's live entries, none if there is no catalogue yet."""
    if not path.exists():
        return {}
    return {
        Key(entry.msgctxt or "", entry.msgid): entry
        for entry in polib.pofile(str(path), encoding="utf-8")
        if not entry.obsolete
    }


def flag(message: Message) -> list[str]:
    """Return the flag that tells translation programs which placeholders to keep."""
    return ["python-format"] if re.search(r"%\(\w+\)[sd]|%[sd]", message.key.text) else []


def build(said: dict[Key, Message], known: dict[Key, polib.POEntry], language: str = "fr") -> polib.POFile:
    """Return the catalogue of what is said, with the translations that are known."""
    catalogue = polib.POFile(wrapwidth=110)
    name = Locale.parse(language).get_language_name("en")
    catalogue.header = f"{name} words of Escale. Kept by tools/messages.py."
    catalogue.metadata = header(language)
    plurals = range(int(catalogue.metadata["Plural-Forms"][len("nplurals=")]))
    for key in sorted(said):
        message = said[key]
        old = known.get(key)
        entry = polib.POEntry(
            msgid=key.text,
            msgctxt=key.context or None,
            comment="\n".join(message.comments),
            flags=flag(message) + (["fuzzy"] if old is not None and old.fuzzy else []),
        )
        if message.plural:
            entry.msgid_plural = message.plural
            forms = old.msgstr_plural if old is not None and old.msgstr_plural else {}
            entry.msgstr_plural = {number: forms.get(number, "") for number in plurals}
        else:
            entry.msgstr = old.msgstr if old is not None else ""
        catalogue.append(entry)
    return catalogue


def faults(entry: polib.POEntry, language: str = "fr") -> Iterator[str]:
    """Yield what is wrong with one translation."""
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(forms):
        yield f"no {Locale.parse(language).get_language_name('en')}"
        return
    if entry.fuzzy:
        yield "marked fuzzy: read it again and take the mark away"
    # The singular form may leave the number out ("un jour"), no form may name what is not there.
    offered = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
    needed = set() if entry.msgid_plural else offered
    for form in forms:
        used = set(PLACEHOLDER.findall(form))
        if not needed <= used <= offered:
            yield f"placeholders {sorted(used)} where the message has {sorted(offered)}"
        if language == "fr" and WRONG_SPACE.search(form):
            yield "; : ! ? « » need a narrow no-break space (U+202F)"
        if language == "fr" and PLAIN_PERCENT.search(form):
            yield "% needs a no-break space before it (U+202F or U+00A0)"
        if form.startswith("\n") != entry.msgid.startswith("\n") or form.endswith(
            "\n"
        ) != entry.msgid.endswith("\n"):
            yield "begins or ends with a line break where the message does not, or the other way round"


def disagreements(catalogues: dict[str, polib.POFile]) -> Iterator[str]:
    """Yield messages that two apps translate in two ways: Django would show one of them everywhere."""
    first: dict[Key, tuple[str, object]] = {}
    for app, catalogue in catalogues.items():
        for entry in catalogue:
            words = entry.msgstr_plural or entry.msgstr
            other, theirs = first.setdefault(Key(entry.msgctxt or "", entry.msgid), (app, words))
            if theirs != words:
                yield f"{app} and {other} translate “{entry.msgid}” differently: say it the same, or give one a context"


def update(root: Path, language: str = "fr") -> dict[str, polib.POFile]:
    """Return every app's catalogue as it should be. A message that moved to another app brings its translation."""
    known = {app: read(catalogue_path(root, app, language)) for app in APPS}
    everywhere = {
        key: entry for app in reversed(APPS) for key, entry in known[app].items() if entry.translated()
    }
    outcome = {app: messages(root, app) for app in APPS}
    return {app: build(outcome[app], everywhere | known[app], language) for app in APPS if outcome[app]}


def stale(root: Path, catalogues: dict[str, polib.POFile], language: str = "fr") -> Iterator[str]:
    """Yield the files that do not hold what they should."""
    for app in APPS:
        po = catalogue_path(root, app, language)
        mo = po.with_suffix(".mo")
        if app not in catalogues:
            if po.exists() or mo.exists():
                yield f"{po.relative_to(root)}: {app} says nothing: delete its catalogue"
            continue
        if not po.exists() or po.read_text(encoding="utf-8") != as_text(catalogues[app]):
            yield f"{po.relative_to(root)} is not what the sources say: make messages"
        if not mo.exists() or mo.read_bytes() != catalogues[app].to_binary():
            yield f"{mo.relative_to(root)} is not compiled from its django.po: make messages"


def as_text(catalogue: polib.POFile) -> str:
    return f"{catalogue}\n"


def write(root: Path, catalogues: dict[str, polib.POFile], language: str = "fr") -> Iterable[Path]:
    """Write what differs; return the files that were written."""
    written = []
    for app, catalogue in catalogues.items():
        po = catalogue_path(root, app, language)
        po.parent.mkdir(parents=True, exist_ok=True)
        for path, content in (
            (po, as_text(catalogue).encode()),
            (po.with_suffix(".mo"), catalogue.to_binary()),
        ):
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
                written.append(path)
    return written


def complaints(root: Path, catalogues: dict[str, polib.POFile], language: str = "fr") -> Iterator[str]:
    """Yield what a person must mend."""
    for app, catalogue in catalogues.items():
        for entry in catalogue:
            for fault in faults(entry, language):
                yield f"{catalogue_path(root, app, language).relative_to(root)}: “{entry.msgid.strip()}”: {fault}"
    yield from disagreements(catalogues)


def main(arguments: list[str], root: Path = ROOT) -> int:
    check = arguments == ["--check"]
    if not check and not set(arguments) <= set(APPS):
        print(__doc__)
        return 2
    results: list[str] = []
    for language in languages(root):
        catalogues = update(root, language)
        if check:
            results += stale(root, catalogues, language)
        else:
            catalogues = {app: catalogues[app] for app in catalogues if app in (arguments or APPS)}
            for path in write(root, catalogues, language):
                print(f"wrote {path.relative_to(root)}")
        results += complaints(root, catalogues, language)
        total = sum(map(len, catalogues.values()))
    for line in results:
        print(line)
    print(f"{total} messages in {len(catalogues)} apps, {len(results)} to mend")
    return 1 if check and results else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
