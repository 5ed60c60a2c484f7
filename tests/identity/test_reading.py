"""The normal form of an address: what it takes out, what it refuses, and that it makes nobody somebody else."""

from __future__ import annotations

import re
import unicodedata
from types import SimpleNamespace
from typing import Literal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from accounts import addresses
from accounts.addresses import AddressError, Trouble, reading
from accounts.addresses.reading import BLANK, INVISIBLE, LONGEST

LOCAL_SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+'"
WORDS = st.text(LOCAL_SIGNS, min_size=1, max_size=12)
LOCALS = st.lists(WORDS, min_size=1, max_size=3).map(".".join)
# Letters that people have in domains, and every one of those that fold into another in some database or library.
LABELS = st.text("abcdefgiklmnosuz0159éàçñüßøıſœžκσςяц", min_size=1, max_size=10)
DOMAINS = st.tuples(LABELS, st.sampled_from(["org", "fr", "asso.fr", "de"])).map(".".join)
LEFT_BEHIND = st.sampled_from(
    ["\u200b", "\ufeff", "\u00ad", "\u2060", "\u202a", "\u202c", "\u200e", "\ufe0f"]
)
AROUND = st.sampled_from(["", " ", "\u00a0", "\u202f", "\u3000", "\n", "\u200b", "\ufeff "])


def trouble_of(text: str) -> tuple[Trouble, str]:
    with pytest.raises(AddressError) as caught:
        addresses.read(text)
    return caught.value.trouble, caught.value.sign


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna@Example.ORG", "Anna@example.org"),
        ("anna@example.org\u200b", "anna@example.org"),
        ("loic@exam\u00adple.org", "loic@example.org"),
        ("noel@\u2060example.org", "noel@example.org"),
        ("\u200bmarie@example.org", "marie@example.org"),
        ("anna@example\u202f.org", "anna@example.org"),
        ("anna\u00a0@\u3000example.org", "anna@example.org"),
        ("<anna@example.org>", "anna@example.org"),
        (" mailto:anna@example.org ", "anna@example.org"),
        ("anna@example.org.", "anna@example.org"),
        ("a@École.fr", "a@xn--cole-9oa.fr"),
        ("a@E\u0301cole.fr", "a@xn--cole-9oa.fr"),
        ("a@xn--cole-9oa.fr", "a@xn--cole-9oa.fr"),
        ("a@straße.de", "a@xn--strae-oqa.de"),
        ("a@ΟΔΟΣ.gr", "a@xn--pxavbq.gr"),
        # A joiner that belongs to the spelling of a Persian name.
        ("a@نامه\u200cای.com", "a@xn--mgba3gch31f060k.com"),
        ("o'brien+tag@example.org", "o'brien+tag@example.org"),
        # As a telephone or a word processor types it.
        ("o\u2019brien@example.org", "o'brien@example.org"),
        ("dominique.d\u02bcarc@orange.fr", "dominique.d'arc@orange.fr"),
        ("a@例え.jp", "a@xn--r8jz45g.jp"),
    ],
)
def test_what_copying_leaves_is_taken_out(typed: str, kept: str) -> None:
    assert addresses.read(typed) == kept


