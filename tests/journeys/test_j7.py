"""J7: Claire tunes the reminders of a cycle, writes one, tries it, and reads what became of each mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail

from cycles.models import Cycle, Membership, Session
from notifications.delivery import ledger
from notifications.delivery.run import sending
from notifications.models import Delivery, MessageText, ReminderStep, Suppression
from notifications.plan import defaults, planner
from tests import make
from tests.make import paris

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

# Ten days before escale 2, which is on Thursday 19 November 2026 at 13:00 in Paris.
NOW = paris(2026, 11, 9, 9)
DESK = "/fr/desk/cycles/voyage"
ALL_ON = {
    f"{name}_{code}": "on"
    for code in ("j-7", "j-1", "h-1", "thanks", "missed", "follow-up")
    for name in ("on", "was")
}
J_3 = {
    "count": "3",
    "unit": "days",
    "side": "before",
    "audience": "confirmed",
    "kind": "reminder",
    "opens": "08:00",
    "closes": "20:00",
    "on_uncertain": "retry",
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="voyage", programme=make.programme())
    defaults.default_steps(cycle)
    session = make.session(
        cycle=cycle, number=2, slug="escale-02", title={"fr": "Tenir bon", "en": "Holding on"}
    )
    planner.replan(session)
    for number in range(38):
        make.registration(
            session=session, participant=make.participant(language="en" if number == 37 else "fr")
        )
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    user = make.user(email="claire@example.org")
    client.force_login(
        make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER, user=user).user
    )
    return client


def leaving(at: object) -> list[mail.EmailMessage]:
    mail.outbox.clear()
    sending.tick(clock=at)  # type: ignore[arg-type]  # an aware instant
    sending.drain(clock=at)  # type: ignore[arg-type]  # likewise
    return list(mail.outbox)


def test_claire_changes_the_plan_and_sees_what_that_does(claire: Client, cycle: Cycle) -> None:
    page = claire.get(f"{DESK}/reminders/")
    assert [item.when.replace("\u202f", " ") for item, _switch in page.context["rows"]][:8] == [
        "jeu. 29 oct. 2026, 13 h 00",
        "jeu. 5 nov. 2026, 13 h 00",
        "jeu. 12 nov. 2026, 13 h 00",
        "jeu. 12 nov. 2026, 13 h 00",
        "lun. 16 nov. 2026, 13 h 00",
        "mer. 18 nov. 2026, 13 h 00",
        "jeu. 19 nov. 2026, 12 h 00",
        "jeu. 19 nov. 2026, 12 h 00",
    ]
    form = {**J_3, **{name: on for name, on in ALL_ON.items() if name != "on_j-7"}}
    shown = claire.post(f"{DESK}/reminders/", form).content.decode()
    assert "38 envois prévus retirés, 38 ajoutés" in shown
    assert claire.post(f"{DESK}/reminders/save/", form).status_code == 302
    assert len(leaving(paris(2026, 11, 12))) == 0
    assert len(leaving(paris(2026, 11, 16))) == 38
    assert ReminderStep.objects.get(cycle=cycle, code="j-7").is_enabled is False


def test_a_plan_edited_while_it_is_being_sent_sends_nothing_twice(claire: Client) -> None:
    sending.tick(clock=paris(2026, 11, 12))
    sending.drain(clock=paris(2026, 11, 12), limit=10, batches=1)
    form = {**J_3, "count": "6"}
    with time_machine.travel(paris(2026, 11, 12, 13, 1), tick=False):
        claire.post(f"{DESK}/reminders/j-7/save/", form)
    sending.drain(clock=paris(2026, 11, 12, 13, 2))
    leaving(paris(2026, 11, 13))
    keys = Delivery.objects.filter(kind="reminder").values_list("registration", flat=True)
    assert (len(keys), len(set(keys))) == (38, 38)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_claire_writes_tries_and_sends_a_text(claire: Client) -> None:
    written = {
        "subject_fr": "{soon} : rendez-vous avec {given_name}",
        "body_fr": "Bonjour {given_name},\n\n{card}\n\n{join_link}",
        "subject_en": "",
        "body_en": "",
    }
    saved = claire.post(f"{DESK}/messages/reminder/", written)
    preview = claire.get(saved.headers["Location"])
    assert preview.context["mail"].subject == "Jeudi 19 novembre, 13\u202fh : rendez-vous avec Camille"
    assert len(preview.context["warnings"]) == 2
    claire.post(f"{DESK}/messages/reminder/test/", {"language": "fr", "line": "j-1"})
    (test,) = mail.outbox
    assert (test.to, str(test.subject)) == (
        ["claire@example.org"],
        "[ESSAI] Demain 13\u202fh : rendez-vous avec Camille",
    )
    subjects = {str(message.subject) for message in leaving(paris(2026, 11, 18))}
    assert subjects == {
        "Demain 13\u202fh : rendez-vous avec Amina",
        "Tomorrow 13:00 : rendez-vous avec Amina",
    }


@pytest.mark.parametrize(
    "text", ["{{ settings.SECRET_KEY }}", "{% debug %}", "{prenom}", "Oui\r\nBcc: x@y.org"]
)
def test_what_could_do_harm_is_refused(claire: Client, text: str) -> None:
    form = {"subject_fr": text, "body_fr": "", "subject_en": "", "body_en": ""}
    assert claire.post(f"{DESK}/messages/reminder/", form).status_code == 422
    assert MessageText.objects.count() == 0


def test_one_address_bounces_is_corrected_and_only_it_is_sent_again(claire: Client, cycle: Cycle) -> None:
    leaving(paris(2026, 11, 12))
    bounced = Delivery.objects.earliest("pk")
    person = bounced.participant
    assert person is not None
    Delivery.objects.filter(pk=bounced.pk).update(
        state="failed", sent_at=None, last_error="550 5.1.1 unknown"
    )
    ledger.suppress(person.email, reason=Suppression.Reason.BOUNCE, at=NOW)
    board = claire.get(f"{DESK}/deliveries/?state=failed")
    assert [line.why for line in board.context["lines"]] == ["550 5.1.1 unknown"]
    page = claire.get(f"{DESK}/stopped/").context["page"]
    assert [item.participant for item in page.people] == [person]
    names = {"given_name": person.given_name, "family_name": person.family_name, "organisation_name": ""}
    with time_machine.travel(paris(2026, 11, 12, 14), tick=False):
        claire.post(
            f"{DESK}/registrants/{bounced.cycle_registration_id}/correct/",
            names | {"email": "corrigee@example.org"},
        )
        claire.post(f"{DESK}/deliveries/{bounced.pk}/retry/")
    # The mail that came back, and the one that tells of the correction; nobody else is written to.
    sent = leaving(paris(2026, 11, 12, 15))
    assert [message.to for message in sent] == [["corrigee@example.org"]] * 2
    assert list(Delivery.objects.exclude(state="sent").values_list("kind", flat=True)) == []
    assert Session.objects.filter(cycle=cycle).count() == 1


def test_a_temporary_refusal_is_told_and_tried_again(claire: Client) -> None:
    sending.tick(clock=paris(2026, 11, 12))
    Delivery.objects.update(attempts=1, last_code=429, last_error="429 too many requests")
    (line,) = claire.get(f"{DESK}/deliveries/?q={Delivery.objects.earliest('pk').to_address}").context[
        "lines"
    ]
    assert line.why == "1 tentative jusqu’ici. 429 too many requests"
    assert len(leaving(paris(2026, 11, 12, 13, 5))) == 38
