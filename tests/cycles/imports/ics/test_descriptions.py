"""What of an invitation may be public: the organiser's own words, never the way in."""

from __future__ import annotations

import pytest

from cycles.imports.ics.contents import descriptions

WORDS = "Au programme : la transition écologique.\nIntervenante : Nadia Belkacem (19/11/2026, 13 h 00)."

ZOOM = """Claire Essai is inviting you to a scheduled Zoom meeting.

Topic: Escale 3
Time: Nov 19, 2026 01:00 PM Paris

Join Zoom Meeting
https://us02web.zoom.us/j/85212345678?pwd=Q212OS9jZ2hxRkd3dkpRM0dlenM0QT09

Meeting ID: 852 1234 5678
Passcode: 4fG7hK
One tap mobile
+33170372246,,85212345678#,,,,*123456# France
+33170379729,,85212345678#,,,,*123456# France

Dial by your location
        +33 1 7037 2246 France
        +33 1 7037 9729 France
Meeting ID: 852 1234 5678
Passcode: 123456
Find your local number: https://us02web.zoom.us/u/kdXyZ12345

Join by SIP
85212345678@zoomcrc.com

Join by H.323
162.255.37.11 (US West)
213.19.144.110 (Amsterdam Netherlands)
Meeting ID: 852 1234 5678
Passcode: 123456"""

ZOOM_FR = """Claire Essai vous invite à une réunion Zoom planifiée.

Participer à la réunion Zoom
https://us02web.zoom.us/j/85212345678?pwd=abcDEF

ID de réunion\u00a0: 852 1234 5678
Code secret\u00a0: 4fG7hK

Une seule touche sur l'appareil mobile
+33170372246,,85212345678#,,,,*123456# France

Composez un numéro en fonction de votre emplacement
• +33 1 7037 2246 France
ID de réunion : 852 1234 5678
Code secret : 123456
Trouvez votre numéro local : https://us02web.zoom.us/u/kdXyZ12345"""

ZOOM_DE = """Claire Essai lädt Sie zu einem geplanten Zoom-Meeting ein.

Zoom-Meeting beitreten
https://us02web.zoom.us/j/85212345678?pwd=abcDEF

Meeting-ID: 852 1234 5678
Kenncode: 4fG7hK

Schnelleinwahl mobil
+496938079883,,85212345678#,,,,*123456# Deutschland

Einwahl nach aktuellem Standort
        +49 69 3807 9883 Deutschland
Ortseinwahl suchen: https://us02web.zoom.us/u/kdXyZ12345"""

TEAMS = """________________________________________________________________________________
Microsoft Teams Need help?<https://aka.ms/JoinTeamsMeeting?omkt=en-GB>
Join the meeting now<https://teams.microsoft.com/l/meetup-join/19%3ameeting_TEST%40thread.v2/0?context=%7b%7d>
Meeting ID: 352 626 921 425
Passcode: r5XGga
________________________________
Dial in by phone
+33 1 70 99 53 51,,161095966#<tel:+33170995351,,161095966> France, Paris
Find a local number<https://dialin.teams.microsoft.com/6608c65b?id=161095966>
Phone conference ID: 161 095 966#
Join on a video conferencing device
Tenant key: teams@vc.example.org
Video ID: 121 123 456 7
More info<https://pexip.me/teams/vc.example.org/1211234567>
For organizers: Meeting options<https://teams.microsoft.com/meetingOptions/?organizerId=5942856a>
________________________________________________________________________________"""

TEAMS_FR = """________________________________________________________________________________
Réunion Microsoft Teams
Rejoindre : https://teams.microsoft.com/meet/3712345678901?p=abcDEF
ID de la réunion : 371 234 567 890 1
Code secret : Hx7Tz2
________________________________
Besoin d’aide ? | Référence système
Rejoindre par téléphone
+33 1 70 99 53 51,,161095966# France, Paris
Rechercher un numéro local
ID de conférence téléphonique : 161 095 966#
________________________________________________________________________________"""