@pytest.mark.parametrize(
    ("typed", "trouble", "sign"),
    [
        ("", Trouble.INCOMPLETE, ""),
        ("anna", Trouble.INCOMPLETE, ""),
        ("anna@", Trouble.INCOMPLETE, ""),
        ("anna@example", Trouble.INCOMPLETE, ""),
        ("claire@localhost", Trouble.INCOMPLETE, ""),
        ("anna@example..org", Trouble.INCOMPLETE, ""),
        ("anna@-example.org", Trouble.INCOMPLETE, ""),
        ("anna b@example.org", Trouble.INCOMPLETE, ""),
        # Nothing is joined that a blank may have kept apart.
        ("anna@example.org\u00a0tel", Trouble.INCOMPLETE, ""),
        ("anna@example.org. Merci", Trouble.INCOMPLETE, ""),
        ("anna@example.org zoe@example.org", Trouble.INCOMPLETE, ""),
        ("anna@example.org\nBcc: zoe@example.org", Trouble.INCOMPLETE, ""),
        ('"anna"@example.org', Trouble.INCOMPLETE, ""),
        ("anna@[127.0.0.1]", Trouble.INCOMPLETE, ""),
        ("a" * 250 + "@example.org", Trouble.TOO_LONG, ""),
        ("adm\u0131n@site.org", Trouble.LETTER, "\u0131"),
        ("\u017fite@site.org", Trouble.LETTER, "\u017f"),
        ("\u212aim@site.org", Trouble.LETTER, "\u212a"),
        ("adm\u0130n@site.org", Trouble.LETTER, "\u0130"),
        ("rené@site.org", Trouble.LETTER, "é"),
        ("admin@\u017fite.org", Trouble.LOOKALIKE, "\u017f"),
        ("admin@\u212aim.org", Trouble.LOOKALIKE, "\u212a"),
        ("admin@s\u0130te.org", Trouble.LOOKALIKE, "\u0130"),
        ("admin@STRA\u1e9eE.de", Trouble.LOOKALIKE, "\u1e9e"),
        ("admin@\uff53ite.org", Trouble.LOOKALIKE, "\uff53"),
        ("admin@site\u3002org", Trouble.LOOKALIKE, "\u3002"),
        ("admin@sit\u2460.org", Trouble.LOOKALIKE, "\u2460"),
        # A Cyrillic or Greek letter among Latin ones.
        ("admin@ex\u0430mple.org", Trouble.LOOKALIKE, "\u0430"),
        ("admin@\u0440aypal.com", Trouble.LOOKALIKE, "\u0440"),
        ("admin@sub.\u03bfrange.fr", Trouble.LOOKALIKE, "\u03bf"),
        ("admin@\U0001f600.org", Trouble.DOMAIN, ""),
        # No domain ends like this: no mail would reach it.
        ("anna@127.0.0.11", Trouble.DOMAIN, ""),
        ("anna@example.0rg", Trouble.DOMAIN, ""),
        ("anna@mail.localhost", Trouble.DOMAIN, ""),
        ("anna@example.invalid", Trouble.DOMAIN, ""),
    ],
)
def test_what_is_none_or_would_become_another_is_refused(typed: str, trouble: Trouble, sign: str) -> None:
    assert trouble_of(typed) == (trouble, sign)
    assert addresses.key(typed) == typed.strip()


def test_the_length_is_looked_at_before_unicode_is_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[int] = []

    def normalize(form: Literal["NFC", "NFD"], text: str) -> str:
        composed.append(len(text))
        return unicodedata.normalize(form, text)

    monkeypatch.setattr(reading, "unicodedata", SimpleNamespace(normalize=normalize))
    assert trouble_of("anna@a" + "\u0301" * 300_000 + ".org")[0] == Trouble.TOO_LONG
    addresses.domain("anna@a" + "\u0301" * 300_000 + ".org")
    addresses.pieces("a" + "\u0301" * 300_000)
    assert max(composed, default=0) <= LONGEST


@given(LOCALS, DOMAINS)
@example("a", "straße.de")
@example("a", "s\u0131te.org")
def test_a_normal_form_is_its_own(local: str, domain: str) -> None:
    typed = f"{local}@{domain}"
    try:
        normal = addresses.normal_form(typed)
    except AddressError:
        assume(False)
    assert normal.isascii()
    assert normal == normal.lower()
    assert addresses.normal_form(normal) == addresses.read(normal) == normal
    assert addresses.normal_form(addresses.shown(normal)) == normal


def plain(typed: str) -> str:
    """Return an address without what may differ: another way than the product's to the same end."""
    text = unicodedata.normalize("NFC", typed.strip())
    kept = [sign for sign in text if unicodedata.category(sign) not in ("Cf", "Zs") and sign != "\ufe0f"]
    small = "".join(sign.lower() for sign in kept if sign != "\ufe0f")
    local, _, domain = small.rpartition("@")
    labels = [
        label if label.isascii() else "xn--" + label.encode("punycode").decode()
        for label in domain.split(".")
    ]
    return f"{local}@{'.'.join(labels)}"


