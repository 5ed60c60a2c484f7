"""J9: Claire names somebody, invites them; Nadia answers, introduces herself, decides, speaks, and is thanked."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any, cast

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from icalendar import Calendar
from PIL import Image

from accounts.models import AuditEntry
from cycles.content import documents, editing
from cycles.models import Membership, Organisation, Person, Resource, SpeakerSlot
from cycles.schedule import planning
from notifications.delivery.run import sending
from notifications.models import Delivery
from notifications.plan import defaults
from speakers import keeping
from speakers.models import Engagement, SpeakerCard, SpeakerConsent, SpeakerProfile
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

    from django.core.mail import EmailMessage
    from django.http import FileResponse
    from django.test import Client
    from pytest_django import Settings

    from accounts.models import User
    from cycles.models import Session

pytestmark = pytest.mark.django_db
START = make.paris(2026, 11, 19)
AT = make.AT
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
ROOM, HOSTS, REPLAY = (f"https://visio.example.org/{name}" for name in ("salle", "animation", "rediffusion"))
PDF = b"%PDF-1.7\n%slides\n"
BIO = "Vingt ans de bénévolat.\n<b>Un lien</b> : https://example.org"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def session() -> Session:
    """Stop 2, recorded, with the default plan, in a programme that Claire organises."""
    cycle = make.cycle(slug="tour", programme=make.programme(slug="quais"))
    defaults.default_steps(cycle)
    return make.session(
        cycle=cycle,
        slug="escale-02",
        number=2,
        starts_at=START,
        room_url=ROOM,
        room_host_url=HOSTS,
        is_recorded=True,
    )


@pytest.fixture
def claire(session: Session) -> User:
    user = make.user(email="claire@example.org", language="fr")
    make.membership(user=user, programme=session.cycle.programme, role=Membership.Role.ORGANISER)
    return user


@pytest.fixture
def desk(client: Client, claire: User) -> Client:
    client.force_login(claire)
    return client


DESK = "/en/desk/cycles/tour/sessions/escale-02/speakers/"


def post(client: Client, path: str, at: dt.datetime, /, **fields: Any) -> str:
    """Send a form at a moment; return the page that follows."""
    with time_machine.travel(at, tick=False):
        response = client.post(path, fields, follow=True)
    return str(response.content.decode())


def get(client: Client, path: str, at: dt.datetime) -> str:
    with time_machine.travel(at, tick=False):
        return str(client.get(path).content.decode())


def mails(at: dt.datetime) -> list[EmailMessage]:
    """Let the worker plan and send what is due; return the mails that left."""
    mail.outbox.clear()
    sending.tick(clock=at)
    sending.drain(clock=at)
    return list(mail.outbox)


def link(message: EmailMessage) -> str:
    match = re.search(r"http://testserver(/\w\w/speak/\w+/)#session-\d+", str(message.body))
    assert match is not None
    return match[1]


def invited(desk: Client, **fields: str) -> str:
    """Name Nadia for Pro Bono Lab and invite her; return the path of her page."""
    line = {"organisation": "Pro Bono Lab", "contact_email": "nadia@example.org", "contact_name": "Nadia"}
    post(desk, f"{DESK}name/", AT, **(line | fields))
    slot = SpeakerSlot.objects.get(contact_email="nadia@example.org")
    post(desk, f"{DESK}{slot.pk}/invite/", AT)
    (message,) = [one for one in mails(AT + 11 * MINUTE) if one.to == ["nadia@example.org"]]
    return link(message)


def jpeg(*, turned: bool = False) -> bytes:
    image = Image.new("RGB", (300, 400), (200, 30, 30))
    target = io.BytesIO()
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
        exif[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0)}
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_named_invited_and_announced_as_the_organisation_only(client: Client, desk: Client) -> None:
    page = post(desk, f"{DESK}name/", AT, organisation="Pro Bono Lab", contact_email="nadia@example.org")
    assert "Proposed. Nobody is told" in page
    slot = SpeakerSlot.objects.get()
    assert (slot.state, str(slot.organisation), slot.person) == ("proposed", "Pro Bono Lab", None)
    public = "/en/cycles/tour/escale-02/"
    assert "Pro Bono Lab" not in get(client, public, AT)

    post(desk, f"{DESK}{slot.pk}/invite/", AT)
    shown = get(client, public, AT)
    assert "Pro Bono Lab" in shown
    assert "speaker to be announced" in shown
    assert mails(AT + 9 * MINUTE) == []
    (message,) = mails(AT + 11 * MINUTE)
    assert message.to == ["nadia@example.org"]
    assert message.subject.startswith("Pourriez-vous intervenir le ")
    assert "19 novembre" in str(message.body)
    assert mails(AT + 12 * MINUTE) == []
    assert list(
        AuditEntry.objects.filter(verb__startswith="speaker.").order_by("pk").values_list("verb", flat=True)
    ) == [
        "speaker.name",
        "speaker.invite",
    ]


def test_an_invitation_can_be_stopped_and_made_again(desk: Client) -> None:
    post(desk, f"{DESK}name/", AT, person="Nadia Belkacem", contact_email="nadia@example.org")
    slot = SpeakerSlot.objects.get()
    post(desk, f"{DESK}{slot.pk}/invite/", AT)
    assert "Stop the invitation" in get(desk, DESK, AT + MINUTE)
    post(desk, f"{DESK}{slot.pk}/stop/", AT + MINUTE)
    slot.refresh_from_db()
    assert slot.state == "proposed"
    assert mails(AT + 20 * MINUTE) == []
    post(desk, f"{DESK}{slot.pk}/invite/", AT + HOUR)
    assert [one.to for one in mails(AT + 2 * HOUR)] == [["nadia@example.org"]]
    assert "The invitation has left" in post(desk, f"{DESK}{slot.pk}/stop/", AT + 3 * HOUR)
    assert list(Delivery.objects.order_by("pk").values_list("state", "reason")) == [
        ("skipped", "stopped"),
        ("sent", ""),
    ]


def test_known_names_are_found_and_unknown_ones_made(desk: Client) -> None:
    known = make.organisation(name="Pro Bono Lab", aliases=["ProBonoLab"])
    for name in ("pro bono lab", "  Pro  Bono Lab ", "probonolab", "Les Quais"):
        post(desk, f"{DESK}name/", AT, organisation=name)
    owners = list(SpeakerSlot.objects.order_by("pk").values_list("organisation", flat=True))
    assert owners[:3] == [known.pk] * 3
    assert Organisation.objects.get(pk=owners[3]).name == "Les Quais"
    post(desk, f"{DESK}name/", AT, person="Đặng Thị Hoa")
    assert Person.objects.get().full_name == "Đặng Thị Hoa"
    assert "Name a person, an organisation, or both." in post(
        desk, f"{DESK}name/", AT, contact_email="a@example.org"
    )


def test_one_button_says_yes_and_reading_changes_nothing(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk, person="Nadia Belkacem", organisation="Pro Bono Lab")
    public = "/en/cycles/tour/escale-02/"
    text = get(client, page, AT + HOUR)
    assert "Pouvez-vous intervenir" in text
    assert Engagement.objects.get().answer == ""
    assert "Nadia Belkacem" not in get(client, public, AT + HOUR)
    text = post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    assert "Vous avez dit oui" in text
    assert "Nadia Belkacem" in get(client, public, AT + HOUR)
    row = Engagement.objects.get()
    assert (row.answer, row.answered_at, row.answered_starts_at) == ("accepted", AT + HOUR, START)
    # Once more changes nothing, and no organiser is bothered by a yes.
    post(client, f"{page}{session.pk}/yes/", AT + 2 * HOUR)
    assert Engagement.objects.get().answered_at == AT + HOUR
    assert mails(AT + 2 * HOUR) == []


def test_a_no_goes_back_to_the_organisation_and_tells_whoever_invited_once(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk, person="Nadia Belkacem", organisation="Pro Bono Lab")
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    post(client, f"{page}{session.pk}/no/", AT + 2 * HOUR, reason="Un train")
    post(client, f"{page}{session.pk}/no/", AT + 2 * HOUR, reason="Un train")
    shown = get(client, "/en/cycles/tour/escale-02/", AT + 2 * HOUR)
    assert ("Pro Bono Lab" in shown, "Nadia Belkacem" in shown) == (True, False)
    (told,) = mails(AT + 2 * HOUR)
    assert told.to == ["claire@example.org"]
    assert "Un train" in str(told.body)
    assert "avait dit oui" in str(told.body)
    assert SpeakerSlot.objects.get().state == "withdrawn"
    assert "to be replaced" in get(desk, DESK, AT + 2 * HOUR)
    # They may change their mind as long as the session is ahead.
    post(client, f"{page}{session.pk}/yes/", AT + 3 * HOUR)
    assert SpeakerSlot.objects.get().state == "accepted"


def test_whoever_is_silent_is_chased_at_the_pace_of_the_plan(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    for days in (21, 14, 7):
        due = START - days * DAY
        assert [one.to for one in mails(due + MINUTE)] == [["nadia@example.org"]], days
        assert mails(due + HOUR) == []
    kinds = list(Delivery.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["speaker_invited", "speaker_chased", "speaker_chased", "speaker_chased"]
    post(client, f"{page}{session.pk}/yes/", START - 6 * DAY)
    assert [one.subject for one in mails(START - 3 * DAY + MINUTE)] != []
    assert [one.subject for one in mails(START - HOUR + MINUTE)] != []
    last = list(Delivery.objects.order_by("pk").values_list("kind", "state"))[4:]
    assert last == [("speaker_reminder", "sent"), ("speaker_reminder", "sent")]


def test_who_answers_between_planning_and_sending_is_not_chased(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    due = START - 21 * DAY
    sending.tick(clock=due + MINUTE)
    post(client, f"{page}{session.pk}/yes/", due + MINUTE)
    mail.outbox.clear()
    sending.drain(clock=due + 2 * MINUTE)
    assert mail.outbox == []
    row = Delivery.objects.get(kind="speaker_chased")
    assert (row.state, row.reason) == ("skipped", "answered")


def test_a_new_date_asks_again(client: Client, desk: Client, session: Session, claire: User) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    moved = make.paris(2026, 12, 3)
    session.refresh_from_db()
    planning.move(session, to=moved, by=claire, at=AT + DAY, reason="Grève")
    (message,) = mails(AT + DAY + 11 * MINUTE)
    assert message.to == ["nadia@example.org"]
    assert "la nouvelle date vous convient-elle" in str(message.body)
    assert "has not answered for the new date" in get(desk, DESK, AT + 2 * DAY)
    text = get(client, page, AT + 2 * DAY)
    assert "La date a changé" in text
    post(client, f"{page}{session.pk}/yes/", AT + 2 * DAY)
    assert Engagement.objects.get().answered_starts_at == moved
    assert "La date a changé" not in get(client, page, AT + 2 * DAY)


def test_all_parts_on_one_page_in_the_speakers_own_zone_with_a_feed(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    other = make.session(cycle=session.cycle, slug="escale-03", number=3, starts_at=make.paris(2026, 12, 17))
    slot = make.slot(other, contact_email="NADIA@example.org", state="invited")
    make.slot(other, contact_email="zoe@example.org")
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    post(
        desk,
        f"{DESK}briefing/",
        AT + HOUR,
        notes_fr="Venez **10 minutes** avant.",
        rehearsal_date="2026-11-17",
        rehearsal_time="18:00",
        rehearsal_minutes="30",
    )
    post(client, f"{page}zone/", AT + HOUR, timezone="Indian/Reunion")
    text = get(client, page, AT + HOUR)
    assert text.count('<section class="card stack"') == 2
    assert "16\u202fh\u202f00" in text
    assert "<strong>10 minutes</strong>" in text
    assert "zoe@example.org" not in text
    match = re.search(r"http://testserver(/fr/speaker-calendar/\w+\.ics)", text)
    assert match is not None
    with time_machine.travel(AT + HOUR, tick=False):
        events = Calendar.from_ical(client.get(match[1]).content).events
    assert [(str(cast("Any", event["DTSTART"]).dt), str(event.get("STATUS"))) for event in events] == [
        ("2026-11-17 18:00:00+01:00", "CONFIRMED"),
        ("2026-11-19 13:00:00+01:00", "CONFIRMED"),
        ("2026-12-17 13:00:00+01:00", "TENTATIVE"),
    ]
    with time_machine.travel(AT + HOUR, tick=False):
        one = Calendar.from_ical(client.get(f"{page}{other.pk}/session.ics").content).events
    assert len(one) == 1
    SpeakerSlot.objects.filter(pk=slot.pk).update(contact_email="other@example.org")
    assert get(client, page, AT + HOUR).count('<section class="card stack"') == 1


def test_a_card_is_public_once_an_organiser_accepts_it(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    post(
        client,
        f"{page}{session.pk}/card/",
        AT + HOUR,
        public_name="Nadia Belkacem",
        role="Directrice",
        bio=BIO,
        photo=file("moi.jpg", jpeg(turned=True)),
        photo_alt="Nadia sourit",
        slides=file("mes diapos.pdf", PDF),
    )
    card = SpeakerCard.objects.get()
    assert (card.photo_width, card.photo_height) == (400, 300)
    assert not Person.objects.exists()
    slot = SpeakerSlot.objects.get()
    assert "your reading" in get(desk, DESK, AT + HOUR)
    post(desk, f"{DESK}{slot.pk}/card/accept/", AT + 2 * HOUR)
    person = Person.objects.get()
    assert (person.full_name, str(person.role)) == ("Nadia Belkacem", "Directrice")
    shown = get(client, f"/fr/speakers/{person.slug}/", AT + 2 * HOUR)
    assert "Vingt ans de bénévolat." in shown
    assert "&lt;b&gt;Un lien&lt;/b&gt;" in shown
    assert 'href="https://example.org"' not in shown
    assert "Nadia Belkacem" in get(client, "/fr/cycles/tour/escale-02/", AT + 2 * HOUR)
    # The photo waits for its owner's yes; slides for the end of the session, and a yes.
    address = f"/media/speakers/{card.photo}.webp"
    assert client.get(address).status_code == 404
    agree(client, page, session, "photo", "slides", at=AT + 3 * HOUR)
    response = client.get(address)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-cache")
    assert "EXIF" not in b"".join(cast("FileResponse", response)).decode("latin1")
    assert address in get(client, f"/fr/speakers/{person.slug}/", AT + 3 * HOUR)
    assert client.get(f"/media/slides/{card.slides}").status_code == 404
    keeping.settle(at=START + 3 * HOUR)
    published = client.get(f"/media/slides/{card.slides}")
    assert (published.status_code, b"".join(cast("FileResponse", published))) == (200, PDF)
    assert published["Content-Disposition"] == 'attachment; filename="mes diapos.pdf"'
    resource = Resource.objects.get()
    assert resource.is_published
    # A file that an organiser puts there in their place follows the same yes.
    handout = documents.read(PDF + b"handout")
    editing.set_file(resource, document=handout, name="polycopié.pdf", by=None, at=START + 4 * HOUR)
    beside = f"/media/documents/{resource.slug}/"
    assert b"".join(cast("FileResponse", client.get(beside))) == PDF + b"handout"
    # Withdrawn: gone at the next request.
    post(client, f"{page}{session.pk}/consents/photo/withdraw/", START + DAY)
    post(client, f"{page}{session.pk}/consents/slides/withdraw/", START + DAY)
    assert client.get(address).status_code == 404
    assert client.get(f"/media/slides/{card.slides}").status_code == 404
    assert client.get(beside).status_code == 404
    assert address not in get(client, f"/fr/speakers/{person.slug}/", START + DAY)


def agree(
    client: Client, page: str, session: Session, *purposes: str, at: dt.datetime, says: str = "yes"
) -> str:
    fields: dict[str, Any] = {}
    for purpose in purposes:
        fields |= {
            f"{purpose}-decision": says,
            f"{purpose}-months": "12",
            f"{purpose}-territory": "world",
            f"{purpose}-supports": ["site", "emails"],
        }
    return post(client, f"{page}{session.pk}/consents/", at, **fields)


def test_declining_publication_holds_the_replay_and_withdrawing_hides_it_at_once(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    agree(client, page, session, "recording", "publication", at=AT + HOUR)
    session.replay_url = REPLAY
    session.save()
    public = "/en/cycles/tour/escale-02/"
    after = START + DAY
    assert REPLAY in get(client, public, after)
    mails(AT + 2 * HOUR)
    post(client, f"{page}{session.pk}/consents/publication/withdraw/", after)
    assert REPLAY not in get(client, public, after)
    (told,) = [one for one in mails(after) if one.to == ["claire@example.org"]]
    assert "publication" in str(told.body)
    assert "The replay of this session is held" in get(desk, DESK, after)
    row = SpeakerConsent.objects.get(purpose="publication")
    assert (row.is_given, row.end, row.ended_at, row.until_date) == (
        True,
        "withdrawn",
        after,
        dt.date(2027, 10, 1),
    )
    # Recording yes, publication no: held as well; a yes shows it again.
    agree(client, page, session, "publication", at=after + HOUR, says="no")
    assert REPLAY not in get(client, public, after + HOUR)
    agree(client, page, session, "publication", at=after + 2 * HOUR)
    assert REPLAY in get(client, public, after + 2 * HOUR)
    # Time alone ends it.
    keeping.settle(at=after + 366 * DAY)
    session.refresh_from_db()
    assert session.public_replay_url == ""


def test_the_host_link_is_not_the_participants(client: Client, desk: Client, session: Session) -> None:
    page = invited(desk)
    with time_machine.travel(AT + HOUR, tick=False):
        assert client.post(f"{page}{session.pk}/room/").status_code == 409
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    with time_machine.travel(AT + HOUR, tick=False):
        response = client.post(f"{page}{session.pk}/room/")
    assert (response.status_code, response["Location"]) == (302, HOSTS)
    assert ROOM not in get(client, page, AT + HOUR)


def test_a_speaker_who_is_also_registered_gets_one_mail_for_each_purpose(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    make.registration(session=session, participant=make.participant(email="nadia@example.org"))
    left = mails(START - HOUR + MINUTE)
    assert [one.to for one in left] == [["nadia@example.org"]] * 2
    links = [set(re.findall(r"/(speak|join)/", str(one.body))) for one in left]
    assert sorted(links, key=str) == [{"join"}, {"speak"}]


def test_thanks_with_figures_and_no_names(client: Client, desk: Client, session: Session) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    for number in range(6):
        row = make.registration(session=session)
        if number:
            make.attendance(registration=row)
    # Friday, the day after at 14:30.
    thanks = [one for one in mails(START + 26 * HOUR) if one.to == ["nadia@example.org"]]
    (message,) = [one for one in thanks if "Merci" in one.subject]
    assert "6 personnes étaient inscrites. 5 sont venues." in str(message.body)
    text = get(client, page, START + 26 * HOUR)
    assert "6 personnes étaient inscrites" in text
    assert "Diallo" not in text


def test_after_the_session_nothing_more_is_sent_in_and_decisions_can_still_change(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    after = START + 2 * DAY
    text = post(client, f"{page}{session.pk}/card/", after, public_name="Nadia", slides=file("x.pdf", PDF))
    assert "Cette séance est terminée" in text
    assert not SpeakerCard.objects.exists()
    assert "intervenir" in post(client, f"{page}{session.pk}/no/", after)
    assert SpeakerSlot.objects.get().state == "accepted"
    agree(client, page, session, "publication", at=after)
    assert SpeakerConsent.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (("photo", "moi.jpg", b"\xff\xd8" + b"0" * (12 * 2**20)), "5 Mo"),
        (("photo", "moi.png", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"), "n’est pas une photo"),
        (("slides", "diapos.pdf", b"MZ\x90\x00" + b"\0" * 100), "quel que soit son nom"),
        (("slides", "diapos.pptx", b"PK\x03\x04" + b"\0" * 100), "abîmé"),
        (("slides", "diapos.pdf", b"%PDF-" + b"0" * (20 * 2**20)), "20 Mo"),
    ],
)
def test_files_are_known_by_their_bytes(
    client: Client, desk: Client, session: Session, sent: tuple[str, str, bytes], words: str
) -> None:
    field, name, content = sent
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    text = post(
        client,
        f"{page}{session.pk}/card/",
        AT + HOUR,
        bio="Des mots à garder",
        photo_alt="Moi",
        **{field: file(name, content)},
    )
    assert words in text
    assert "Des mots à garder" in text
    assert not SpeakerCard.objects.exists()


def test_a_bio_that_is_too_long_is_refused_with_its_length(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    text = post(client, f"{page}{session.pk}/card/", AT + HOUR, bio="x" * 401)
    assert "400 caractères au plus (il y en a 401)" in text
    post(client, f"{page}{session.pk}/card/", AT + HOUR, bio="x" * 400)
    assert len(SpeakerCard.objects.get().bio) == 400


def test_an_agenda_written_anew_keeps_card_and_consents_and_a_corrected_address_ends_the_link(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    post(client, f"{page}{session.pk}/card/", AT + HOUR, bio="Des mots")
    agree(client, page, session, "recording", at=AT + HOUR)
    session.segments.all().delete()
    assert client.get(page).status_code == 404
    make.slot(session, contact_email="nadia@example.org")
    text = get(client, page, AT + 2 * HOUR)
    assert "Des mots" in text
    SpeakerSlot.objects.update(contact_email="corrigee@example.org")
    assert client.get(page).status_code == 404
    assert SpeakerConsent.objects.count() == 1


def test_an_organiser_fills_in_and_notes_decisions_with_how_they_know(desk: Client) -> None:
    invited(desk)
    slot = SpeakerSlot.objects.get()
    post(desk, f"{DESK}{slot.pk}/yes/", AT + HOUR)
    post(desk, f"{DESK}{slot.pk}/card/", AT + HOUR, public_name="Nadia Belkacem", bio="Remplie pour elle")
    assert not SpeakerProfile.objects.exists()
    post(desk, f"{DESK}{slot.pk}/card/accept/", AT + HOUR)
    assert SpeakerProfile.objects.get().bio == "Remplie pour elle"
    fields = {"recording-decision": "no"}
    assert "it is what proves it later" in post(desk, f"{DESK}{slot.pk}/consents/", AT + HOUR, **fields)
    post(desk, f"{DESK}{slot.pk}/consents/", AT + HOUR, why="Papier signé", **fields)
    row = SpeakerConsent.objects.get()
    assert (row.is_given, row.why, str(row.on_behalf_by.email if row.on_behalf_by else "")) == (
        False,
        "Papier signé",
        "claire@example.org",
    )


def test_past_sessions_keep_the_organisation_of_their_time(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk, person="Nadia Belkacem", organisation="Pro Bono Lab")
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    person = Person.objects.get()
    later = make.session(cycle=session.cycle, slug="escale-05", number=5, starts_at=make.paris(2027, 2, 18))
    make.slot(later, person=person, organisation=make.organisation(name="Les Quatre Vents"))
    after = START + 2 * DAY
    assert "Nadia Belkacem (Pro Bono Lab)" in get(client, "/en/cycles/tour/escale-02/", after)
    assert "Nadia Belkacem (Les Quatre Vents)" in get(client, "/en/cycles/tour/escale-05/", after)
    shown = get(client, f"/en/speakers/{person.slug}/", after)
    assert [shown.index("Les Quatre Vents") > 0, shown.index("To come") < shown.index("Past")] == [True, True]
    assert f"/en/speakers/{person.slug}/subscribe/" in shown


def test_the_board_of_the_cycle_says_who_is_missing_what(desk: Client) -> None:
    invited(desk)
    post(desk, f"{DESK}name/", AT, organisation="Les Quais")
    text = get(desk, "/en/desk/cycles/tour/speakers/", AT + HOUR)
    assert "1 silent · 1 proposed" in text
    assert "an address to write to" in text