TEAMS_DE = """________________________________________________________________________________
Microsoft Teams-Besprechung
Teilnehmen: https://teams.microsoft.com/meet/12345?p=abc
Besprechungs-ID: 111 222 333 44
Passcode: AAAA1111
________________________________
Benötigen Sie Hilfe? | Systemreferenz
Per Telefon einwählen
+49 69 3650576,,5551234# Germany, Frankfurt
Suchen einer lokalen Rufnummer
Telefonkonferenz-ID: 555 1234#
________________________________________________________________________________"""

MEET = """-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-
Participer avec Google Meet : https://meet.google.com/abc-defg-hij
Ou composez le : (FR) +33 1 87 40 12 34 Code : 123 456 789 1234#
Autres numéros de téléphone : https://tel.meet/abc-defg-hij?pin=1234567891234&hs=7

En savoir plus sur Meet : https://support.google.com/a/users/answer/9282720

Ne modifiez pas cette section.
-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-"""

WEBEX = """Rejoindre la réunion Webex
https://essai.webex.com/essai/j.php?MTID=m1234567890abcdef

Numéro de la réunion (code d'accès) : 2375 123 4567
Mot de passe de la réunion : Xy3PqRs8

Rejoindre par téléphone
+33-1-8514-8800 France Toll
Numéros d'appel internationaux
Rejoindre à partir d'un système vidéo
Composer 23751234567@essai.webex.com
Vous pouvez également composer 62.109.219.4 et saisir votre numéro de réunion."""

HTML = (
    "<p>Au programme : la transition écologique.<br>Intervenante : Nadia Belkacem (19/11/2026, 13 h 00).</p>"
    '<p><a href="https://us02web.zoom.us/j/85212345678?pwd=abcDEF">Rejoindre</a><br>Code secret : <b>4fG7hK</b></p>'
)

ROOMS = {
    ZOOM: "https://us02web.zoom.us/j/85212345678?pwd=Q212OS9jZ2hxRkd3dkpRM0dlenM0QT09",
    ZOOM_FR: "https://us02web.zoom.us/j/85212345678?pwd=abcDEF",
    ZOOM_DE: "https://us02web.zoom.us/j/85212345678?pwd=abcDEF",
    TEAMS: "https://teams.microsoft.com/l/meetup-join/19%3ameeting_TEST%40thread.v2/0?context=%7b%7d",
    TEAMS_FR: "https://teams.microsoft.com/meet/3712345678901?p=abcDEF",
    TEAMS_DE: "https://teams.microsoft.com/meet/12345?p=abc",
    MEET: "https://meet.google.com/abc-defg-hij",
    WEBEX: "https://essai.webex.com/essai/j.php?MTID=m1234567890abcdef",
}
SECRETS = (
    "852", "4fG7hK", "123456", "+33", "7037", "352 626", "r5XGga", "161", "121 123", "371", "Hx7Tz2", "111 222",
    "AAAA", "555", "3650576", "87 40", "2375", "Xy3PqRs8", "8514", "zoomcrc", "162.255", "62.109", "https", "pwd",
    "vc.example.org", "essai.webex",
)  # fmt: skip


@pytest.mark.parametrize("invitation", ROOMS)
@pytest.mark.parametrize("shape", ["after", "before", "alone", "indented", "no-break"])
def test_an_invitation_gives_its_room_and_nothing_else(invitation: str, shape: str) -> None:
    text = {
        "after": f"{WORDS}\n\n{invitation}",
        "before": f"{invitation}\n\n{WORDS}",
        "alone": invitation,
        "indented": f"{WORDS}\n\n" + "\n".join(f"   {line}" for line in invitation.split("\n")),
        "no-break": f"{WORDS}\n\n" + invitation.replace(" ", "\u00a0"),
    }[shape]
    shown = descriptions.public(text)
    assert shown.room == ROOMS[invitation]
    assert shown.is_cut
    assert [secret for secret in SECRETS if secret in shown.text] == []
    if shape == "after":
        assert shown.text.startswith(WORDS)
    if shape == "before":
        assert shown.text.endswith(WORDS)


