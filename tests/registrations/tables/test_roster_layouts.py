"""The same people in every kind of list give the same people."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import openpyxl
import pytest
from hypothesis import given as generate
from hypothesis import settings
from hypothesis import strategies as st

from registrations.tables import rosters

from . import open_documents

Person = tuple[str, str, str]
Layout = Callable[[Sequence[Person]], bytes]
NAMES = st.sampled_from(
    [
        "Amina",
        "Zoë",
        "Jean-Noël",
        "O’Brien",
        "Benali",
        "d’Âme",
        "Łukasz",
        "Nguyễn",
        "Ada",
        "Müller",
        "Étienne",
    ]
)


def text(rows: Sequence[Sequence[object]], *, mark: str, encoding: str = "utf-8", before: str = "") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=mark).writerows(rows)
    return (before + target.getvalue()).encode(encoding)


def ours(people: Sequence[Person]) -> bytes:
    head = ("Nom", "Prénom", "Adresse e-mail", "Organisation", "Langue", "État")
    rows = [(family, given, email, "", "fr", "confirmée") for email, given, family in people]
    return text([head, *rows], mark=";", encoding="utf-8-sig")


def helloasso(people: Sequence[Person]) -> bytes:
    head = (
        "Référence commande", "Date de la commande", "Statut de la commande", "Nom participant", "Prénom participant",
        "Nom payeur", "Prénom payeur", "Email payeur", "Raison sociale", "Moyen de paiement", "Tarif", "Montant tarif",
    )  # fmt: skip
    rows = [
        (
            n,
            "19/11/2026 13:00",
            "Validé",
            family,
            given,
            family,
            given,
            email,
            "",
            "Carte bancaire",
            "Plein",
            "10,00",
        )
        for n, (email, given, family) in enumerate(people)
    ]
    return text([head, *rows], mark=";", encoding="utf-8-sig")


def framaforms(people: Sequence[Person]) -> bytes:
    head = (
        "N°",
        "Heure de soumission",
        "Votre nom",
        "Votre prénom",
        "Votre adresse e-mail",
        "Votre question ?",
    )
    rows = [(n, "2026-11-19", family, given, email, "") for n, (email, given, family) in enumerate(people)]
    return text([head, *rows], mark="\t", encoding="utf-16")


def google_forms(people: Sequence[Person]) -> bytes:
    head = (
        "Horodateur",
        "Adresse e-mail",
        "Quel est votre prénom ?",
        "Quel est votre nom de famille ?",
        "Repas",
    )
    rows = [("2026/11/19 1:00:00 PM UTC+1", email, given, family, "Oui") for email, given, family in people]
    return text([head, *rows], mark=",")


def eventbrite(people: Sequence[Person]) -> bytes:
    head = (
        "Order #",
        "Order Date",
        "First Name",
        "Last Name",
        "Email",
        "Quantity",
        "Ticket Type",
        "Attendee Status",
    )
    rows = [
        (n, "x", given, family, email, 1, "Free", "Attending")
        for n, (email, given, family) in enumerate(people)
    ]
    return text([head, *rows], mark=",", encoding="utf-8-sig")


def with_a_title_and_sep(people: Sequence[Person]) -> bytes:
    rows = [("Inscrits au 12/11", "", ""), ("", "", ""), ("Courriel", "Nom", "Prénom(s)")]
    return text(
        [*rows, *((email, family, given) for email, given, family in people)], mark="|", before="sep=|\r\n"
    )


def german(people: Sequence[Person]) -> bytes:
    rows = [(given, family, f"<{email}>") for email, given, family in people]
    return text([("Vorname", "Name", "E-Mail-Adresse"), *rows], mark=";")


def spanish(people: Sequence[Person]) -> bytes:
    rows = [(given, family, f"mailto:{email}") for email, given, family in people]
    return text([("Nombre", "Apellidos", "Correo electrónico"), *rows], mark="\t")


def polish(people: Sequence[Person]) -> bytes:
    rows = [(f"{family}, {given}", f"{email}.") for email, given, family in people]
    return text([("Nazwisko i imię", "Adres e-mail"), *rows], mark=";")


def outlook(people: Sequence[Person]) -> bytes:
    return "; ".join(f'"{family}, {given}" <{email}>' for email, given, family in people).encode()


def spreadsheet(people: Sequence[Person]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Liste des inscrits"])
    book.active.append(["Nom", "Prénom", "Mél"])
    for email, given, family in people:
        book.active.append([family, given, email])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def calc(people: Sequence[Person]) -> bytes:
    rows = [("Liste des inscrits",), ("Nom", "Prénom", "Mél")]
    return open_documents.spreadsheet([*rows, *((family, given, email) for email, given, family in people)])


def google_contacts(people: Sequence[Person]) -> bytes:
    head = (
        "First Name",
        "Last Name",
        "Nickname",
        "Organization Name",
        "E-mail 1 - Label",
        "E-mail 1 - Value",
    )
    rows = [(given, family, "x", "Asso", "* Work", email) for email, given, family in people]
    return text([head, *rows], mark=",")


def luma(people: Sequence[Person]) -> bytes:
    head = ("api_id", "name", "first_name", "last_name", "email", "approval_status", "ticket_name")
    rows = [("gst", "", given, family, email, "approved", "Standard") for email, given, family in people]
    return text([head, *rows], mark=",")


def shown_by_outlook(people: Sequence[Person]) -> bytes:
    rows = [(f"{family}, {given} ({email})",) for email, given, family in people]
    return text([("E-mail", "Nom"), *((row[0], "-") for row in rows)], mark=";")


def members_of_a_mailing_list(people: Sequence[Person]) -> bytes:
    return "\n".join(
        ["# Membres", *(f"{email}   {given} {family}" for email, given, family in people)]
    ).encode()


LAYOUTS = (
    ours, helloasso, framaforms, google_forms, eventbrite, with_a_title_and_sep, german, spanish, polish, outlook,
    spreadsheet, calc, google_contacts, luma, shown_by_outlook, members_of_a_mailing_list,
)  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@settings(max_examples=25, deadline=None)
@generate(names=st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=4))
def test_the_people_are_the_same(layout: Layout, names: list[tuple[str, str]]) -> None:
    people = [(f"p{number}@example.org", *name) for number, name in enumerate(names)]
    result = rosters.read_text(rosters.as_text(layout(people)))
    assert [(line.email, line.given_name, line.family_name, line.is_gone) for line in result.lines] == [
        (*person, False) for person in people
    ]


@pytest.mark.parametrize(
    ("state", "is_gone"),
    [
        ("annulée", True), ("Annulé", True), ("cancelled", True), ("Refunded", True), ("Remboursé", True),
        ("refusée", True), ("Storniert", True), ("Not Attending", True), ("Geannuleerd", True), ("Anulowane", True),
        ("denied", True), ("Transferred", True), ("Declined", True),
        ("confirmée", False), ("Validé", False), ("Attending", False), ("sur liste d’attente", False), ("", False),
        ("Bestätigt", False), ("Pagado", False),
    ],
)  # fmt: skip
def test_what_a_list_says_of_those_who_left(state: str, is_gone: bool) -> None:  # noqa: FBT001 - a case
    for heading in ("Statut", "Statut du participant", "Statut de la réservation", "RSVP status"):
        line = rosters.read_text(f"E-mail;Nom;{heading}\na@example.org;Zoë;{state}\n").lines[0]
        assert line.is_gone == is_gone


def test_the_name_of_a_ticket_is_nobodys() -> None:
    (line,) = rosters.read_text("email,name,ticket_name\na@example.org,,Standard\n").lines
    assert (line.given_name, line.family_name) == ("", "")
