"""Business cards of every version and program give the same people."""

from __future__ import annotations

import quopri

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.tables import rosters

NAMES = st.sampled_from(
    ["Amina", "Zoë", "Jean-Noël", "O’Brien", "d’Âme", "Łukasz", "Nguyễn", "Ada", "父", "Müller; fils"]
)
Person = tuple[str, str, str]


def people_of(data: bytes | str) -> list[Person]:
    text = data if isinstance(data, str) else rosters.as_text(data)
    return [(line.email, line.given_name, line.family_name) for line in rosters.read_text(text).lines]


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def version_3(email: str, given: str, family: str) -> str:
    """As Apple and Google write it, folded."""
    lines = [
        "BEGIN:VCARD", "VERSION:3.0", "PRODID:-//Apple Inc.//macOS 15//EN",
        f"N:{escaped(family)};{escaped(given)};;;", f"FN:{escaped(given)} {escaped(family)}",
        "item1.EMAIL;type=INTERNET:other@example.org", f"item2.EMAIL;type=INTERNET;type=WORK;type=pref:{email}",
        "item1.X-ABLabel:_$!<Other>!$_", "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ", "END:VCARD",
    ]  # fmt: skip
    return "\r\n".join("\r\n ".join(line[n : n + 40] for n in range(0, len(line), 40)) for line in lines)


def version_4(email: str, given: str, family: str) -> str:
    return (
        f"BEGIN:VCARD\nVERSION:4.0\nUID:urn:uuid:1\nFN:{escaped(given)}\nN:{escaped(family)};{escaped(given)};;;\n"
        f"EMAIL;PREF=2:other@example.org\nEMAIL;TYPE=home;PREF=1:{email}\nEND:VCARD"
    )


def version_2(email: str, given: str, family: str) -> str:
    """As Outlook and telephones write it: quoted-printable, its lines broken anywhere."""
    name = ";".join(
        quopri.encodestring(part.replace(";", "\\;").encode(), quotetabs=True).decode()
        for part in (family, given)
    )
    broken = "=\r\n".join(
        name.replace("=\n", "")[n : n + 9] for n in range(0, len(name.replace("=\n", "")), 9)
    )
    broken = broken if "==" not in broken else name.replace("=\n", "")
    return (
        f"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{broken};;;\r\n"
        f"TEL;CELL:+33\r\nEMAIL;HOME:other@example.org\r\nEMAIL;PREF;INTERNET:{email}\r\nEND:VCARD\r\n"
    )


@pytest.mark.parametrize("write", [version_2, version_3, version_4])
@settings(max_examples=40, deadline=None)
@given(names=st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=4))
def test_the_people_are_the_same(write: object, names: list[tuple[str, str]]) -> None:
    assert callable(write)
    people = [(f"p{number}@example.org", *name) for number, name in enumerate(names)]
    text = "\r\n".join(write(*person) for person in people)
    assert people_of(text.encode("utf-8")) == people_of(f"\ufeff{text}") == people


def test_what_a_card_lacks_is_left_open() -> None:
    text = (
        "begin:vcard\nversion:3.0\nfn:Amina Essai\nemail:amina@example.org\norg:Asso X;Antenne\nend:vcard\n\n"
        "BEGIN:VCARD\nFN:Without address\nEND:VCARD\n"
        "BEGIN:VCARD\nFN:Friends\nX-ADDRESSBOOKSERVER-KIND:group\nEND:VCARD\n"
        "BEGIN:VCARD\nFN:Cut off\nEMAIL:cut@example.org"
    )
    lines = rosters.read_text(text).lines
    assert [(line.email, line.given_name, line.family_name, line.organisation_name) for line in lines] == [
        ("amina@example.org", "Amina", "Essai", "Asso X"),
        ("", "Without", "address", ""),
        ("cut@example.org", "Cut", "off", ""),
    ]


def test_an_organiser_sees_a_table() -> None:
    data = b"BEGIN:VCARD\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:L=E9a;Zo=EB\nEMAIL:z@example.org\nEND:VCARD\n"
    assert rosters.as_text(data) == "Email;Given name;Family name;Organisation\nz@example.org;Zoë;Léa;\n"
