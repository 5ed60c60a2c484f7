"""Two organisers on the same page of settings: what one saved is never overwritten by the other unseen."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from cycles.models import Cycle, Membership
from notifications.mail.own_texts import texts
from notifications.models import GroupMessage, MessageText, ReminderStep
from notifications.notices import group_messages
from notifications.plan import defaults, policy
from registrations.booking import terms
from registrations.models import Question, SourceCode
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db
NOW = make.paris(2026, 11, 11, 9)
CYCLE = "/fr/desk/cycles/tour/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    defaults.default_steps(cycle)
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def filled(form: Any, **changes: str) -> dict[str, str]:
    """Return what a browser sends of a form, with what somebody changed in it."""
    result = {}
    for field in form:
        value = field.field.prepare_value(field.value())
        if value not in (None, False):
            rendered = field.field.widget.format_value(value)
            result[field.html_name] = rendered[0] if isinstance(rendered, list) else rendered or ""
    return {**result, **changes}


def told(page: Any) -> list[tuple[str, str, str]]:
    assert page.status_code == 409
    assert "Quelqu’un d’autre" in page.content.decode().replace("&#x27;", "’")
    return [(each.label, each.theirs, each.yours) for each in page.context["differences"]]


def test_a_closing_date_set_meanwhile_is_not_erased(claire: Client, cycle: Cycle) -> None:
    sent = filled(claire.get(f"{CYCLE}registration/").context["terms"], capacity="60")
    closes = dt.datetime(2026, 12, 1, 11, tzinfo=dt.UTC)
    terms.set_terms(cycle, values={"registration_closes_at": closes}, by=None, at=NOW)
    page = claire.post(f"{CYCLE}registration/", sent)
    assert told(page) == [
        ("Les inscriptions ferment", "2026-12-01T12:00", ""),
        ("Places dans tout le cycle", "", "60"),
    ]
    cycle.refresh_from_db()
    assert (cycle.registration_closes_at, cycle.capacity) == (closes, None)
    again = filled(page.context["terms"], registration_closes_at="2026-12-01T12:00")
    assert claire.post(f"{CYCLE}registration/", again).status_code == 302
    cycle.refresh_from_db()
    assert (cycle.registration_closes_at, cycle.capacity) == (closes, 60)


def test_codes_of_a_colleague_are_not_dropped(claire: Client, cycle: Cycle) -> None:
    sent = filled(claire.get(f"{CYCLE}registration/").context["codes"], codes="croix-rouge")
    terms.set_codes(cycle, codes={"afpa": "Lettre"}, by=None, at=NOW)
    page = claire.post(f"{CYCLE}registration/codes/", sent)
    assert told(page) == [("Codes, un par ligne", "afpa Lettre", "croix-rouge")]
    assert list(SourceCode.objects.values_list("code", flat=True)) == ["afpa"]
    again = filled(page.context["codes"], codes="afpa Lettre\ncroix-rouge")
    assert claire.post(f"{CYCLE}registration/codes/", again).status_code == 302
    assert list(SourceCode.objects.values_list("code", flat=True)) == ["afpa", "croix-rouge"]


def test_a_question_changed_meanwhile_is_shown(claire: Client, cycle: Cycle) -> None:
    question = make.question(cycle=cycle, label={"fr": "Votre métier ?"})
    address = f"{CYCLE}registration/questions/{question.pk}/"
    sent = filled(claire.get(address).context["form"], label_fr="Métier")
    terms.save_question(cycle, question=question, values={"label": {"fr": "Votre poste ?"}}, by=None, at=NOW)
    page = claire.post(address, sent)
    assert told(page) == [("Question en français", "Votre poste ?", "Métier")]
    assert str(Question.objects.get()) == "Votre poste ?"
    assert claire.post(address, filled(page.context["form"])).status_code == 302
    assert str(Question.objects.get()) == "Métier"


def test_a_text_written_meanwhile_is_shown(claire: Client, cycle: Cycle) -> None:
    address = f"{CYCLE}messages/note/"
    sent = filled(claire.get(address).context["form"], subject_fr="Le mien", body_fr="Mon texte")
    words = {"fr": ("Le leur", "Leur texte"), "en": ("", "")}
    texts.write(cycle, kind="note", texts=words, by=None, at=NOW)
    page = claire.post(address, sent)
    assert told(page) == [
        ("Objet en français", "Le leur", "Le mien"),
        ("Texte en français", "Leur texte", "Mon texte"),
    ]
    assert MessageText.objects.get().subject == "Le leur"
    assert claire.post(address, filled(page.context["form"])).status_code == 302
    assert MessageText.objects.get().subject == "Le mien"


def test_the_draft_of_two_people_keeps_both(claire: Client, cycle: Cycle) -> None:
    draft = make.group_message(cycle=cycle)
    address = f"{CYCLE}group-messages/{draft.pk}/edit/"
    sent = filled(claire.get(address).context["form"], about="news", subject_fr="Le mien")
    values = {"about": "news", "subjects": {**draft.subjects, "fr": "Le leur"}, "bodies": draft.bodies}
    group_messages.write(cycle, message=draft, values=values, by=None, at=NOW)
    page = claire.post(address, sent)
    assert told(page) == [("Objet en français", "Le leur", "Le mien")]
    assert GroupMessage.objects.get().subjects["fr"] == "Le leur"
    assert claire.post(address, filled(page.context["form"], about="news")).status_code == 302
    assert GroupMessage.objects.get().subjects["fr"] == "Le mien"


def test_words_for_a_message_that_has_left_are_given_back(claire: Client, cycle: Cycle) -> None:
    draft = make.group_message(cycle=cycle)
    address = f"{CYCLE}group-messages/{draft.pk}/edit/"
    sent = filled(claire.get(address).context["form"], about="news", subject_fr="Le mien")
    GroupMessage.objects.update(sent_at=NOW, people=1)
    page = claire.post(address, sent)
    assert (page.status_code, page.context["form"]["subject_fr"].value()) == (422, "Le mien")
    assert "Ce message est déjà parti" in page.content.decode()


def test_a_line_counted_anew_meanwhile_is_shown(claire: Client, cycle: Cycle) -> None:
    address = f"{CYCLE}reminders/j-7/"
    sent = filled(claire.get(address).context["form"], count="5")
    step = ReminderStep.objects.get(cycle=cycle, code="j-7")
    policy.change(step, timing=policy.Timing(count=10, unit="days"), values={}, by=None, at=NOW)
    for act in ("", "save/"):
        page = claire.post(f"{address}{act}", sent)
        assert told(page) == [("Combien", "10", "5")]
    step.refresh_from_db()
    assert step.day_delta == -10
    assert claire.post(f"{address}save/", filled(page.context["form"])).status_code == 302
    step.refresh_from_db()
    assert step.day_delta == -5
