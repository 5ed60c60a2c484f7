"""One attendance written as many platforms would, each with its own headings, language, dates, hours and encoding."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import openpyxl

from tests.registrations.tables import open_documents

DAY = dt.datetime(2026, 11, 19)


@dataclass(frozen=True)
class Came:
    """Somebody's stays, in minutes from the day's beginning."""

    name: str
    email: str
    stays: tuple[tuple[int, int], ...]

    @property
    def first(self) -> int:
        return self.stays[0][0]

    @property
    def last(self) -> int:
        return self.stays[-1][1]

    @property
    def minutes(self) -> int:
        return sum(end - start for start, end in self.stays)


def at(minute: int) -> dt.datetime:
    return DAY + dt.timedelta(minutes=minute)


def table(rows: Sequence[Sequence[object]], *, separator: str, encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=separator).writerows(rows)
    return target.getvalue().encode(encoding)


def zoom_usage(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [
        ["Meeting ID", "Topic", "Start Time", "End Time", "User Email", "Duration (Minutes)", "Participants"],
        ["812 345", "Escale", "11/19/2026 12:30:00 PM", "11/19/2026 03:00:00 PM", "host@example.org", 150, 4],
        [],
        [
            "Name (Original Name)",
            "User Email",
            "Join Time",
            "Leave Time",
            "Duration (Minutes)",
            "Guest",
            "In Waiting Room",
        ],
    ]
    for one in people:
        for start, end in one.stays:
            waited = f"{at(start - 7):%m/%d/%Y %I:%M:%S %p}"
            joined, left = (f"{at(minute):%m/%d/%Y %I:%M:%S %p}" for minute in (start, end))
            rows.append([f"{one.name} (x)", one.email, waited, joined, 7, "Yes", "Yes"])
            rows.append([f"{one.name} (x)", one.email, joined, left, end - start, "Yes", "No"])
    return table(rows, separator=",", encoding="utf-8-sig")


def zoom_webinar(people: Sequence[Came]) -> bytes:
    head = [
        "Attended", "User Name (Original Name)", "First Name", "Last Name", "Email", "Join Time", "Leave Time",
        "Time in Session (minutes)", "Is Guest", "Country/Region Name",
    ]  # fmt: skip
    rows: list[Sequence[object]] = [
        ["Attendee Report"],
        ["Report Generated:", "Nov 20, 2026 09:00 AM"],
        ["Topic", "Webinar ID", "Actual Start Time", "Actual Duration (minutes)"],
        ["Escale", "812", "Nov 19, 2026 12:50 PM", 101],
        ["Host Details"],
        head,
        [
            "Yes",
            "Claire",
            "",
            "",
            "host@example.org",
            "Nov 19, 2026 12:50 PM",
            "Nov 19, 2026 02:31 PM",
            101,
            "No",
            "France",
        ],
        ["Attendee Details"],
        head,
    ]
    for one in people:
        given, family = one.name.split(" ", 1)
        for start, end in one.stays:
            joined, left = (f"{at(minute):%b %d, %Y %I:%M:%S %p}" for minute in (start, end))
            rows.append(["Yes", "user", given, family, one.email, joined, left, end - start, "Yes", "France"])
    rows.append(["No", "Jean", "Jean", "Absent", "jean@example.org", "--", "--", "--", "--", "France"])
    return table(rows, separator=",")


def teams(people: Sequence[Came], words: tuple[str, ...], titles: tuple[str, str, str], date: str) -> bytes:
    name, first, last, length, mail, upn, role, join, leave, short = words
    rows: list[Sequence[object]] = [
        [titles[0]],
        ["Escale", "1"],
        [],
        [titles[1]],
        [name, first, last, length, mail, upn, role],
    ]
    for one in people:
        minutes = (
            f"{one.minutes // 60}h {one.minutes % 60}m 0s" if one.minutes >= 60 else f"{one.minutes}m 0s"
        )
        rows.append(
            [
                one.name,
                f"{at(one.first):{date}}",
                f"{at(one.last):{date}}",
                minutes,
                one.email,
                one.email,
                "x",
            ]
        )
    rows += [[], [titles[2]], [name, join, leave, short, mail, role]]
    for one in people:
        for start, end in one.stays:
            rows.append(
                [one.name, f"{at(start):{date}}", f"{at(end):{date}}", f"{end - start}m", one.email, "x"]
            )
    return table(rows, separator="\t", encoding="utf-16")


def teams_french(people: Sequence[Came]) -> bytes:
    words = (
        "Nom", "Première participation", "Dernier départ", "Durée de la réunion", "E-mail", "ID du participant (UPN)",
        "Rôle", "Heure de participation", "Heure de départ", "Durée",
    )  # fmt: skip
    return teams(
        people, words, ("1. Résumé", "2. Participants", "3. Activités en réunion"), "%d/%m/%Y %H:%M:%S"
    )


def teams_german(people: Sequence[Came]) -> bytes:
    words = (
        "Name", "Erster Beitritt", "Letztes Verlassen", "Besprechungsdauer", "E-Mail", "Teilnehmer-ID (UPN)",
        "Rolle", "Beitrittszeit", "Zeitpunkt des Verlassens", "Dauer",
    )  # fmt: skip
    titles = ("1. Zusammenfassung", "2. Teilnehmer", "3. Aktivitäten in der Besprechung")
    return teams(people, words, titles, "%d.%m.%Y, %H:%M:%S")


def teams_polish(people: Sequence[Came]) -> bytes:
    words = (
        "Imię i nazwisko", "Pierwsze dołączenie", "Ostatnie opuszczenie", "Czas trwania spotkania", "Adres e-mail",
        "Identyfikator uczestnika (UPN)", "Rola", "Godzina dołączenia", "Godzina opuszczenia", "Czas trwania",
    )  # fmt: skip
    titles = ("1. Podsumowanie", "2. Uczestnicy", "3. Działania podczas spotkania")
    return teams(people, words, titles, "%d.%m.%Y, %H:%M:%S")


def teams_actions(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [["Full Name", "User Action", "Timestamp"]]
    for one in people:
        for start, end in one.stays:
            rows.append([one.name, "Joined", f"{at(start):%m/%d/%Y, %I:%M:%S %p}"])
            rows.append([one.name, "Left", f"{at(end):%m/%d/%Y, %I:%M:%S %p}"])
    return table(rows, separator="\t", encoding="utf-16")


def meet_in_utc(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [
        ["First name", "Last name", "Email", "Duration", "Time joined (UTC)", "Time exited (UTC)"]
    ]
    for one in people:
        given, family = one.name.split(" ", 1)
        for start, end in one.stays:
            away = (f"{at(minute - 60):%Y-%m-%d %H:%M:%S}" for minute in (start, end))
            rows.append([given, family, one.email, f"{end - start} min", *away])
    return table(rows, separator=",")


def bigbluebutton(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [
        ["Name", "Moderator", "Talk time", "Join", "Left", "Duration", "Participation", "Present"]
    ]
    for one in people:
        for start, end in one.stays:
            joined = f"{at(start):%Y-%m-%d %H:%M:%S}"
            length = end - start
            rows.append(
                [
                    one.name,
                    "FALSE",
                    "00:01:02",
                    joined,
                    joined,
                    f"{length // 60:02}:{length % 60:02}:00",
                    "Non",
                    "No",
                ]
            )
    return table(rows, separator=",")


def bigbluebutton_french(people: Sequence[Came]) -> bytes:
    """As its dashboard writes it: questions of polls unquoted in the heading, and a line of anonymous answers."""
    head = "Nom,Modérateur,Résultats pour l'activité,Temps de conversation,Mains levées,Rejoindre,Quitté,Duration"
    lines = [f"{head},Durée, rythme, contenu : êtes-vous satisfait ?"]
    for one in people:
        for start, end in one.stays:
            joined, left = (f"{at(minute):%d/%m/%Y %H:%M:%S}" for minute in (start, end))
            length = f"{(end - start) // 60:02}:{(end - start) % 60:02}:00"
            cells = (one.name, "FALSE", "1,5", "00:01:02", "0", joined, left, length, "Oui")
            lines.append(",".join(f'"{cell}"' for cell in cells))
    lines.append('"Anonyme","","","","","","","","Oui\r\nNon"')
    return "\r\n".join(lines).encode()


def call_seen_by_an_extension(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [
        ["Meeting code", "abc-defg-hij"],
        ["Full Name", "First Seen At", "Last Seen At", "Time in Call"],
    ]
    for one in people:
        for start, end in one.stays:
            hours = (f"{at(minute):%Y-%m-%d %H:%M:%S}" for minute in (start, end))
            rows.append([one.name, *hours, f"{(end - start) // 60}:{(end - start) % 60:02}:00"])
    return table(rows, separator=",")


def spreadsheet_of_calc(people: Sequence[Came]) -> bytes:
    rows: list[tuple[str, ...]] = [("Présences",), ("Nom", "Mél", "Arrivée", "Départ")]
    for one in people:
        for start, end in one.stays:
            rows.append((one.name, one.email, *(f"{at(minute):%d/%m/%Y %H:%M}" for minute in (start, end))))
    return open_documents.spreadsheet(rows)


def webex(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [
        [
            "Meeting Name",
            "Display Name",
            "Role",
            "Attendee Email",
            "Join Time",
            "Leave Time",
            "Attendance Duration",
        ]
    ]
    for one in people:
        for start, end in one.stays:
            hours = (f'="{at(minute):%Y-%m-%d %H:%M:%S}"' for minute in (start, end))
            rows.append(["Escale", one.name, "Attendee", one.email, *hours, f"{end - start} mins"])
    return table(rows, separator="\t", encoding="utf-16")


def zoom_in_one_table(people: Sequence[Came]) -> bytes:
    head = [
        "Topic", "Meeting ID", "Host Name", "Host Email", "Start Time", "End Time", "Participants",
        "Duration (Minutes)", "Name (Original Name)", "User Email", "Join Time", "Leave Time", "Duration (Minutes)",
    ]  # fmt: skip
    meeting = ["Escale", "812", "Claire", "host@example.org", "11/19/2026 12:30", "11/19/2026 15:00", 4, 150]
    rows: list[Sequence[object]] = [head]
    for one in people:
        for start, end in one.stays:
            joined, left = (f"{at(minute):%m/%d/%Y %H:%M}" for minute in (start, end))
            rows.append([*meeting, one.name, one.email, joined, left, end - start])
    return table(rows, separator=",")


def teams_live_event(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [
        ["SessionId", "ParticipantId", "FullName", "UserAgent", "UtcEventTimestamp", "Action", "Role"]
    ]
    for one in people:
        for start, end in one.stays:
            for minute, action in ((start, "Joined"), (end, "Left")):
                away = f"{at(minute - 60):%m/%d/%Y %I:%M:%S %p}"
                rows.append(["1", "2", one.name, "Firefox", away, action, "Attendee"])
    return table(rows, separator=",")


def as_a_program_gives_it(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [
        ["displayName", "emailAddress", "joinDateTime", "leaveDateTime", "durationInSeconds"]
    ]
    for one in people:
        for start, end in one.stays:
            away = (f"{at(minute - 60):%Y%m%dT%H%M%SZ}" for minute in (start, end))
            rows.append([one.name, one.email, *away, (end - start) * 60])
    return table(rows, separator=",")


def by_hand_with_a_column_for_the_day(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [["Nom", "Mél", "Date", "Arrivée", "Départ"]]
    for one in people:
        for start, end in one.stays:
            hours = (f"{at(minute):%Hh%M}".removesuffix("00") for minute in (start, end))
            rows.append([one.name, one.email, "19/11/2026", *hours])
        # The same people a week before, in the same list.
        rows.append([one.name, one.email, "12/11/2026", "13h", "14h30"])
    return table(rows, separator=";", encoding="mac_roman")


def livestorm_spanish(people: Sequence[Came]) -> bytes:
    rows: list[Sequence[object]] = [
        ["Correo electrónico", "Nombre", "Apellidos", "Asistió", "Hora de entrada", "Hora de salida"]
    ]
    for one in people:
        given, family = one.name.split(" ", 1)
        for start, end in one.stays:
            hours = (f"{at(minute):%d/%m/%Y %H:%M} h" for minute in (start, end))
            rows.append([one.email, given, family, "Sí", *hours])
    return table(rows, separator=";", encoding="cp1252")


def spreadsheet_in_italian(people: Sequence[Came]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Presenze del 19 novembre"])
    sheet.append([])
    sheet.append(["Nome e cognome", "Posta elettronica", "Ora di ingresso", "Ora di uscita", "Durata"])
    for one in people:
        for start, end in one.stays:
            sheet.append([one.name, one.email, at(start), at(end), dt.timedelta(minutes=end - start)])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


Layout = Callable[[Sequence["Came"]], bytes]
LAYOUTS: tuple[Layout, ...] = (
    zoom_usage, zoom_webinar, teams_french, teams_german, teams_polish, teams_actions, meet_in_utc, bigbluebutton,
    webex, livestorm_spanish, spreadsheet_in_italian, zoom_in_one_table, teams_live_event, as_a_program_gives_it,
    by_hand_with_a_column_for_the_day, bigbluebutton_french, call_seen_by_an_extension, spreadsheet_of_calc,
)  # fmt: skip