@given(LOCALS, DOMAINS, st.data())
def test_two_addresses_with_one_key_are_spellings_of_one(
    local: str, domain: str, data: st.DataObject
) -> None:
    first = f"{local}@{domain}"
    # Where they differ by what databases and libraries fold, they are the most alike.
    others = st.tuples(LOCALS, DOMAINS).map("@".join)
    second = data.draw(st.one_of(st.just(first.casefold()), st.just(first.upper().lower()), others))
    try:
        same = addresses.normal_form(first) == addresses.normal_form(second)
    except AddressError:
        assume(False)
    assert same == (plain(first) == plain(second))


@given(LOCALS, DOMAINS, st.data())
def test_every_disguise_of_an_address_has_its_key(local: str, domain: str, data: st.DataObject) -> None:
    typed = f"{local}@{domain}"
    try:
        normal = addresses.normal_form(typed)
    except AddressError:
        assume(False)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(typed)))
        typed = typed[:place] + data.draw(LEFT_BEHIND) + typed[place:]
    typed = data.draw(AROUND) + typed + data.draw(AROUND)
    typed = data.draw(
        st.sampled_from([typed, unicodedata.normalize("NFC", typed), unicodedata.normalize("NFD", typed)])
    )
    assume(len(typed) <= LONGEST)
    assert addresses.normal_form(typed) == normal


@given(st.text(max_size=300))
def test_no_text_breaks_reading(text: str) -> None:
    try:
        kept = addresses.read(text)
    except AddressError:
        return
    assert kept.isascii()
    assert len(kept) <= LONGEST
    assert addresses.read(kept) == kept


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("a@xn--cole-9oa.fr", "a@école.fr"),
        ("a@xn--strae-oqa.de", "a@straße.de"),
        ("a@xn--e1afmkfd.xn--p1ai", "a@пример.рф"),
        # Letters that pass for others are not shown: a dotless ı, Cyrillic that spells "apple".
        ("admin@xn--ste-jua.org", "admin@xn--ste-jua.org"),
        ("a@xn--80ak6aa92e.com", "a@xn--80ak6aa92e.com"),
        ("a@xn--a.org", "a@xn--a.org"),
        ("a@example.org", "a@example.org"),
        ("", ""),
    ],
)
def test_an_address_is_shown_as_people_write_it(address: str, shown: str) -> None:
    assert addresses.shown(address) == shown


def test_what_is_typed_is_not_kept_in_memory() -> None:
    reading._shown.cache_clear()
    endless = "a@xn--" + "x" * 300_000
    assert (addresses.shown(endless), addresses.shown("a@example.org")) == (endless, "a@example.org")
    assert reading._shown.cache_info().currsize == 0


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("anna@gmial.com", "anna@gmail.com"),
        ("Anna@GMAIL.CON", "Anna@gmail.com"),
        ("anna@gmail.co", "anna@gmail.com"),
        ("anna@gmail.fr", "anna@gmail.com"),
        ("anna@hotmial.fr", "anna@hotmail.fr"),
        ("anna@ornage.fr", "anna@orange.fr"),
        ("anna@wanado.fr", "anna@wanadoo.fr"),
        ("anna@laposte.ner", "anna@laposte.net"),
        ("anna@free.fe", "anna@free.fr"),
        ("anna@orange.fr", None),
        ("anna@mail.com", None),
        ("anna@gmx.net", None),
        ("anna@example.org", None),
        ("anna@hotmail.se", None),
        ("anna", None),
        ("", None),
    ],
)
def test_a_slip_beside_a_well_known_domain_is_guessed(typed: str, meant: str | None) -> None:
    assert addresses.suggestion(typed) == meant


def test_every_blank_and_every_format_character_without_ink_is_known() -> None:
    signs = [chr(number) for number in range(0x110000)]
    blanks = [sign for sign in signs if unicodedata.category(sign) == "Zs"]
    assert [sign for sign in blanks if not re.match(BLANK, sign)] == []
    formats = [sign for sign in signs if unicodedata.category(sign) == "Cf"]
    inked = [sign for sign in formats if not re.match(f"[{INVISIBLE}]", sign)]
    # Over numbers and verses, in hieroglyphs, in shorthand's margins: these are seen, and stand in no address.
    assert {unicodedata.name(sign).split()[0] for sign in inked} == {"ARABIC", "EGYPTIAN", "KAITHI", "SYRIAC"}
    assert {trouble_of(f"a{sign}@example.org")[0] for sign in inked} == {Trouble.INCOMPLETE}
