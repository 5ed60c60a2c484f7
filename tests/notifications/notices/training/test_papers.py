"""Trainees are told of their certificates and statements: once each, of what stands when the mail leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail
from django.utils import translation

from notifications.delivery.run import sending
from notifications.mail.preview import rehearsal
from notifications.models import Delivery
from registrations.links import personal_links
from registrations.models import Participant
from tests import make
from tests.desk.browsing import go_on, messages_of
from tests.training import build
from tests.training.build import at
from training.documents import certificates
from training.models import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
CERTIFICATE, STATEMENT = Document.Kind.CERTIFICATE, Document.Kind.STATEMENT
PAGE = "/en/desk/cycles/mse-1/training/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(at(19), tick=False), translation.override("en"):
        yield


@pytest.fixture
def run() -> build.Run:
    """Return a run whose sheets are countersigned; nothing else waits to be told."""
    run = build.run()
    build.provider(run)
    build.finished(run)
    Participant.objects.update(language="en")
    Delivery.objects.all().delete()
    return run


@pytest.fixture
def claire(client: Client, run: build.Run) -> Client:
    client.force_login(make.membership(programme=run.programme).user)
    return client


def issue(
    run: build.Run, *, kind: Document.Kind = CERTIFICATE, minute: int = 0, reason: str = ""
) -> Document:
    return certificates.issue(run.people[0], kind=kind, reason=reason, by=None, at=at(19, minute))


def sent(minute: int = 30) -> list[str]:
    """Send what is due; return the subjects and texts of what has left since."""
    mail.outbox.clear()
    sending.drain(clock=at(19, minute))
    return [f"{one.subject}\n{one.body}" for one in mail.outbox]


def outcomes() -> list[tuple[str, str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("kind", "state", "reason"))


def test_an_issued_paper_is_told_once_with_the_way_to_it(run: build.Run, client: Client) -> None:
    document = issue(run)
    assert issue(run, minute=1).pk == document.pk
    (text,) = sent()
    token = personal_links.manage_token(run.people[0].participant)
    own = f"/en/my/{token}/papers/"
    for words in ("Certificate of completion: Socio-economic models\n", "CR-2026-0001", own):
        assert words in text
    assert document.code in client.get(own).content.decode()
    assert "takes the place" not in text
    assert sent() == []


def test_in_french(run: build.Run) -> None:
    Participant.objects.update(language="fr")
    document = issue(run)
    (issued,) = sent()
    certificates.withdraw(document, reason="erreur de nom", by=None, at=at(19, 40))
    (withdrawn,) = sent(50)
    title = "«\u202fModèles socio-économiques\u202f»"
    for words in (
        "Certificat de réalisation\u202f: Modèles socio-économiques\n",
        f"Un document sur votre formation {title} est établi à votre nom.",
        "- Certificat de réalisation CR-2026-0001\n",
        "/fr/my/",
    ):
        assert words in issued
    for words in (
        "Document retiré\u202f: certificat de réalisation, Modèles socio-économiques\n",
        "Votre document CR-2026-0001 (certificat de réalisation)",
        "Motif\u202f: erreur de nom",
    ):
        assert words in withdrawn


def test_what_takes_the_place_of_another_says_so_and_why(run: build.Run) -> None:
    issue(run)
    sent(1)
    Participant.objects.update(family_name="Diallo")
    issue(run, minute=2, reason="name corrected")
    (text,) = sent()
    assert "CR-2026-0001/2\n  It takes the place of CR-2026-0001, which is no longer valid.\n" in text
    assert "Reason: name corrected" in text


def test_a_paper_that_was_replaced_before_its_mail_left_is_not_told(run: build.Run) -> None:
    issue(run)
    Participant.objects.update(family_name="Diallo")
    issue(run, minute=2, reason="name corrected")
    (text,) = sent()
    assert "CR-2026-0001/2" in text
    assert outcomes() == [("paper_issued", "skipped", "superseded"), ("paper_issued", "sent", "")]


def test_a_withdrawal_is_told_to_whoever_was_told_of_the_paper(run: build.Run) -> None:
    document = issue(run)
    sent(1)
    certificates.withdraw(document, reason="hours were wrong", by=None, at=at(19, 2))
    certificates.withdraw(document, reason="again", by=None, at=at(19, 3))
    (text,) = sent()
    assert text.startswith("Withdrawn: certificate of completion, Socio-economic models\n")
    assert "The certificate of completion CR-2026-0001 of “Socio-economic models” has been withdrawn" in text
    assert "Reason: hours were wrong" in text


def test_a_withdrawal_before_the_mail_left_writes_nothing(run: build.Run) -> None:
    certificates.withdraw(issue(run), reason="a mistake", by=None, at=at(19, 2))
    assert sent() == []
    assert outcomes() == [("paper_issued", "skipped", "superseded")]


def test_a_withdrawal_that_was_made_good_before_its_mail_left_is_told_in_one(run: build.Run) -> None:
    document = issue(run)
    sent(1)
    certificates.withdraw(document, reason="hours were wrong", by=None, at=at(19, 2))
    issue(run, minute=3)
    (text,) = sent()
    assert "It takes the place of CR-2026-0001, which is no longer valid." in text
    assert outcomes()[1] == ("paper_withdrawn", "skipped", "superseded")


def test_the_papers_of_one_act_are_told_in_one_mail(run: build.Run) -> None:
    issue(run)
    issue(run, kind=STATEMENT)
    (text,) = sent()
    assert text.startswith("Your papers: Socio-economic models\n")
    assert ("CR-2026-0001" in text, "AF-2026-0001" in text) == (True, True)


def test_organisers_see_to_how_many_they_write_and_who_has_no_address(claire: Client, run: build.Run) -> None:
    Participant.objects.filter(pk=run.people[2].participant_id).update(email="", email_key="none:x")
    page = claire.get(PAGE).content.decode()
    assert "Jean‑Noël d’Âme has no email address and is not told: hand over the PDF." in page
    asked = claire.post(f"{PAGE}certificates/")
    assert "This writes to 2 people" in asked.content.decode()
    assert "Certificate or statement issued: to 2 people" in asked.content.decode()
    assert (Document.objects.filter(kind=CERTIFICATE).count(), Delivery.objects.count()) == (0, 0)
    answer = go_on(claire, asked)
    after = claire.get(answer.headers["Location"])
    assert Document.objects.filter(kind=CERTIFICATE).count() == 3
    assert messages_of(after)[0] == "3 certificates issued."
    # They wait for the grace, and can be stopped until then.
    assert [len(sent(5)), len(sent(11)), len(sent(30))] == [0, 2, 0]


def test_the_page_of_a_trainee_says_whether_an_email_tells_them(claire: Client, run: build.Run) -> None:
    told, untold = run.people[0], run.people[2]
    Participant.objects.filter(pk=untold.participant_id).update(email="", email_key="none:x")
    said = [
        "they are told by email" in claire.get(f"{PAGE}people/{row.pk}/").content.decode()
        for row in (told, untold)
    ]
    assert said == [True, False]
    done = []
    for row in (told, untold):
        answer = claire.post(f"{PAGE}people/{row.pk}/certificate/")
        done += messages_of(claire.get(answer.headers["Location"]))
    assert done == [
        "Issued: CR-2026-0001. They are told by email, with the link to their page.",
        "Issued: CR-2026-0002. They have no email address and are not told: hand them the PDF.",
    ]
    paper = Document.objects.get(series="CR", number=1)
    sent(1)
    address = f"{PAGE}papers/{paper.pk}/withdraw/"
    assert "Amina Diallo-Lefèvre is told by email, with your reason." in claire.get(address).content.decode()
    claire.post(address, {"reason": "hours were wrong"})
    assert outcomes() == [("paper_issued", "sent", ""), ("paper_withdrawn", "pending", "")]


@pytest.mark.parametrize("kind", ["paper_issued", "paper_withdrawn"])
def test_the_preview_names_an_invented_paper_and_keeps_nothing(run: build.Run, kind: str) -> None:
    scene = rehearsal.Scene(cycle=run.cycle, kind=kind, session=run.morning, language="en")
    before = Document.objects.count()
    text = str(rehearsal.rehearse(scene, at=at(19)).body)
    assert "CR-2026-0001" in text
    assert Document.objects.count() == before
