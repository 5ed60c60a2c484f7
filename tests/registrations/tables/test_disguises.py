"""One list of people as careless programs write it: the same people, and nobody hidden in somebody else's cell."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.tables import reading, rosters
from registrations.tables.formats import code_pages

NAMES = st.sampled_from(
    [
        "Amina",
        "Zoé",
        "Noël",
        "François",
        "Hélène",
        "Joël",
        "Benoît",
        "Aïcha",
        "Jérôme",
        "Éloïse",
        "L’Hôte",
        "Ada",
    ]
)
PEOPLE = st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=8)
HEADING = ("Adresse e-mail", "Prénom", "Nom", "Structure")


def people_of(data: bytes | str) -> list[tuple[str, str, str]]:
    text = data if isinstance(data, str) else rosters.as_text(data)
    return [(line.email, line.given_name, line.family_name) for line in rosters.read_text(text).lines]


def numbered(names: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    return [(f"p{number}@example.org", *name) for number, name in enumerate(names)]


def written(rows: list[tuple[str, ...]], mark: str = ";") -> str:
    target = io.StringIO()
    csv.writer(target, delimiter=mark).writerows(rows)
    return target.getvalue()


@pytest.mark.parametrize("page", code_pages.CODE_PAGES)
@settings(max_examples=60, deadline=None)
@given(names=PEOPLE)
def test_each_older_encoding_gives_the_same_letters(page: str, names: list[tuple[str, str]]) -> None:
    people = numbered(names)
    text = written([HEADING, *((*person, "Légumes & été") for person in people)])
    # Code page 850 has no typographic apostrophe; nobody could have written it.
    text = text.replace("’", "'") if page == "cp850" else text
    expected = [(email, given.replace("’", "'"), family.replace("’", "'")) for email, given, family in people]
    assert people_of(text.encode(page)) == (expected if page == "cp850" else people)


@pytest.mark.parametrize(
    "text",
    ["Škoda", "10 €", "l’an", "suite…", "“Bonjour”", "1 – 2", "Œuvre", "cœur", "Straße", "n° 3", "Žofie"],
)
def test_a_single_sign_of_windows_1252_is_read_as_that(text: str) -> None:
    assert code_pages.decoded(text.encode("cp1252")) == text


@settings(max_examples=60, deadline=None)
@given(names=PEOPLE, kinds=st.lists(st.sampled_from(["utf-8", "cp1252"]), min_size=9, max_size=9))
def test_lines_of_several_files_put_together_are_each_read(
    names: list[tuple[str, str]], kinds: list[str]
) -> None:
    people = numbered(names)
    lines = [";".join(row) + "\r\n" for row in [HEADING[:3], *people]]
    assert people_of(b"".join(line.encode(kind) for line, kind in zip(lines, kinds, strict=False))) == people


@settings(max_examples=100, deadline=None)
@given(
    names=PEOPLE, broken=st.sets(st.integers(0, 7)), mark=st.sampled_from(";,\t|"), column=st.integers(1, 3)
)
def test_a_quote_that_nobody_closes_hides_nobody(
    names: list[tuple[str, str]], broken: set[int], mark: str, column: int
) -> None:
    people = numbered(names)
    rows = [[*person, "Asso"] for person in people]
    for number in broken & set(range(len(rows))):
        rows[number][column] = f'"{rows[number][column]}'
    text = "\n".join(mark.join(row) for row in [list(HEADING), *rows])
    assert people_of(text) == people


@settings(max_examples=60, deadline=None)
@given(names=PEOPLE, mark=st.sampled_from(";,\t|"))
def test_cells_of_several_lines_and_quotes_stay_whole(names: list[tuple[str, str]], mark: str) -> None:
    people = numbered(names)
    note = f'1 rue "X"\n75000{mark} Paris'
    text = written([HEADING, *((*person, note) for person in people)], mark)
    # As some write it, with blanks before the quotes and after them.
    spaced = text.replace(f'{mark}"', f'{mark} "').replace('"\r\n', '" \r\n')
    for each in (text, spaced):
        assert {line.organisation_name for line in rosters.read_text(each).lines} == {" ".join(note.split())}
        assert people_of(each) == people


def test_a_backslash_before_a_quote_keeps_the_cell_whole() -> None:
    text = 'email,nom,structure\np@example.org,Ada Essai,"Asso \\"X\\", Y"\nq@example.org,Zoé Essai,"Z"\n'
    lines = rosters.read_text(text).lines
    assert [(line.email, line.organisation_name) for line in lines] == [
        ("p@example.org", 'Asso "X", Y'),
        ("q@example.org", "Z"),
    ]


def test_a_file_of_broken_quotes_only_is_read_in_time() -> None:
    rows = [f'p{number}@example.org;"Ada;Essai' for number in range(900)]
    found = people_of("\n".join(["email;prénom;nom", *rows]))
    assert found == [(f"p{number}@example.org", "Ada", "Essai") for number in range(900)]


def test_lines_keep_their_numbers_below_a_broken_quote() -> None:
    text = 'email;nom\np@example.org;"Essai\nq@example.org;Noël\n\nr@example.org;"Zoé\nÉté"\n'
    assert [(row.number, row.cells[0]) for row in reading.text_rows(text, known=len)][1:] == [
        (2, "p@example.org"),
        (3, "q@example.org"),
        (6, "r@example.org"),
    ]


@settings(max_examples=40, deadline=None)
@given(names=PEOPLE, by_platform=st.sampled_from(["", "anonymous", "anonyme", "-", "N/A"]))
def test_what_is_asked_twice_is_read_where_it_is_said(names: list[tuple[str, str]], by_platform: str) -> None:
    people = numbered(names)
    heading = ("ID", "Adresse de messagerie", "Nom", "Votre prénom", "Votre nom", "Votre adresse e-mail")
    rows = [("1", by_platform, by_platform, given, family, email) for email, given, family in people]
    result = rosters.read_text(written([heading, *rows], "\t"))
    assert [(line.email, line.given_name, line.family_name) for line in result.lines] == people
    assert result.unread == ("ID",)


def test_what_two_columns_say_otherwise_is_told() -> None:
    text = "email;nom;email\np@example.org;Ada Essai;other@example.org\n"
    result = rosters.read_text(text)
    assert [line.email for line in result.lines] == ["p@example.org"]
    assert result.unread == ("email",)


@pytest.mark.parametrize("beside", ["p@example.org;q@example.org", "p@example.org ;Ada;q@example.org"])
def test_a_second_address_under_no_heading_is_not_lost(beside: str) -> None:
    heading = "email" if beside.count(";") == 1 else "email;nom"
    (line,) = rosters.read_text(f"{heading}\n{beside}\n").lines
    assert ("p@example.org" in line.email, "q@example.org" in line.email) == (True, True)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Mme Amina ESSAI", ("Amina", "ESSAI")),
        ("M. Noël Essai", ("Noël", "Essai")),
        ("Mlle Zoé Léa", ("Zoé", "Léa")),
        ("Dr. Ada Essai", ("Ada", "Essai")),
        ("MME ESSAI Amina", ("Amina", "ESSAI")),
        ("Frau Ada Essai", ("Ada", "Essai")),
        ("Anna Herr", ("Anna", "Herr")),
        ("Herr Anna", ("Herr", "Anna")),
        ("Mehdi Essai", ("Mehdi", "Essai")),
        ("Mme", ("Mme", "")),
        ("-", ("", "")),
        ("N/A", ("", "")),
        ("Null", ("Null", "")),
    ],
)
def test_how_somebody_is_addressed_is_no_part_of_the_name(written: str, parts: tuple[str, str]) -> None:
    (line,) = rosters.read_text(f"email;nom complet\np@example.org;{written}\n").lines
    assert (line.given_name, line.family_name) == parts


@pytest.mark.parametrize("between", [" - ", " : ", " — ", " – ", "\t"])
def test_a_sign_between_name_and_address_is_no_name(between: str) -> None:
    assert people_of(f"Amina Essai{between}p@example.org\nZoé Léa{between}q@example.org\n") == [
        ("p@example.org", "Amina", "Essai"),
        ("q@example.org", "Zoé", "Léa"),
    ]


@pytest.mark.parametrize("page", ["cp1252", "mac_roman"])
@settings(max_examples=60, deadline=None)
@given(names=PEOPLE, is_pasted=st.booleans())
def test_letters_that_a_program_read_twice_are_letters(
    page: str,
    names: list[tuple[str, str]],
    is_pasted: bool,  # noqa: FBT001 - a case
) -> None:
    people = numbered([("Zoé", "Essai"), *names])
    text = written([HEADING, *((*person, "Légumes") for person in people)])
    twice = "".join(bytes([byte]).decode(page, "ignore") or chr(byte) for byte in text.encode())
    assert people_of(twice if is_pasted else twice.encode()) == people


@pytest.mark.parametrize(
    "text",
    [
        "CAFÉ’S",
        "MARIÉ·E",
        "SÃO PAULO",
        "√2",
        "« À … »",
        "R&D",
        "AT&T; x",
        "a &nosuch; b",
        "&#0; &#10;",
        "Ça Âge",
    ],
)
def test_what_was_read_once_is_not_changed(text: str) -> None:
    assert code_pages.mended(text) == text


@settings(max_examples=40, deadline=None)
@given(names=PEOPLE, mark=st.sampled_from(";,\t|"))
def test_signs_that_a_web_site_escaped_cut_no_cell(names: list[tuple[str, str]], mark: str) -> None:
    people = numbered([("D’Âme", "O'Brien"), *names])
    text = "\n".join(
        [mark.join(HEADING[:3])]
        + [
            mark.join(
                (
                    email,
                    *(
                        "".join(c if c.isascii() and c != "'" else f"&#{ord(c):03};" for c in n)
                        for n in parts
                    ),
                )
            )
            for email, *parts in people
        ]
    )
    assert people_of(text) == people_of(text.encode()) == people
