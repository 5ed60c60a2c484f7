"""Reading lists of people: headings in both languages, three separators, three encodings, names in one cell."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.tables import rosters
from registrations.tables.formats import code_pages
from registrations.tables.mailboxes import says_a_name, split_name
from registrations.tables.reading import TableError, Trouble

WORD = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Zs", "Cf"]), max_size=20)
# "-" stands for no name, and "Ã¡" for one that a program read in another code page.
WORD = WORD.filter(lambda word: not word or (says_a_name(word) and code_pages.mended(word) == word))


def people(text: str) -> list[tuple[str, str, str, str, str]]:
    return [
        (line.email, line.given_name, line.family_name, line.organisation_name, line.language)
        for line in rosters.read_text(text).lines
    ]


@pytest.mark.parametrize(
    "text",
    [
        "E-mail;Prénom;Nom;Organisation;Langue\na@example.org;Zoë;O’Brien;Le Phare;Anglais",
        "Family name,Given name,Email address,Company,Language\nO’Brien,Zoë,a@example.org,Le Phare,EN",
        "Courriel\tNom\tPrénom(s)\tStructure\tLangue\r\n\r\na@example.org\tO’Brien\tZoë\tLe Phare\tenglish\r\n",
        "\n\nlangue;employeur;adresse mail;nom;prénom\nen;Le Phare;a@example.org;O’Brien;Zoë\n;;;;\n",
    ],
)
def test_columns_are_known_by_their_headings(text: str) -> None:
    assert people(text) == [("a@example.org", "Zoë", "O’Brien", "Le Phare", "en")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_of_every_spreadsheet_are_read(encoding: str) -> None:
    data = "E-mail;Prénom;Nom\na@example.org;Zoë;Müller\n".encode(encoding)
    assert [
        (line.given_name, line.family_name) for line in rosters.read_text(rosters.as_text(data)).lines
    ] == [("Zoë", "Müller")]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Zoë O’Brien", ("Zoë", "O’Brien")),
        ("MARTIN DUPONT Zoë", ("Zoë", "MARTIN DUPONT")),
        ("Zoë MARTIN", ("Zoë", "MARTIN")),
        ("Martin, Zoë", ("Zoë", "Martin")),
        ("ZOË MARTIN", ("ZOË", "MARTIN")),
        ("Zoë", ("Zoë", "")),
        ("", ("", "")),
    ],
)
def test_a_name_in_one_cell_is_parted(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts
    line = rosters.read_text(f'Nom;E-mail\n"{name}";a@example.org').lines[0]
    assert (line.given_name, line.family_name) == parts


def test_lines_keep_their_numbers_and_columns_that_are_not_read_are_told() -> None:
    roster = rosters.read_text("E-mail;Téléphone;;Prénom;Nom\n\nx;0600;;A;B\n;;;;\ny;;;C;D")
    assert [line.number for line in roster.lines] == [3, 5]
    assert roster.unread == ("Téléphone",)


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"", Trouble.EMPTY),
        (b"  \n ", Trouble.EMPTY),
        (b"e-mail;nom\n", Trouble.EMPTY),
        (b"Nom;Pr\xc3\xa9nom\nA;B", Trouble.NO_TABLE),
        (b"a;b\nc;d", Trouble.NO_TABLE),
        (b"PK\x03\x04 a broken spreadsheet", Trouble.UNREADABLE),
        (b"\xd0\xcf\x11\xe0 an old spreadsheet", Trouble.SPREADSHEET),
        (b"\x01\x02\x03\x00\x01 a picture", Trouble.UNREADABLE),
        (b"x" * (rosters.LARGEST + 1), Trouble.TOO_LARGE),
        (b"e-mail\n" + b"a@example.org\n" * (rosters.MOST_LINES + 1), Trouble.TOO_LONG),
        (b'e-mail;nom\n"' + b"x" * 200_000, Trouble.UNREADABLE),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, trouble: Trouble) -> None:
    with pytest.raises(TableError) as raised:
        rosters.read_text(rosters.as_text(data))
    assert raised.value.trouble == trouble


def test_as_many_lines_as_allowed_are_read() -> None:
    data = b"e-mail\n" + b"a@example.org\n" * rosters.MOST_LINES
    assert len(rosters.read_text(rosters.as_text(data)).lines) == rosters.MOST_LINES


@given(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=5), st.sampled_from("\t;,|"))
def test_whatever_a_spreadsheet_writes_comes_back(names: list[tuple[str, str]], mark: str) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=mark)
    writer.writerow(["Email", "First name", "Last name"])
    rows = [(f"p{number}@example.org", *name) for number, name in enumerate(names)]
    writer.writerows(rows)
    results = [
        (line.email, line.given_name, line.family_name) for line in rosters.read_text(target.getvalue()).lines
    ]
    assert results == rows
