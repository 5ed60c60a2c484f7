"""The reminder plan: what it shows, what a change would do, and what it refuses."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from cycles.models import Cycle, Membership, Session
from notifications.delivery.run import sending
from notifications.models import Delivery, Occurrence, ReminderStep
from notifications.plan import defaults, healing, planner, policy
from tests import default_plan, make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

# Eight days before escale 2 (Thursday 19 November 2026, 13:00 in Paris).
NOW = make.paris(2026, 11, 11, 9)
PAGE = "/fr/desk/cycles/tour/reminders/"
OF_SESSION = "/fr/desk/cycles/tour/sessions/escale-02/reminders"
HOURS = {"opens": "08:00", "closes": "20:00", "on_uncertain": "retry"}
ON = {
    **{f"on_{code}": "on" for code in default_plan.ON},
    **{f"was_{code}": "on" for code in default_plan.ON},
    **{f"was_{code}": "off" for code in default_plan.OFF},
}


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
def session(cycle: Cycle) -> Session:
    session = make.session(cycle=cycle, slug="escale-02", number=2)
    planner.replan(session)
    for _person in range(3):
        make.registration(session=session)
    return session


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def adding(**fields: str) -> dict[str, str]:
    line = {"count": "3", "unit": "days", "side": "before", "hour": "", "audience": "confirmed"}
    return {**ON, **HOURS, **line, "kind": "reminder", **fields}


def shown(response: Any) -> list[tuple[str, str, int, str]]:
    rows = [item for item, _switch in response.context["rows"]]
    return [(item.label, item.when.replace("\u202f", " "), item.people, item.state_word) for item in rows]


@pytest.mark.usefixtures("session")
def test_the_line_says_when_in_local_time_to_how_many_and_what_state(claire: Client) -> None:
    assert shown(claire.get(PAGE)) == [
        ("J-21 · les intervenants", "jeu. 29 oct. 2026, 13 h 00", 0, "prévu"),
        ("J-14 · les intervenants", "jeu. 5 nov. 2026, 13 h 00", 0, "prévu"),
        ("J-7 · les intervenants", "jeu. 12 nov. 2026, 13 h 00", 0, "prévu"),
        ("J-7", "jeu. 12 nov. 2026, 13 h 00", 3, "prévu"),
        ("J-3 · les intervenants", "lun. 16 nov. 2026, 13 h 00", 0, "prévu"),
        ("J-1", "mer. 18 nov. 2026, 13 h 00", 3, "prévu"),
        ("H-1", "jeu. 19 nov. 2026, 12 h 00", 3, "prévu"),
        ("H-1 · les intervenants", "jeu. 19 nov. 2026, 12 h 00", 0, "prévu"),
        ("M-10", "jeu. 19 nov. 2026, 12 h 50", 3, "en pause"),
        ("H+2 · personnes absentes", "jeu. 19 nov. 2026, 16 h 30", 0, "prévu"),
        ("H+2 · personnes présentes", "jeu. 19 nov. 2026, 16 h 30", 0, "prévu"),
        (
            "J+1 · personnes dont la présence n’est pas connue",
            "ven. 20 nov. 2026, 14 h 30",
            3,
            "prévu",
        ),
        ("J+1 · les intervenants", "ven. 20 nov. 2026, 14 h 30", 0, "prévu"),
    ]
    assert "Escale 2" in claire.get(PAGE).content.decode()


@pytest.mark.usefixtures("session")
def test_the_line_tells_what_was_sent(claire: Client) -> None:
    at = make.paris(2026, 11, 12)
    sending.tick(clock=at)
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(state="sent", sent_at=at)
    with time_machine.travel(at + dt.timedelta(minutes=1), tick=False):
        lines = {item.step.code: item for item, _switch in claire.get(PAGE).context["rows"]}
    line = lines["j-7"]
    assert (line.state_word, line.note, line.can_stop, line.can_send, line.can_skip) == (
        "en cours d’envoi",
        "1 envoyé, 2 en attente",
        True,
        False,
        False,
    )


@pytest.mark.parametrize("people", [1, 30])
def test_the_page_counts_its_queries(
    claire: Client, cycle: Cycle, django_assert_num_queries: Any, people: int
) -> None:
    session = make.session(cycle=cycle, slug="escale-02", number=2)
    planner.replan(session)
    for _person in range(people):
        make.registration(session=session)
    with django_assert_num_queries(31):
        assert claire.get(PAGE).status_code == 200


def test_what_changes_is_shown_before_it_is_saved(claire: Client, session: Session) -> None:
    form = {key: value for key, value in adding().items() if key != "on_j-7"}
    page = claire.post(PAGE, form)
    assert (page.status_code, page.context["effect"].removed, page.context["effect"].added) == (200, 3, 3)
    assert "3 envois prévus retirés, 3 ajoutés" in page.content.decode()
    assert [step.code for step in ReminderStep.objects.filter(is_enabled=True)] == [
        "chase-21",
        "chase-14",
        "j-7",
        "chase-7",
        "speakers-j-3",
        "j-1",
        "follow-up",
        "speakers-thanks",
        "thanks",
        "missed",
        "h-1",
        "speakers-h-1",
    ]
    saved = claire.post(f"{PAGE}save/", {**form})
    assert (saved.status_code, saved.headers["Location"]) == (302, PAGE)
    assert sorted(session.mailings.filter(state="planned").values_list("step__code", "due_at")) == [
        ("chase-14", make.paris(2026, 11, 5)),
        ("chase-21", make.paris(2026, 10, 29)),
        ("chase-7", make.paris(2026, 11, 12)),
        ("follow-up", make.paris(2026, 11, 20, 14, 30)),
        ("h-1", make.paris(2026, 11, 19, 12)),
        ("j-1", make.paris(2026, 11, 18)),
        ("j-3", make.paris(2026, 11, 16)),
        ("missed", make.paris(2026, 11, 19, 16, 30)),
        ("speakers-h-1", make.paris(2026, 11, 19, 12)),
        ("speakers-j-3", make.paris(2026, 11, 16)),
        ("speakers-thanks", make.paris(2026, 11, 20, 14, 30)),
        ("thanks", make.paris(2026, 11, 19, 16, 30)),
    ]


def test_a_line_whose_time_has_passed_is_not_sent_late_and_says_so(claire: Client, session: Session) -> None:
    with time_machine.travel(make.paris(2026, 11, 17, 13), tick=False):
        page = claire.post(PAGE, adding())
        assert page.context["effect"].notes == (
            "J-3 ne part pas pour Escale 2\u202f: son heure, lun. 16 nov. 2026, 13\u202fh\u202f00, est passée.",
        )
        claire.post(f"{PAGE}save/", {**adding()})
        lines = {item.step.code: item for item, _switch in claire.get(PAGE).context["rows"]}
    assert (lines["j-3"].state_word, lines["j-3"].note) == (
        "non envoyé\u202f: trop tard",
        "Son heure était passée quand elle a été ajoutée\u202f: elle ne part pas en retard.",
    )
    sending.tick(clock=make.paris(2026, 11, 17, 13))
    assert not Delivery.objects.filter(session=session, occurrence__step__code="j-3").exists()


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("fields", "error"),
    [
        (
            {"count": "0"},
            "Zéro, c’est la séance elle-même\u202f: donnez au moins 1, ou une heure de la journée.",
        ),
        ({"count": "0", "unit": "hours"}, "Zéro, c’est la séance elle-même\u202f: donnez au moins 1."),
        ({"count": "-0"}, "« -0 » n’est pas un nombre entier"),
        ({"count": "-3"}, "« -3 » n’est pas un nombre entier"),
        ({"count": "3,5"}, "« 3,5 » n’est pas un nombre entier"),
        ({"count": "demain"}, "« demain » n’est pas un nombre entier"),
        ({"count": "400"}, "366 jours au plus"),
        ({"count": "999999", "unit": "hours"}, "366 jours au plus"),
        ({"count": "2", "unit": "hours", "hour": "09:00"}, "Une heure fixe va avec des jours"),
        ({"side": "after"}, "Un rappel part avant la séance"),
        ({"kind": "follow_up"}, "Un suivi part après la séance."),
        ({"audience": "unknown"}, "On ne sait qui est venu qu’après la séance."),
        ({"count": "7"}, "Le plan a déjà ce rappel."),
        (
            {"opens": "20:00", "closes": "08:00"},
            "Les e-mails partent entre une heure et une autre, plus tardive.",
        ),
        ({"unit": "months"}, "months"),
    ],
)
def test_bad_input_is_refused_in_words_and_kept(claire: Client, fields: dict[str, str], error: str) -> None:
    page = claire.post(f"{PAGE}save/", {**adding(**fields)})
    content = page.content.decode().replace("&#x27;", "’").replace("\u202f»", " »").replace("«\u202f", "« ")
    assert page.status_code == 422
    assert error.replace("«\u202f", "« ") in content
    if "count" in fields:
        assert f'value="{fields["count"]}"' in content
    assert ReminderStep.objects.count() == len(default_plan.ALL)


@pytest.mark.usefixtures("session")
def test_a_reminder_on_the_day_at_an_hour_is_allowed(claire: Client) -> None:
    assert claire.post(f"{PAGE}save/", {**adding(count="0", hour="09:00")}).status_code == 302
    assert Occurrence.objects.get(step__code="j-0-0900").due_at == make.paris(2026, 11, 19, 9)


def test_all_lines_off_asks(claire: Client, session: Session) -> None:
    all_off = {name: was for name, was in ON.items() if name.startswith("was_")}
    asked = claire.post(f"{PAGE}save/", {**all_off})
    assert asked.status_code == 409
    assert "plus personne dans ce cycle ne recevrait de rappel" in asked.content.decode()
    assert session.mailings.filter(state="planned").count() == len(default_plan.ON)
    assert claire.post(f"{PAGE}save/", {**all_off, "sure": "on"}).status_code == 302
    assert session.mailings.filter(state="planned").count() == 0


def test_a_line_changed_for_one_session_leaves_the_others(
    claire: Client, cycle: Cycle, session: Session
) -> None:
    other = make.session(cycle=cycle, slug="escale-03", number=3, starts_at=make.paris(2026, 12, 17))
    planner.replan(other)
    form = {**adding(count="5")}
    page = claire.post(f"{PAGE}j-7/?session=escale-02", form)
    assert (page.context["effect"].removed, page.context["effect"].added) == (3, 3)
    assert claire.post(f"{PAGE}j-7/save/?session=escale-02", form).status_code == 302
    due = Occurrence.objects.filter(step__code="j-7").order_by("session")
    assert [mailing.due_at for mailing in due] == [make.paris(2026, 11, 14), make.paris(2026, 12, 10)]
    claire.post(f"{OF_SESSION}/j-7/follow/")
    assert session.mailings.get(step__code="j-7").due_at == make.paris(2026, 11, 12)


def test_a_line_left_out_for_one_session_comes_back(claire: Client, session: Session) -> None:
    assert claire.post(f"{OF_SESSION}/j-1/skip/").status_code == 302
    assert session.mailings.get(step__code="j-1").state == "cancelled"
    item = {item.step.code: item for item, _switch in claire.get(PAGE).context["rows"]}["j-1"]
    assert (item.state_word, item.can_follow) == ("laissé de côté pour cette séance", True)
    healing.heal_some(at=NOW)
    assert session.mailings.get(step__code="j-1").state == "cancelled"
    claire.post(f"{OF_SESSION}/j-1/follow/")
    assert session.mailings.get(step__code="j-1").state == "planned"


def test_r11_the_exact_people_are_shown_before_a_mass_mail(claire: Client, session: Session) -> None:
    page = claire.get(f"{OF_SESSION}/j-7/send/")
    assert len(page.context["people"]) == 3
    assert Delivery.objects.count() == 0
    assert claire.post(f"{OF_SESSION}/j-7/send/").status_code == 302
    sending.tick(clock=NOW)
    assert Delivery.objects.filter(session=session).count() == 3
    assert Occurrence.objects.get(step__code="j-7").due_at == NOW
    # Nobody gets it twice, neither by the button nor at its own hour.
    again = claire.post(f"{OF_SESSION}/j-7/send/", follow=True)
    assert "C’est déjà parti" in again.content.decode().replace("&#x27;", "’")
    sending.tick(clock=make.paris(2026, 11, 12))
    assert Delivery.objects.filter(session=session).count() == 3


def test_r11_a_batch_in_progress_can_be_stopped(claire: Client, session: Session) -> None:
    sending.tick(clock=make.paris(2026, 11, 12))
    first = Delivery.objects.earliest("pk")
    Delivery.objects.filter(pk=first.pk).update(state="sent", sent_at=NOW)
    mailing = Occurrence.objects.get(step__code="j-7")
    claire.post(f"/fr/desk/cycles/tour/sessions/escale-02/mailings/{mailing.pk}/stop/")
    assert sorted(Delivery.objects.values_list("state", "reason")) == [
        ("sent", ""),
        ("skipped", "stopped"),
        ("skipped", "stopped"),
    ]
    planner.replan(session)
    sending.tick(clock=make.paris(2026, 11, 12, 14))
    assert Delivery.objects.filter(state="pending").count() == 0


def test_a_line_without_mails_can_be_removed_and_one_with_mails_cannot(
    claire: Client, session: Session
) -> None:
    claire.post(f"{PAGE}m-10/remove/save/")
    assert not ReminderStep.objects.filter(code="m-10").exists()
    sending.tick(clock=make.paris(2026, 11, 12))
    claire.post(f"{PAGE}j-7/remove/save/")
    assert ReminderStep.objects.filter(code="j-7").exists()
    assert session.mailings.filter(step__code="j-7").exists()


def test_two_organisers_cannot_add_the_same_line_twice(cycle: Cycle) -> None:
    timing = policy.Timing(count=2, unit="hours")
    policy.add(cycle, timing=timing, values={}, by=None, at=NOW)
    with pytest.raises(policy.PolicyError, match="Le plan a déjà ce rappel"):
        policy.add(cycle, timing=timing, values={}, by=None, at=NOW)
    with pytest.raises(ValueError, match="is_enabled"):
        policy.add(cycle, timing=timing, values={"is_enabled": False}, by=None, at=NOW)


def test_a_session_without_a_date_has_no_plan_yet(claire: Client, cycle: Cycle) -> None:
    make.session(cycle=cycle, slug="un", status="draft", starts_at=None)
    assert claire.get(PAGE).context["session"] is None
    assert claire.get(f"{PAGE}?session=un").status_code == 404
    assert claire.get(f"{PAGE}?session=inconnue").status_code == 404


def test_what_is_sent_by_hand_leaves_at_once_even_at_night(claire: Client, session: Session) -> None:
    """Quiet hours are for what a plan sends: an organiser who presses the button is awake (R6)."""
    night = make.paris(2026, 11, 5, 23, 30)
    with time_machine.travel(night, tick=False):
        assert claire.post(f"{OF_SESSION}/j-7/send/").status_code == 302
        sending.tick(clock=night)
    assert set(Delivery.objects.values_list("session", "next_at")) == {(session.pk, night)}
    assert sending.drain(clock=night) == 3


@pytest.mark.usefixtures("session")
def test_what_was_stopped_half_way_says_how_many_had_left(claire: Client) -> None:
    sending.tick(clock=make.paris(2026, 11, 12))
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(state="sent", sent_at=NOW)
    mailing = Occurrence.objects.get(step__code="j-7")
    claire.post(f"/fr/desk/cycles/tour/sessions/escale-02/mailings/{mailing.pk}/stop/")
    item = {item.step.code: item for item, _switch in claire.get(PAGE).context["rows"]}["j-7"]
    assert (item.state_word, item.people, item.note) == (
        "arrêté",
        3,
        "Un organisateur l’a arrêté\u202f: ce qui n’était pas parti a été retiré. 1 envoyé, 2 non envoyés",
    )