def test_html_is_read_as_text() -> None:
    shown = descriptions.public(HTML)
    assert (shown.text, shown.room) == (WORDS, "https://us02web.zoom.us/j/85212345678?pwd=abcDEF")


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        "Mot de bienvenue, puis atelier de 13h00 à 14h30.\nCode de conduite : soyons bienveillants.",
        "De 2026-11-19 à 2026-12-17, 12 étapes, 3 000 participants en 2025.",
        "Numéro 3 de la revue ; page 12-15.",
        "- un point\n- un autre\n\n1. premier\n2. second",
        "Réunion d’information sur les pins et les conférences",
    ],
)
def test_words_stay_as_they_are(text: str) -> None:
    assert descriptions.public(text) == descriptions.Public(text)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Savoir et faire savoir", "Savoir et faire savoir"),
        ("Escale 3 : 2026-2027", "Escale 3 : 2026-2027"),
        ("Cours (https://zoom.us/j/123456789?pwd=a)", "Cours"),
        ("Cours – zoom.us/j/123456789", "Cours"),
        ("Cours, ID de réunion : 852 1234 5678", "Cours"),
        ("Cours - code secret 4fG7hK", "Cours"),
        ("Cours tél. 01 70 37 22 46", "Cours tél."),
    ],
)
def test_titles(title: str, expected: str) -> None:
    assert descriptions.public_title(title).text == expected


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fteams.microsoft.com%2Fmeet%2F12&data=5", "https://teams.microsoft.com/meet/12"),
        ("voir https://www.google.com/url?q=https://meet.google.com/abc-defg-hij&sa=D", "https://meet.google.com/abc-defg-hij"),
        ("<https://meet.jit.si/EscaleTrois>.", "https://meet.jit.si/EscaleTrois"),
        ("zoom.us/j/123456789", "https://zoom.us/j/123456789"),
        ("https://visio.numerique.gouv.fr/abc-defg-hij", "https://visio.numerique.gouv.fr/abc-defg-hij"),
        ("https://bbb.example.org/b/cla-abc-def", "https://bbb.example.org/b/cla-abc-def"),
        ("https://urldefense.com/v3/__https://us02web.zoom.us/j/8521?pwd=abc__;!!AbC!xyz$", "https://us02web.zoom.us/j/8521?pwd=abc"),
        ("https://urldefense.com/v3/__https:/meet.google.com/abc-defg-hij__;!!AbC!xyz$", "https://meet.google.com/abc-defg-hij"),
        ("https://urldefense.proofpoint.com/v2/url?u=https-3A__us02web.zoom.us_j_8521-3Fpwd-3Dabc&d=DwMF", "https://us02web.zoom.us/j/8521?pwd=abc"),
        ("https://linkprotect.example.org/url?a=https%3a%2f%2fmeet.jit.si%2fEscale&c=E,1", "https://meet.jit.si/Escale"),
        ("https://linkprotect.example.org/url?a=https%3a%2f%2fexample.org%2fprogramme&c=E,1", ""),
        ("https://app.livestorm.co/asso/escale-3", "https://app.livestorm.co/asso/escale-3"),
        ("https://events.teams.microsoft.com/event/ab12@cd34", "https://events.teams.microsoft.com/event/ab12@cd34"),
        ("https://kmeet.infomaniak.com/abcdefgh", "https://kmeet.infomaniak.com/abcdefgh"),
        ("https://rdv2.rendez-vous.renater.fr/escale", "https://rdv2.rendez-vous.renater.fr/escale"),
        ("https://cloud.example.org/call/ab12cd34", "https://cloud.example.org/call/ab12cd34"),
        ("https://cloud.example.org/index.php/call/ab12cd34", "https://cloud.example.org/index.php/call/ab12cd34"),
        ("https://eu.rooms.example/rooms/abc-def-ghi/join", "https://eu.rooms.example/rooms/abc-def-ghi/join"),
        ("https://asso.example.org/rooms/", ""),
        ("https://asso.example.org/call/for/papers", ""),
        ("https://asso.example.org/programme.pdf", ""),
        ("https://us02web.zoom.us/u/kdXyZ12345", ""),
        ("https://dialin.teams.microsoft.com/6608c65b?id=1", ""),
    ],
)  # fmt: skip
def test_rooms(text: str, room: str) -> None:
    assert descriptions.room(text) == room
