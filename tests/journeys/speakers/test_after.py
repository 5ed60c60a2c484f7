"""J9: Nadia introduces herself, decides what is published, speaks, and is thanked."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, cast

import pytest
import time_machine

from cycles.content import documents, editing
from cycles.models import Person, Resource, SpeakerSlot
from speakers import keeping
from speakers.models import SpeakerCard, SpeakerConsent, SpeakerProfile
from tests import make
from tests.journeys.speakers.acting import (
    AT,
    BIO,
    DAY,
    DESK,
    HOSTS,
    HOUR,
    MINUTE,
    PDF,
    REPLAY,
    ROOM,
    START,
    agree,
    file,
    get,
    invited,
    jpeg,
    mails,
    post,
)

if TYPE_CHECKING:
    from django.http import FileResponse
    from django.test import Client

    from cycles.models import Session

pytestmark = pytest.mark.django_db


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
