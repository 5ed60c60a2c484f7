"""The pages of signing as people use them: a phone, a tablet, a trainer's link, the desk. No cookie, no script."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cycles.models import Cycle, Membership, Programme
from notifications.models import Delivery
from registrations.links import personal_links
from registrations.models import CycleRegistration, Participant
from speakers.people import contacts
from speakers.people import links as speaker_links
from tests import make
from tests.training import build
from tests.training.build import MARC, at
from training.models import Document, PaperScan, RunSettings, Signature, TrainerNote
from training.signing import links, verbs
from training.signing.room import room_code

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> build.Run:
    return build.run()


def phone() -> Client:
    return Client(enforce_csrf_checks=True)


def sign_url(run: build.Run, person: int = 0, *, afternoon: bool = False) -> str:
    row = run.row(person, run.afternoon if afternoon else run.morning)
    return reverse("training:sign", args=[links.sign_token(row)])


def teach_url(run: build.Run, page: str = "sheet", *args: object) -> str:
    return reverse(f"training:teach-{page}", args=[links.teach_token(run.morning, email=MARC), *args])


def said(response: Any) -> str:
    text: str = response.content.decode()
    return text.replace("\u202f", " ").replace("\xa0", " ").replace("&#x27;", "'")


def test_opening_the_link_signs_nothing_and_the_button_does(run: build.Run) -> None:
    url = sign_url(run)
    with time_machine.travel(at(8, 58), tick=False):
        for method in ("get", "head"):
            assert getattr(phone(), method)(url).status_code == 200
        assert Signature.objects.count() == 0
        page = said(phone().get(url))
        assert "Moi, Amina Diallo-Lefèvre, j’atteste ma présence à « Demi-journée 1 : Comprendre »" in page
        sent = phone().post(url)
        assert (sent.status_code, sent.headers["Location"]) == (302, url)
        assert "Présence signée à 8 h 58" in said(phone().get(url))
        assert not phone().get(url).cookies
    with time_machine.travel(at(9, 5), tick=False):
        # Another device, later: the first signature stands.
        assert phone().post(url).status_code == 302
        assert "Présence signée à 8 h 58" in said(phone().get(url))
    assert Signature.objects.get().means == "link"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (at(8, 44, 59), "Vous pouvez signer à partir de 8 h 45"),
        (at(13, 0, 1), "Le délai pour signer a pris fin à 13 h 00"),
    ],
)
def test_outside_the_window_the_page_says_when(run: build.Run, moment: dt.datetime, words: str) -> None:
    with time_machine.travel(moment, tick=False):
        assert words in said(phone().get(sign_url(run)))
        refused = phone().post(sign_url(run))
        assert refused.status_code == 422
    assert Signature.objects.count() == 0


def test_after_the_first_half_day_its_link_offers_the_second_ones_own_page(run: build.Run) -> None:
    with time_machine.travel(at(14, 5), tick=False):
        page = said(phone().get(sign_url(run)))
        assert "Le délai pour signer a pris fin" in page
        assert "Je signe ma présence" not in page
        assert sign_url(run, afternoon=True) in page
        assert phone().post(sign_url(run, afternoon=True)).status_code == 302
    assert [one.registration.session for one in Signature.objects.all()] == [run.afternoon]


def test_where_the_code_of_the_room_is_asked_for_the_link_alone_does_not_sign(run: build.Run) -> None:
    RunSettings.objects.create(cycle=run.cycle, asks_room_code=True)
    with time_machine.travel(at(9), tick=False):
        code = room_code.code(run.morning.pk, unix=at(9).timestamp(), key=links.room_key())
        other = room_code.code(run.afternoon.pk, unix=at(9).timestamp(), key=links.room_key())
        assert phone().post(sign_url(run)).status_code == 422
        wrong = phone().post(sign_url(run), {"code": other})
        assert (wrong.status_code, f'value="{other}"' in said(wrong)) == (422, True)
        assert phone().post(sign_url(run), {"code": f"{code[:3]} {code[3:].lower()}"}).status_code == 302
    assert Signature.objects.get().means == "room_code"


def test_the_qr_code_of_the_room_leads_to_a_page_that_signs_for_nobody(run: build.Run) -> None:
    code = room_code.code(run.morning.pk, unix=at(9).timestamp(), key=links.room_key())
    url = reverse("training:room", args=[run.cycle.slug, run.morning.slug, code])
    assert f"{code[:3]} {code[3:]}" in said(phone().get(url))
    assert Client().post(url).status_code == 405
    strange = reverse("training:room", args=[run.cycle.slug, run.morning.slug, "script"])
    assert "SCR IPT" not in said(phone().get(strange))


def test_ones_own_page_leads_to_signing_and_only_ones_own(run: build.Run) -> None:
    Participant.objects.update(proved_at=at(7))
    token = personal_links.manage_token(run.people[0].participant)
    with time_machine.travel(at(9), tick=False):
        page = said(phone().get(reverse("training:mine", args=[token])))
        mine = reverse("training:sign-from-mine", args=[token, run.row(0).pk])
        assert mine in page
        assert phone().get(mine).headers["Location"] == sign_url(run)
    theirs = reverse("training:sign-from-mine", args=[token, run.row(1).pk])
    assert phone().get(theirs).headers.get("Location") != sign_url(run, 1)


def test_a_trainer_without_an_account_keeps_and_countersigns_the_sheet(run: build.Run) -> None:
    browser = phone()
    build.sign(run.row(0), at(8, 58))
    build.sign(run.row(1), at(9, 20))
    with time_machine.travel(at(9, 21), tick=False):
        page = said(browser.get(teach_url(run)))
        assert "2 sur 3 ont signé" in page
        assert reverse("training:teach-sheet", args=[links.teach_token(run.afternoon, email=MARC)]) in page
        assert "@example.org" not in page
        late = teach_url(run, "person", run.row(1).pk)
        typed = {"decision": "partial", "arrived": "09:20", "reason": "", "other": ""}
        refused = browser.post(late, typed)
        assert (refused.status_code, "Dites pourquoi" in said(refused)) == (422, True)
        assert 'value="09:20' in said(refused)
        assert browser.post(late, {**typed, "reason": "transport"}).status_code == 302
    with time_machine.travel(at(12, 41), tick=False):
        countersign = teach_url(run, "countersign")
        undecided = browser.post(countersign, {"name": "Marc Exemple", "reason": "", "other": ""})
        assert (undecided.status_code, "Jean‑Noël d’Âme" in said(undecided)) == (422, True)
        first = said(browser.get(countersign))
        # Nothing to press before everybody is decided, and no reason asked of a trainer.
        assert ("Décidez d’abord pour 1 personne" in first, "Je contresigne" in first) == (True, False)
        # What is not there yet leads back to the sheet, as whatever is glued to its link does.
        assert browser.get(teach_url(run, "file")).headers["Location"] == teach_url(run)
        assert browser.post(teach_url(run, "absent")).status_code == 302
        ready = said(browser.get(countersign))
        assert ("Je contresigne" in ready, 'name="reason"' in ready) == (True, False)
        assert Document.objects.count() == 0
        assert browser.post(countersign, {"name": "Marc Exemple"}).status_code == 302
        assert "FE-2026-0001" in said(browser.get(teach_url(run)))
        file = browser.get(teach_url(run, "file"))
        assert (file.content, file["Content-Type"]) == (bytes(Document.objects.get().pdf), "application/pdf")
    assert TrainerNote.objects.get(registration=run.row(1)).reason == "transports"
    assert Document.objects.get().issued_by is None


def test_hours_beside_what_the_trainer_saw_count_and_beside_an_absence_are_refused(run: build.Run) -> None:
    browser = phone()
    typed = {"arrived": "10:00", "left": "", "reason": "no_phone", "other": ""}
    with time_machine.travel(at(12, 41), tick=False):
        page = teach_url(run, "person", run.row(0).pk)
        for decision in ("absent", "excused"):
            refused = browser.post(page, {**typed, "decision": decision})
            assert (refused.status_code, "videz ce champ" in said(refused)) == (422, True)
        assert not TrainerNote.objects.exists()
        assert browser.post(page, {**typed, "decision": "seen"}).status_code == 302
        english = browser.get(teach_url(run, "countersign").replace("/fr/", "/en/"))
        row = said(english).partition("Amina")[2].partition("</tr>")[0]
        assert "no signature: Marc Exemple vouches for the presence, noted at 12:41 (no phone at hand)" in row
        assert ("came at 10:00" in row, '<td class="num">150</td>' in row) == (True, True)
        # An hour that stands there from before is not typed anew.
        assert browser.post(page, {**typed, "decision": "absent"}).status_code == 302
    assert TrainerNote.objects.get().kind == "absent"
    assert not Signature.objects.exists()


def test_who_countersigns_in_place_of_the_trainer_declares_to_have_seen_nobody(
    run: build.Run, claire: Client
) -> None:
    build.all_sign(run, run.morning)
    url = reverse("desk:training-countersign", args=[run.cycle.slug, run.morning.slug])
    with time_machine.travel(at(12, 0), tick=False):
        early = said(claire.get(url))
        assert ("finit à 12 h 30" in early, "Je contresigne" in early) == (True, False)
    with time_machine.travel(at(12, 41), tick=False):
        assert "Vous déclarez avoir vu" not in said(claire.get(url))
        assert (
            claire.post(url, {"name": "Claire", "reason": "other", "other": "formateur malade"}).status_code
            == 302
        )
    printed = pypdf.PdfReader(BytesIO(bytes(Document.objects.get().pdf))).pages[0].extract_text()
    words = " ".join(printed.split())
    assert ("à la place de qui assurait la formation" in words, "déclare avoir vu" in words) == (True, False)


def test_a_trainers_link_is_of_one_half_day_and_one_trainer(run: build.Run) -> None:
    afternoon = links.teach_token(run.afternoon, email=MARC)
    run.morning.segments.all().delete()
    assert phone().get(teach_url(run)).status_code == 404
    assert phone().get(reverse("training:teach-sheet", args=[afternoon])).status_code == 200
    stranger = links.teach_token(run.afternoon, email="nadia@example.org")
    assert phone().get(reverse("training:teach-sheet", args=[stranger])).status_code == 404


def test_the_page_of_a_speaker_leads_to_the_sheet(run: build.Run) -> None:
    token = speaker_links.token(contacts.ensure([MARC], at=at(7))[MARC])
    way = reverse("training:teach-from-speaker", args=[token, run.morning.pk])
    assert phone().get(way).headers["Location"].endswith(teach_url(run))
    strange = reverse("training:teach-from-speaker", args=[token, make.session().pk])
    assert phone().get(strange).status_code == 404


def test_a_tablet_goes_round_and_keeps_nobody(run: build.Run) -> None:
    browser = phone()
    with time_machine.travel(at(8, 50), tick=False):
        token = links.tablet_token(run.morning, by_name="Marc Exemple", at=at(8, 50))
        listed = reverse("training:tablet", args=[token, "Marc Exemple"])
        one = reverse("training:tablet-sign", args=[token, "Marc Exemple", run.row(0).pk])
        assert one in said(browser.get(listed))
        assert "no-store" in browser.get(one).headers["Cache-Control"]
        assert Signature.objects.count() == 0
        sent = browser.post(one)
        assert sent.headers["Location"] == f"{listed}?done=signed"
        again = said(browser.get(listed))
        assert "Amina Diallo-Lefèvre · a signé à 8 h 50" in again
        assert "@example.org" not in again
        # Whoever goes back to a name that has signed is not asked a second time.
        signed = said(browser.get(one))
        assert "Présence signée à 8 h 50" in signed
        assert "Je signe ma présence" not in signed
        other_name = reverse("training:tablet", args=[token, "Quelqu’un"])
        assert browser.get(other_name).status_code == 404
    with time_machine.travel(at(22), tick=False):
        assert browser.get(listed).status_code == 404
    signature = Signature.objects.get()
    assert (signature.means, signature.by_name) == ("tablet", "Marc Exemple")


def desk(run: build.Run, page: str, *args: object) -> str:
    return reverse(f"desk:training-{page}", args=["mse-1", run.morning.slug, *args])


@pytest.fixture
def claire(run: build.Run) -> Client:
    client = Client()
    user = make.membership(programme=run.programme, role=Membership.Role.OWNER).user
    client.force_login(user)
    return client


def test_somebody_reads_on_their_own_page_what_the_trainer_noted_of_them(run: build.Run) -> None:
    marc: dict[str, Any] = {"by": None, "by_name": "Marc Exemple", "at": at(12)}
    build.sign(run.row(0), at(9, 20))
    verbs.note(run.row(0), kind="partial", arrived_at=at(9, 20), reason="transports", **marc)
    verbs.vouch(run.row(1), means="trainer", reason="sans téléphone", **marc)
    verbs.note(run.row(2), kind="absent", **marc)
    pages = []
    for owner in run.people:
        token = personal_links.manage_token(owner.participant)
        with time_machine.travel(at(13, 30), tick=False):
            pages.append(said(phone().get(reverse("training:mine", args=[token]))))
    late, seen, absent = pages
    assert "signé à 9 h 20, lien personnel" in late
    assert "noté par le formateur ou la formatrice : présent·e en partie, 190 minutes, transports" in late
    assert "sans signature : Marc Exemple atteste la présence, noté à 12 h 00" in seen
    assert "noté par" not in seen
    assert "noté par le formateur ou la formatrice : absent·e" in absent


def test_the_pages_of_a_trainer_have_the_look_of_the_programme_and_the_desk_its_own(
    run: build.Run, claire: Client, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    Programme.objects.update(accent="navy", is_published=True)
    make.logo(run.programme)

    def looks(text: str) -> tuple[bool, bool]:
        return 'data-accent="navy"' in text, 'class="logo"' in text

    build.sign(run.row(0), at(9))
    with time_machine.travel(at(12, 45), tick=False):
        pages = ["sheet", "room", "countersign", "walk-in", "tablet"]
        shown = {page: looks(said(phone().get(teach_url(run, page)))) for page in pages}
        assert shown == dict.fromkeys(pages, (True, True))
        assert looks(said(phone().get(teach_url(run, "person", run.row(0).pk)))) == (True, True)
        assert looks(said(claire.get(desk(run, "sheet")))) == (False, False)


def test_an_organiser_keeps_a_scan_undoes_with_a_reason_and_reads_every_version(
    run: build.Run, claire: Client
) -> None:
    with time_machine.travel(at(12, 45), tick=False):
        person = desk(run, "person", run.row(2).pk)
        typed = {"decision": "paper", "reason": "no_phone", "other": "", "arrived": "", "left": ""}
        build.sign(run.row(0), at(9))
        build.sign(run.row(1), at(9))
        assert claire.post(person, typed).status_code == 302
        exe = SimpleUploadedFile("scan.pdf", b"MZ\x90", content_type="application/pdf")
        assert claire.post(desk(run, "paper"), {"file": exe}).status_code == 422
        large = SimpleUploadedFile("scan.pdf", b"%PDF-" + b"0" * (5 * 1024 * 1024))
        assert claire.post(desk(run, "paper"), {"file": large}).status_code == 422
        scan = SimpleUploadedFile("feuille.pdf", b"%PDF-1.7")
        assert claire.post(desk(run, "paper"), {"file": scan}).status_code == 302
        countersign = desk(run, "countersign")
        assert claire.post(countersign, {"name": "Claire", "reason": ""}).status_code == 422
        answer = claire.post(countersign, {"name": "Claire", "reason": "other", "other": "Marc est malade"})
        assert answer.status_code == 302
        first = Document.objects.get()
        assert PaperScan.objects.get().sha256 in first.record
        file = claire.get(desk(run, "sheet-file", first.pk))
        assert file.content == bytes(first.pdf)
        assert claire.post(desk(run, "undo"), {"reason": ""}).status_code == 422
        assert claire.post(desk(run, "undo"), {"reason": "erreur de saisie"}).status_code == 302
        assert "erreur de saisie" in said(claire.get(desk(run, "sheet")))


def test_a_walk_in_is_registered_and_signs(run: build.Run, claire: Client) -> None:
    typed = {
        "given_name": "Léa",
        "family_name": "Passante",
        "email": "lea@example.org",
        "organisation_name": "",
    }
    with time_machine.travel(at(9, 10), tick=False):
        assert claire.post(desk(run, "walk-in"), {**typed, "family_name": ""}).status_code == 422
        assert claire.post(desk(run, "walk-in"), typed).status_code == 302
        assert "Léa Passante" in said(claire.get(desk(run, "sheet")))
    with time_machine.travel(at(12, 31), tick=False):
        late = claire.post(desk(run, "walk-in"), {**typed, "email": "max@example.org"})
        assert late.status_code == 422


def test_a_walk_in_without_a_place_is_not_left_on_the_waiting_list(run: build.Run, claire: Client) -> None:
    Cycle.objects.filter(pk=run.cycle.pk).update(capacity=3)
    typed = {"given_name": "Léa", "family_name": "Passante", "email": "lea@example.org"}
    with time_machine.travel(at(9, 10), tick=False):
        full = claire.post(desk(run, "walk-in"), typed)
        assert (full.status_code, "Il n’y a plus de place" in said(full)) == (422, True)
        assert (CycleRegistration.objects.count(), Delivery.objects.count()) == (3, 0)
        Cycle.objects.filter(pk=run.cycle.pk).update(capacity=4)
        assert claire.post(desk(run, "walk-in"), typed).status_code == 302


@pytest.mark.parametrize(
    ("hour", "is_shown"), [(at(8) - dt.timedelta(days=2), False), (at(8), True), (at(19), False)]
)
def test_ones_registrations_lead_to_signing_around_the_day(
    run: build.Run, hour: dt.datetime, *, is_shown: bool
) -> None:
    Participant.objects.update(proved_at=at(7) - dt.timedelta(days=9))
    token = personal_links.manage_token(run.people[0].participant)
    with time_machine.travel(hour, tick=False):
        page = said(phone().get(reverse("registrations:my-registrations", args=[token])))
    assert (reverse("training:sign-from-mine", args=[token, run.row(0).pk]) in page) is is_shown


def test_a_session_of_information_has_no_sheet(claire: Client, run: build.Run) -> None:
    session = make.session(cycle=make.cycle(programme=run.programme))
    for page in ("sheet", "countersign", "room", "paper"):
        url = reverse(f"desk:training-{page}", args=[session.cycle.slug, session.slug])
        assert claire.get(url).status_code == 404
    assert claire.get(reverse("desk:training-run", args=[session.cycle.slug])).status_code == 404
    row = make.registration(session=session)
    assert phone().get(reverse("training:sign", args=[links.sign_token(row)])).status_code == 404


def test_the_live_part_of_the_list_follows(run: build.Run, claire: Client) -> None:
    with time_machine.travel(at(9), tick=False):
        assert "0 sur 3 a signé" in said(claire.get(desk(run, "sheet"), {"part": "list"}))
        build.sign(run.row(0), at(9))
        part = said(claire.get(desk(run, "sheet"), {"part": "list"}))
        assert "1 sur 3 a signé" in part
        assert "<html" not in part


def test_forty_people_behind_one_address_are_all_let_in() -> None:
    run = build.run(tuple(("Prénom", f"Nom{number}") for number in range(40)))
    room = Client(REMOTE_ADDR="203.0.113.9")
    with time_machine.travel(at(9), tick=False):
        answers = [room.post(sign_url(run, number)).status_code for number in range(40)]
    assert answers == [302] * 40
    assert Signature.objects.count() == 40


def test_the_pages_of_signing_have_the_look_of_the_programme(
    run: build.Run, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    Programme.objects.update(accent="navy")
    make.logo(run.programme)
    by_name = "Marc Exemple"
    with time_machine.travel(at(8, 58), tick=False):
        tablet = links.tablet_token(run.morning, by_name=by_name, at=at(8, 58))
        urls = [
            sign_url(run),
            reverse("training:tablet", args=[tablet, by_name]),
            reverse("training:tablet-sign", args=[tablet, by_name, run.row(0).pk]),
        ]
        pages = [phone().get(url).content.decode() for url in urls]
    assert [("Trois vagues bleues" in page, 'data-accent="navy"' in page) for page in pages] == [
        (True, True)
    ] * 3


def test_a_signed_page_speaks_of_other_half_days_only_while_there_are_some(run: build.Run) -> None:
    words = "se signent chacune en son temps"
    with time_machine.travel(at(9), tick=False):
        build.sign(run.row(0), at(9))
        assert words in said(phone().get(sign_url(run)))
    with time_machine.travel(at(14), tick=False):
        build.sign(run.row(0, run.afternoon), at(14))
        page = said(phone().get(sign_url(run, afternoon=True)))
    assert (words in page, "Vous pouvez fermer cette page." in page) == (False, True)


def test_nobody_is_asked_to_sign_under_a_countersigned_sheet(run: build.Run) -> None:
    """The window stays open half an hour after the end; the trainer may have countersigned meanwhile."""
    person = run.people[0].participant
    own = reverse("training:mine", args=[personal_links.manage_token(person)])
    asked = "Signer ma présence"
    with time_machine.travel(at(12, 45), tick=False):
        assert asked in said(phone().get(own))
        build.all_sign(run, run.morning, but=(0,))
        build.countersign(run.morning)
        assert asked not in said(phone().get(own))
        assert sign_url(run) not in said(phone().get(sign_url(run, afternoon=True)))
