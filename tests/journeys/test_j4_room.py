"""J4, steps 2 to 4: the waiting room, the way in, and the platform's file afterwards (shifted by six years)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cycles.models import Membership, Session
from registrations.attendance.models import Attendance
from registrations.links import personal_links
from registrations.models import Registration
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
ROOM = "https://visio.example.org/escale-1"
PEOPLE = {
    "amina@asso-test.example.org": ("Amina", "Diallo-Lefèvre"),
    "zoe+webinaire@example.org": ("Zoë", "O'Brien-Nguyễn"),
    "JEAN.NOEL@Example.ORG": ("Jean‑Noël", "d'Âme"),
}
# As the platform writes it: Windows-1252, «;», one address unknown, one name only, one stranger, a formula.
REPORT = """Nom (nom d’origine);Adresse e-mail;Heure d’arrivée;Heure de départ;Durée (minutes)
Amina D.;amina@asso-test.example.org;22/10/2026 12:58:00;22/10/2026 14:26:00;88
ZOE OBRIEN;zoe+webinaire@example.org;22/10/2026 13:00:00;22/10/2026 13:12:00;12
ZOE OBRIEN;zoe+webinaire@example.org;22/10/2026 13:20:00;22/10/2026 13:28:00;8
=HYPERLINK("http://x");visiteur@example.com;22/10/2026 13:00:00;22/10/2026 14:30:00;90
"""


@pytest.fixture
def session() -> Session:
    cycle = make.cycle(slug="tour", programme=make.programme())
    session = make.session(
        cycle=cycle, slug="escale-01", number=1, starts_at=make.paris(2026, 10, 22), room_url=ROOM
    )
    for email, (given, family) in PEOPLE.items():
        make.registration(
            session=session,
            participant=make.participant(email=email, given_name=given, family_name=family),
        )
    return session


def link(session: Session, email: str) -> str:
    row = Registration.objects.get(session=session, participant__email=email)
    return reverse("registrations:join", args=[personal_links.join_token(row)])


def words(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().replace("\u202f", " ").split())


def noted(session: Session) -> dict[str, tuple[str, str, int | None]]:
    rows = Attendance.objects.filter(registration__session=session).select_related(
        "registration__participant"
    )
    return {row.registration.participant.given_name: (row.state, row.source, row.minutes) for row in rows}


def test_the_day_from_the_waiting_room_to_the_file(client: Client, session: Session) -> None:
    amina = link(session, "amina@asso-test.example.org")
    with time_machine.travel(make.paris(2026, 10, 22, 12, 40), tick=False):
        page = words(client, amina)
        assert "Rejoindre : ouvre à 12 h 45 (heure de Paris)" in page
        assert 'data-opens-in="300"' in page
        assert 'id="door-status" role="status"' in page
        assert client.post(amina).status_code == 200
    with time_machine.travel(make.paris(2026, 10, 22, 12, 45), tick=False):
        assert "Rejoindre maintenant" in words(client, amina)
        assert client.post(amina)["Location"] == ROOM
        # A second device.
        assert client.post(amina)["Location"] == ROOM
    assert noted(session) == {"Amina": ("present", "join", None)}
    # The organiser changes the room at 12:55: the same personal link works.
    Session.objects.filter(pk=session.pk).update(room_url="https://visio.example.org/autre")
    with time_machine.travel(make.paris(2026, 10, 22, 12, 55), tick=False):
        zoe = link(session, "zoe+webinaire@example.org")
        assert client.post(zoe)["Location"] == "https://visio.example.org/autre"
    user = make.membership(programme=session.cycle.programme, role=Membership.Role.ORGANISER).user
    client.force_login(user)
    with time_machine.travel(make.paris(2026, 10, 22, 14, 35), tick=False):
        place = reverse("desk:attendance-import", args=["tour", "escale-01"])
        file = SimpleUploadedFile("zoom.csv", REPORT.encode("cp1252"))
        preview = client.post(place, {"file": file})["Location"]
        page = words(client, preview)
        assert "visiteur@example.com" in page
        assert "semble être celui d’une autre séance" not in page
        assert noted(session) == {"Amina": ("present", "join", None), "Zoë": ("present", "join", None)}
        client.post(f"{preview}save/", {"threshold": "50", "absent_others": "on"})
    assert noted(session) == {
        # From 13:00 on: what was before the session does not count.
        "Amina": ("present", "report", 86),
        "Zoë": ("partial", "report", 20),
        "Jean‑Noël": ("absent", "report", None),
    }
    with time_machine.travel(make.paris(2026, 10, 22, 14, 40), tick=False):
        exported = client.get(reverse("desk:attendance-export", args=["tour", "escale-01"]))
        assert "HYPERLINK" not in b"".join(exported).decode()


def test_after_the_end_the_link_thanks_and_shows_the_replay(client: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(replay_url="https://video.example.org/1")
    with time_machine.travel(make.paris(2026, 10, 23, 9), tick=False):
        page = words(client, link(session, "JEAN.NOEL@Example.ORG"))
    assert re.search(r'href="https://video.example.org/1"', page)
    assert "Rejoindre maintenant" not in page


def test_no_room_is_said_to_the_person_and_to_the_organiser_the_day_before(
    client: Client, session: Session
) -> None:
    Session.objects.filter(pk=session.pk).update(room_url="")
    user = make.membership(programme=session.cycle.programme, role=Membership.Role.ORGANISER).user
    client.force_login(user)
    with time_machine.travel(make.paris(2026, 10, 21, 13), tick=False):
        assert "L’adresse de la salle manque" in words(client, reverse("desk:home")).replace("'", "’")
    with time_machine.travel(make.paris(2026, 10, 22, 12, 50), tick=False):
        page = words(client, link(session, "amina@asso-test.example.org"))
    assert "L’adresse de la salle n’est pas encore connue." in page
