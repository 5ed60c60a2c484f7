"""After a session, the several moves, postponing and undoing: through their pages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from cycles.models import Cycle, Membership, News, NewsLink, Resource, Session, SessionChange
from cycles.schedule import planning
from notifications.models import Occurrence
from notifications.plan import defaults, planner
from registrations.attendance import noting
from tests import make
from tests.desk.browsing import pressed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    defaults.default_steps(cycle)
    return cycle


@pytest.fixture
def held(cycle: Cycle) -> Session:
    """Escale 2, over since four days; three registered, one came and one was absent."""
    session = make.session(cycle=cycle, slug="escale-02", number=2, planned_date=dt.date(2026, 11, 19))
    registrations = [make.registration(session=session) for _number in range(3)]
    present, absent, _unknown = (registration.pk for registration in registrations)
    values = {present: ("present", None), absent: ("absent", None)}
    noting.note(session, values=values, by=None, at=NOW - dt.timedelta(days=1))
    return session


@pytest.fixture
def third(cycle: Cycle) -> Session:
    return make.session(
        cycle=cycle,
        slug="escale-03",
        number=3,
        planned_date=dt.date(2026, 12, 17),
        starts_at=make.paris(2026, 12, 17),
    )


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    membership = make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER)
    client.force_login(membership.user)
    return client


def page(name: str, *arguments: str) -> str:
    with translation.override("en"):
        return reverse(f"desk:{name}", args=arguments)


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


AFTER = ("session-after", "tour", "escale-02")


def recap_form(claire: Client, **fields: Any) -> dict[str, Any]:
    form = claire.get(page(*AFTER)).context["form"]
    return {
        "seen": form.initial["seen"],
        "body_fr": "Bravo **à tous**",
        "replay_url": "https://video.example.org/2",
        "resources": ["n1"],
        "resources-n1-title_fr": "Le support",
        "resources-n1-kind": "slides",
        "resources-n1-url": "https://example.org/support.pdf",
        **fields,
    }


def test_one_page_leads_from_who_came_to_the_next_stop(claire: Client, held: Session, third: Session) -> None:
    shown = claire.get(page(*AFTER)).context
    came = shown["came"]
    assert (came.registered, came.present, came.partial, came.absent, came.unknown) == (3, 1, 0, 1, 1)
    assert shown["following"].session == third
    *_follow_ups, recap = shown["mails"]
    make.cycle_registration(cycle=held.cycle)
    assert (recap.label, recap.when, recap.people) == (
        "The recap, to everyone registered for the cycle",
        "10 minutes after it is published",
        3,
    )
    saved = claire.post(page(*AFTER), recap_form(claire), follow=True)
    assert messages_of(saved) == ["Saved."]
    news = News.objects.get()
    assert (news.slug, news.is_published, news.kind, news.body.data) == (
        "tour-escale-02",
        False,
        "recap",
        {"fr": "Bravo **à tous**"},
    )
    links = NewsLink.objects.order_by("relation").values_list("relation", "session__slug")
    assert list(links) == [("about", "escale-02"), ("announces", "escale-03")]
    held.refresh_from_db()
    resource = held.resources.get()
    assert (held.replay_url, resource.title.data, resource.is_published) == (
        "https://video.example.org/2",
        {"fr": "Le support"},
        True,
    )
    assert not Occurrence.objects.filter(kind="recap").exists()

    data = recap_form(claire, resources=[f"p{resource.pk}"])
    data |= {f"resources-p{resource.pk}-title_fr": "Le diaporama", f"resources-p{resource.pk}-kind": "slides"}
    published = pressed(claire, f"{page(*AFTER)}publish/", data)
    assert messages_of(published) == [
        (
            "Published: everyone can read it now. Recap: to 4 people, Mon 23 Nov 2026, 10:10. "
            '<a href="/en/desk/cycles/tour/deliveries/">See these emails, or stop them</a>'
        )
    ]
    assert Occurrence.objects.get(kind="recap").due_at == NOW + dt.timedelta(minutes=10)
    resource.refresh_from_db()
    assert resource.title.data == {"fr": "Le diaporama"}
    public = claire.get(reverse("cycles:news-detail", args=["tour-escale-02"])).content.decode()
    assert "<strong>à tous</strong>" in public


def test_a_recap_is_looked_at_before_it_is_saved(claire: Client, held: Session) -> None:
    shown = claire.post(f"{page(*AFTER)}preview/fr/", recap_form(claire))
    assert "<strong>à tous</strong>" in shown.content.decode()
    assert (News.objects.count(), held.resources.count()) == (0, 0)
    added = claire.post(f"{page(*AFTER)}arrange/", recap_form(claire, do="add:resources", body_fr=""))
    assert (added.status_code, added.context["focus"]) == (200, "resources-n2")
    wrong = claire.post(page(*AFTER), recap_form(claire, body_fr="", replay_url="javascript:alert(1)"))
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"replay_url"})


def test_two_people_write_the_recap(claire: Client, held: Session) -> None:
    mine = recap_form(claire)
    claire.post(page(*AFTER), recap_form(claire, body_fr="Le sien"))
    response = claire.post(page(*AFTER), mine)
    assert response.status_code == 409
    assert ("Recap in French", "Le sien", "Bravo **à tous**") in [
        (d.label, d.theirs, d.yours) for d in response.context["differences"]
    ]
    assert News.objects.get().body.data == {"fr": "Le sien"}
    again = mine | {"seen": response.context["form"]["seen"].value()}
    assert claire.post(page(*AFTER), again).status_code == 302
    assert News.objects.get().body.data == {"fr": "Bravo **à tous**"}
    # The support of the first version was not in the second: it stays in the library without the session.
    assert held.resources.count() == 1
    assert Resource.objects.count() == 2


# postponing, undoing


def test_a_date_is_taken_away_and_given_back(claire: Client, third: Session) -> None:
    make.registration(session=third)
    form = {"reason_fr": "Salle fermée", "reason_en": "", "seen": third.revised_at.isoformat()}
    address = page("session-postpone", "tour", "escale-03")
    assert claire.get(address).context["effects"].people.told == 1
    response = claire.post(address, form, follow=True)
    (message,) = messages_of(response)
    assert message == (
        "Postponed: registrations stay, the new date is yours to give. "
        "1 person is told by email at 10:10; until then it can be stopped."
    )
    third.refresh_from_db()
    assert (third.status, third.starts_at) == ("postponed", None)
    content = response.content.decode()
    assert "Give it a new date" in content
    assert "Return to the previous date" in content
    undone = claire.post(page("session-undo", "tour", "escale-03"), follow=True)
    assert messages_of(undone) == ["Undone: everything is as it was before. Nobody is told by email."]
    third.refresh_from_db()
    assert (third.status, third.starts_at) == ("confirmed", make.paris(2026, 12, 17))
    stale = claire.post(address, form)
    assert stale.status_code == 409
    again = claire.post(address, form | {"seen": third.revised_at.isoformat(), "reason_fr": "x" * 5000})
    assert (again.status_code, set(again.context["form"].errors)) == (422, {"reason_fr"})


def test_what_is_too_late_to_undo_says_so(
    claire: Client, third: Session, clock: time_machine.Traveller
) -> None:
    planning.move(third, to=make.paris(2027, 1, 7), by=None, at=NOW)
    clock.move_to(NOW + planning.grace())
    assert "Undo the last change" not in claire.get(page("cycle-detail", "tour")).content.decode()
    response = claire.post(page("session-undo", "tour", "escale-03"), follow=True)
    assert messages_of(response) == ["It is too late to undo: make the change that you want instead."]
    assert SessionChange.objects.count() == 1


# several moves


def moves_form(*sessions: Session, **fields: str) -> dict[str, str]:
    form = {"reason_fr": "Congés", "reason_en": ""}
    for session in sessions:
        form |= {f"{session.slug}-seen": session.revised_at.isoformat(), f"{session.slug}-hour": "13:00"}
    return form | fields


@pytest.fixture
def fourth(cycle: Cycle) -> Session:
    return make.session(cycle=cycle, slug="escale-04", number=4, starts_at=make.paris(2027, 1, 21))


def test_several_sessions_move_together(claire: Client, third: Session, fourth: Session) -> None:
    amina = make.participant()
    for session in (third, fourth):
        make.registration(session=session, participant=amina)
    make.registration(session=fourth)
    address = page("cycle-move", "tour")
    # Escale 3 takes the place that escale 4 leaves: no clash.
    form = moves_form(third, fourth, **{"escale-03-date": "2027-01-21", "escale-04-date": "2027-02-18"})
    checked = claire.post(address, form)
    assert (checked.context["effects"].people.told, checked.context["effects"].near) == (2, ())
    assert [(m.new_when, m.off_rule) for m in checked.context["checked"]] == [
        ("Thursday 21 January 2027, 13:00–14:30 (Paris time)", ""),
        ("Thursday 18 February 2027, 13:00–14:30 (Paris time)", ""),
    ]
    assert [w for m in checked.context["checked"] for w in m.warnings if not w.startswith("School")] == []
    assert SessionChange.objects.count() == 0
    saved = claire.post(f"{address}save/", form, follow=True)
    assert messages_of(saved) == [
        "2 sessions were moved. 2 people are told by email at 10:10; until then it can be stopped."
    ]
    third.refresh_from_db()
    fourth.refresh_from_db()
    assert (third.starts_at, fourth.starts_at) == (make.paris(2027, 1, 21), make.paris(2027, 2, 18))
    assert {str(change.reason) for change in SessionChange.objects.all()} == {"Congés"}


def test_one_wrong_move_moves_nothing(claire: Client, third: Session, fourth: Session) -> None:
    address = page("cycle-move", "tour")
    for fields, slug, message in (
        ({"escale-03-date": "2026-11-01"}, "escale-03", "That moment is in the past: choose a later one."),
        ({"escale-03-date": "demain"}, "escale-03", "This is not a date: write it as 2026-10-22."),
    ):
        form = moves_form(third, fourth, **{"escale-04-date": "2027-02-18", **fields})
        response = claire.post(f"{address}save/", form)
        assert response.status_code == 422
        rows = {row.session.slug: row for row in response.context["rows"]}
        assert list(rows[slug].form.errors["date"]) == [message]
    nothing = claire.post(f"{address}save/", moves_form(third, fourth))
    assert list(nothing.context["form"].non_field_errors()) == ["No new date is written: nothing to change."]
    stale = moves_form(third, fourth, **{"escale-03-date": "2027-01-07", "escale-04-date": "2027-02-18"})
    planning.move(fourth, to=make.paris(2027, 1, 28), by=None, at=NOW)
    assert claire.post(f"{address}save/", stale).status_code == 422
    third.refresh_from_db()
    assert (third.starts_at, SessionChange.objects.count()) == (make.paris(2026, 12, 17), 1)


def test_only_sessions_of_the_cycle_move_together(cycle: Cycle) -> None:
    other = make.session()
    to = make.paris(2027, 1, 7)
    with pytest.raises(ValueError, match="not sessions of tour"):
        planning.move_several(
            cycle,
            moves=[planning.Move(session=other, to=to, until=to + dt.timedelta(hours=1))],
            by=None,
            at=NOW,
        )


# home


@pytest.mark.usefixtures("held")
def test_home_asks_for_a_speaker_and_a_recap(claire: Client, third: Session) -> None:
    Session.objects.filter(pk=third.pk).update(room_url="https://meet.example.org/3")
    needs = claire.get(page("home")).context["needs"]
    assert [(need.about, [(lack.text, lack.url) for lack in need.lacks]) for need in needs] == [
        (
            "Stop 3, Thu 17 Dec 2026, 13:00",
            [("Nobody is named to speak yet.", f"{page('session-edit', 'tour', 'escale-03')}#segments")],
        ),
        ("Stop 2, Thu 19 Nov 2026, 13:00", [("No recap has been published.", page(*AFTER))]),
    ]


def test_who_came_without_a_place_is_told_apart(claire: Client, held: Session) -> None:
    for _number in range(2):
        make.attendance(registration=make.registration(session=held, state="waitlisted"))
    text = " ".join(claire.get(page(*AFTER)).content.decode().split())
    assert (
        "Present: 1 · in part: 0 · absent: 1 · registered: 3. Nothing is known of 1 person."
        " 2 people came without a place."
    ) in text


@pytest.mark.usefixtures("held")
def test_home_draws_who_registered_and_who_came(claire: Client, third: Session) -> None:
    for _number in range(6):
        make.registration(session=third)
    response = claire.get(page("home"))
    columns = response.context["chart"].columns
    assert [(c.label, c.registered, c.came, c.share) for c in columns] == [
        ("Stop 2", 3, 1, ""),  # under five people no share is told
        ("Stop 3", 6, None, ""),
    ]
    assert [[(bar.css, bar.height) for bar in c.bars] for c in columns] == [
        [("registered", 60), ("came", 20)],
        [("registered", 120)],
    ]
    content = response.content.decode()
    assert "style=" not in content
    assert content.count("<rect") == 3


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        (AFTER, 21),
        (("session-postpone", "tour", "escale-03"), 44),
        (("cycle-move", "tour"), 6),
        (("cycle-detail", "tour"), 11),
        (("home",), 29),
    ],
)
@pytest.mark.usefixtures("held")
def test_pages_count_their_queries(  # noqa: PLR0917 - fixtures and parameters
    claire: Client,
    third: Session,
    django_assert_num_queries: Any,
    address: tuple[str, ...],
    queries: int,
    people: int,
) -> None:
    for _number in range(people):
        make.registration(session=third)
    with django_assert_num_queries(queries):
        assert claire.get(page(*address)).status_code == 200


def test_each_follow_up_says_what_became_of_it(claire: Client, held: Session) -> None:
    """An hour that is past is no promise: what was not sent in time, or left out, says so."""
    planner.replan(held)
    thanks, *_others = (row for row in held.mailings.select_related("step") if row.step and row.step.is_after)
    Occurrence.objects.filter(pk=thanks.pk).update(state=Occurrence.State.MISSED)
    *told, recap = (mail.state for mail in claire.get(page(*AFTER)).context["mails"])
    assert sorted(set(told)) == ["not sent: too late", "planned"]
    assert (told.count("not sent: too late"), recap) == (1, "")
