"""The catalogues: what is extracted, what is kept, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polib
import pytest
from django.utils import translation

from tools import messages

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = """
from django.utils.translation import gettext as _, ngettext_lazy, pgettext

def words(count):
    # Translators: said to a person
    return _("Register"), ngettext_lazy("%(n)d seat", "%(n)d seats", count), pgettext("time", "Second")
"""
TEMPLATE = """{% load i18n %}<p title="{% translate 'It is "here"' %}">
    {% blocktranslate trimmed count n=seats %}
      One seat
      is left
    {% plural %}
      {{ n }} seats are left
    {% endblocktranslate %}
  {{ _("Register") }} isn't it? (it's "quoted" {
</p>"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of two apps that say something."""
    for name, text in {
        "desk/views.py": PYTHON,
        "desk/migrations/0001_initial.py": '_("never shown")',
        "templates/desk/seats.html": TEMPLATE,
        "templates/base.html": "{% load i18n %}{% translate 'Skip to content' %}",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def translate(path: Path, **words: str) -> None:
    """Write French words for the messages named, as a translator would."""
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.msgid in words:
            entry.msgstr = words[entry.msgid]
    catalogue.save()


def test_python_and_templates_are_read(tree: Path) -> None:
    desk = messages.messages(tree, "desk")
    assert sorted(desk) == [
        ("", "%(n)d seat"),
        ("", 'It is "here"'),
        ("", "One seat is left"),
        ("", "Register"),
        ("time", "Second"),
    ]
    assert desk[messages.Key("", "One seat is left")].plural == "%(n)s seats are left"
    assert desk[messages.Key("", "Register")].comments == ("Translators: said to a person",)
    assert list(messages.messages(tree, "cycles")) == [("", "Skip to content")]


def test_the_catalogue_is_sorted_and_stable(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main([], tree) == 0
    po = messages.catalogue_path(tree, "desk")
    first = po.read_bytes()
    assert [entry.msgid for entry in polib.pofile(str(po))] == [
        "%(n)d seat",
        'It is "here"',
        "One seat is left",
        "Register",
        "Second",
    ]
    assert "views.py" not in first.decode()
    capsys.readouterr()
    assert messages.main([], tree) == 0
    assert "wrote" not in capsys.readouterr().out
    assert po.read_bytes() == first


def test_only_the_apps_named_are_written(tree: Path) -> None:
    messages.main(["cycles"], tree)
    assert messages.catalogue_path(tree, "cycles").exists()
    assert not messages.catalogue_path(tree, "desk").exists()


def test_an_unknown_word_is_answered_with_the_usage(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main(["dsek"], tree) == 2
    assert "messages.py [APP…]" in capsys.readouterr().out


def test_check_is_quiet_when_all_is_said_in_french(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "desk" / "views.py").unlink()
    (tree / "templates" / "desk" / "seats.html").unlink()
    messages.main([], tree)
    translate(messages.catalogue_path(tree, "cycles"), **{"Skip to content": "Aller au contenu"})
    messages.main([], tree)
    capsys.readouterr()
    assert messages.main(["--check"], tree) == 0
    assert capsys.readouterr().out == "1 messages in 1 apps, 0 to mend\n"
    compiled = polib.mofile(str(messages.catalogue_path(tree, "cycles").with_suffix(".mo")))
    assert [(entry.msgid, entry.msgstr) for entry in compiled] == [("Skip to content", "Aller au contenu")]


def test_check_names_what_is_missing_stale_or_uncompiled(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.main([], tree)
    (tree / "desk" / "views.py").unlink()
    (tree / "templates" / "desk" / "seats.html").unlink()
    (tree / "templates" / "base.html").write_text("{% load i18n %}{% translate 'Skip' %}")
    messages.catalogue_path(tree, "cycles").with_suffix(".mo").unlink()
    capsys.readouterr()
    assert messages.main(["--check"], tree) == 1
    assert capsys.readouterr().out.splitlines() == [
        "cycles/locale/fr/LC_MESSAGES/django.po is not what the sources say: make messages",
        "cycles/locale/fr/LC_MESSAGES/django.mo is not compiled from its django.po: make messages",
        "desk/locale/fr/LC_MESSAGES/django.po: desk says nothing: delete its catalogue",
        "cycles/locale/fr/LC_MESSAGES/django.po: “Skip”: no French",
        "1 messages in 1 apps, 4 to mend",
    ]


def test_a_message_that_moves_brings_its_french(tree: Path) -> None:
    messages.main([], tree)
    translate(messages.catalogue_path(tree, "cycles"), **{"Skip to content": "Aller au contenu"})
    (tree / "templates" / "base.html").rename(tree / "templates" / "desk" / "base.html")
    messages.main([], tree)
    entries = {
        entry.msgid: entry.msgstr for entry in polib.pofile(str(messages.catalogue_path(tree, "desk")))
    }
    assert entries["Skip to content"] == "Aller au contenu"


@pytest.mark.parametrize(
    ("french", "complaint"),
    [
        ("%(n)d places, oui\u202f!", []),
        ("%(m)d places", ["placeholders ['%(m)d'] where the message has ['%(n)d']"]),
        ("des places", ["placeholders [] where the message has ['%(n)d']"]),
        ("%(n)d places !", ["; : ! ? « » need a narrow no-break space (U+202F)"]),
        ("%(n)d places\u00a0!", ["; : ! ? « » need a narrow no-break space (U+202F)"]),
        ("« %(n)d places\u202f»", ["; : ! ? « » need a narrow no-break space (U+202F)"]),
        ("50 %, %(n)d places", ["% needs a no-break space before it (U+202F or U+00A0)"]),
        (
            "50 %% de %(n)d places",
            [
                "placeholders ['%%', '%(n)d'] where the message has ['%(n)d']",
                "% needs a no-break space before it (U+202F or U+00A0)",
            ],
        ),
        ("50\u00a0%, 60\u202f% de %(n)d places", []),
        (
            "%(n)d places\n",
            ["begins or ends with a line break where the message does not, or the other way round"],
        ),
        ("", ["no French"]),
    ],
)
def test_a_wrong_translation_is_refused(french: str, complaint: list[str]) -> None:
    assert list(messages.faults(polib.POEntry(msgid="%(n)d seats", msgstr=french))) == complaint


def test_a_fuzzy_translation_is_refused() -> None:
    entry = polib.POEntry(msgid="Seat", msgstr="Place", flags=["fuzzy"])
    assert list(messages.faults(entry)) == ["marked fuzzy: read it again and take the mark away"]


def test_a_plural_form_may_leave_the_number_out() -> None:
    entry = polib.POEntry(
        msgid="%(n)d seat", msgid_plural="%(n)d seats", msgstr_plural={0: "une place", 1: "%(n)d places"}
    )
    assert list(messages.faults(entry)) == []


def test_two_apps_must_say_the_same(tree: Path) -> None:
    (tree / "templates" / "desk" / "seats.html").write_text(
        "{% load i18n %}{% translate 'Skip to content' %}"
    )
    messages.main([], tree)
    translate(messages.catalogue_path(tree, "cycles"), **{"Skip to content": "Aller au contenu"})
    translate(messages.catalogue_path(tree, "desk"), **{"Skip to content": "Au contenu"})
    assert list(messages.disagreements(messages.update(tree))) == [
        "desk and cycles translate “Skip to content” differently: say it the same, or give one a context"
    ]


def test_the_french_that_is_written_is_the_french_that_is_read() -> None:
    """No other package's word for the same English one is heard instead."""
    heard, written = {}, {}
    with translation.override("fr"):
        for app in messages.APPS:
            for key, entry in messages.read(messages.catalogue_path(messages.ROOT, app)).items():
                if entry.msgid_plural:
                    written[key] = entry.msgstr_plural[1]
                    heard[key] = (
                        translation.npgettext(key.context, key.text, entry.msgid_plural, 2)
                        if key.context
                        else translation.ngettext(key.text, entry.msgid_plural, 2)
                    )
                else:
                    written[key] = entry.msgstr
                    heard[key] = translation.pgettext(*key) if key.context else translation.gettext(key.text)
    assert heard == written
