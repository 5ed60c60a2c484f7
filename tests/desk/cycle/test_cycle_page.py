"""The page of a cycle: its next step, its line with what waits and what is left out, and what may be taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail

from cycles.models import Cycle, Membership, Session
from cycles.schedule import planning
from notifications.delivery.run import sending
from notifications.models import Occurrence
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.paris(2026, 11, 23, 9)
HERE = "/en/desk/cycles/tour/"
DELETE = f"{HERE}delete/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    """One date is over, one is to come."""
    cycle = make.cycle(slug="tour", programme=make.programme())
    for number, start in enumerate((make.paris(2026, 11, 19), make.paris(2026, 12, 17)), start=2):
        make.session(
            cycle=cycle,
            slug=f"escale-{number:02d}",
            number=number,
            starts_at=start,
            planned_date=start.date(),
        )
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def test_the_next_date_is_not_told_as_sure_while_it_is_not(claire: Client, cycle: Cycle) -> None:
    told = '<span class="state tentative">date to be confirmed</span>'
    cycle.sessions.filter(slug="escale-03").update(status=Session.Status.CONFIRMED)
    assert told not in page(claire)
    cycle.sessions.filter(slug="escale-03").update(status=Session.Status.TENTATIVE)
    assert told in page(claire)
    assert told in claire.get("/en/cycles/tour/").content.decode().partition("<ol")[2]


def test_no_draft_offers_its_room(claire: Client, cycle: Cycle) -> None:
    assert "Enter the room" in page(claire)
    Cycle.objects.filter(pk=cycle.pk).update(status=Cycle.Status.DRAFT)
    assert "Enter the room" not in page(claire)


def page(client: Client) -> str:
    response = client.get(HERE)
    assert response.status_code == 200
    return response.content.decode()


def side(client: Client) -> str:
    return page(client).partition("<aside")[2].partition("</aside>")[0]


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_next_step_is_what_a_cycle_needs(claire: Client, cycle: Cycle) -> None:
    def steps() -> list[str]:
        shown = side(claire)
        known = ("Plan its dates", "Publish the cycle", "Prepare it", "Read the report", "Archive the cycle")
        return [step for step in known if step in shown]

    assert steps() == ["Prepare it"]
    Cycle.objects.update(status="draft")
    assert steps() == ["Publish the cycle"]
    done = claire.post(f"{HERE}publish/", follow=True)
    assert (done.redirect_chain, said(done)) == ([(HERE, 302)], ["Published: everyone can read it now."])
    planning.cancel(cycle.sessions.get(number=3), reason="Grève", by=None, at=AT)
    assert steps() == ["Read the report", "Archive the cycle"]
    assert said(claire.post(f"{HERE}archive/", follow=True)) == ["Archived: its page and its calendar stay."]
    assert steps() == ["Read the report"]
    assert said(claire.post(f"{HERE}unarchive/", follow=True)) == ["Out of the archive."]
    cycle.sessions.update(status="draft")
    assert "Archive the cycle" not in steps()
    cycle.sessions.all().delete()
    assert steps() == ["Plan its dates"]


def test_a_cycle_that_nobody_joined_can_be_a_draft_again(claire: Client, cycle: Cycle) -> None:
    assert "Unpublish" in side(claire)
    row = make.cycle_registration(cycle=cycle)
    assert "Unpublish" not in side(claire)
    assert said(claire.post(f"{HERE}withdraw/", follow=True)) == [
        "This cycle has sessions ahead and people who registered: cancel these sessions first."
    ]
    row.delete()
    assert said(claire.post(f"{HERE}withdraw/", follow=True)) == ["A draft again: visitors no longer see it."]
    cycle.refresh_from_db()
    assert cycle.status == "draft"


def test_a_mail_that_waits_says_when_it_leaves_and_is_stopped(claire: Client, cycle: Cycle) -> None:
    stop = cycle.sessions.get(number=3)
    make.registration(session=stop)
    planning.move(stop, to=make.paris(2027, 1, 7), by=None, at=AT)
    waits = "The email about this change leaves at 09:10."
    shown = page(claire)
    assert (shown.count(waits), "Return to the previous date" in shown) == (1, True)
    notice = Occurrence.objects.get(kind="session_moved")
    address = f"{HERE}sessions/escale-03/mailings/{notice.pk}/stop/"
    assert f'action="{address}"' in shown
    done = claire.post(address, {"next": f"{HERE}#escale-03"}, follow=True)
    assert done.redirect_chain == [(f"{HERE}#escale-03", 302)]
    assert waits not in page(claire)
    sending.tick(clock=AT + dt.timedelta(minutes=15))
    sending.drain(clock=AT + dt.timedelta(minutes=15))
    assert mail.outbox == []


@pytest.mark.parametrize(("role", "links"), [("organiser", 1), ("reader", 0)])
def test_a_date_left_out_stands_in_its_place(client: Client, cycle: Cycle, role: str, links: int) -> None:
    client.force_login(make.membership(programme=cycle.programme, role=role).user)
    planning.skip(cycle, date=dt.date(2027, 1, 21), reason="Vacances", by=None, at=AT)
    make.session(cycle=cycle, slug="escale-04", number=4, starts_at=make.paris(2027, 2, 18))
    shown = page(client)
    places = [shown.index(text) for text in ('id="escale-03"', "Vacances", 'id="escale-04"')]
    assert places == sorted(places)
    assert shown.count("Restore it in the plan") == links


def test_a_reader_finds_the_report_of_a_session(client: Client, cycle: Cycle) -> None:
    client.force_login(make.membership(programme=cycle.programme, role="reader").user)
    shown = page(client)
    assert f'href="{HERE}sessions/escale-02/report/"' in shown
    assert f'href="{HERE}sessions/escale-02/attendance/"' not in shown


# deleting


@pytest.fixture
def draft(cycle: Cycle) -> Cycle:
    Cycle.objects.update(status="draft")
    Session.objects.filter(number=3).update(has_theme=False)
    return cycle


def chosen(response: Any) -> list[tuple[str, bool]]:
    return [(session.slug, is_chosen) for session, is_chosen in response.context["rows"]]


@pytest.mark.usefixtures("draft")
def test_what_was_made_by_mistake_is_chosen_and_deleted(claire: Client) -> None:
    assert page(claire).count(f"{DELETE}?session=") == 2
    # What has words is not chosen unless it was asked for.
    assert chosen(claire.get(DELETE)) == [("escale-02", False), ("escale-03", True)]
    asked = f"{DELETE}?session=escale-02"
    assert chosen(claire.get(asked)) == [("escale-02", True), ("escale-03", False)]
    # The address says what was asked for, the form what was chosen.
    none = claire.post(asked, {})
    assert (none.status_code, none.context["error"]) == (422, "Choose the sessions to delete.")
    done = claire.post(asked, {"sessions": ["escale-03"]}, follow=True)
    assert said(done) == ["1 session was deleted."]
    assert list(Session.objects.values_list("slug", flat=True)) == ["escale-02"]


def test_what_people_count_on_is_not_offered(claire: Client, draft: Cycle) -> None:
    make.registration(session=draft.sessions.get(number=3), state="cancelled", cancelled_at=AT)
    assert chosen(claire.get(DELETE)) == [("escale-02", False)]
    assert claire.post(DELETE, {"sessions": ["escale-03"]}).status_code == 422
    Cycle.objects.update(status="published")
    assert "No session can be deleted here" in claire.get(DELETE).content.decode()
    assert DELETE not in page(claire)


def test_what_never_had_a_date_leads_from_cancelling_to_deleting(claire: Client, cycle: Cycle) -> None:
    undated = make.session(cycle=cycle, slug="escale-04", status="postponed", starts_at=None, ends_at=None)
    assert f'href="{DELETE}?session={undated.slug}"' in claire.get(f"{HERE}cancel/").content.decode()
    assert said(claire.post(DELETE, {"sessions": ["escale-04"]}, follow=True)) == ["1 session was deleted."]


@pytest.mark.parametrize(
    ("acts", "words"),
    [
        (("move",), "Return to the previous date"),
        (("postpone",), "Return to the previous date"),
        (("postpone", "move"), "Leave it without a date again"),
        (("move", "undo"), "Move it to Fri 18 Dec 2026, 13:00 again"),
        (("cancel",), "Take the cancellation back"),
        (("cancel", "restore"), "Cancel it again"),
    ],
)
def test_the_button_says_what_undoing_would_do(
    claire: Client, cycle: Cycle, acts: tuple[str, ...], words: str
) -> None:
    session = cycle.sessions.get(number=3)
    done: dict[str, Any] = {
        "move": lambda: planning.move(
            session, to=make.paris(2026, 12, 18), until=make.paris(2026, 12, 18, 14), by=None, at=AT
        ),
        "postpone": lambda: planning.postpone(session, by=None, at=AT),
        "cancel": lambda: planning.cancel(session, reason={"en": "A strike"}, by=None, at=AT),
        "undo": lambda: planning.undo(session, by=None, at=AT),
        "restore": lambda: planning.restore(session, by=None, at=AT),
    }
    for act in acts:
        done[act]()
        session.refresh_from_db()
    form = page(claire).partition(f"{session.slug}/undo/")[2].partition("</form>")[0]
    assert words in form


@pytest.mark.usefixtures("cycle")
def test_a_session_that_goes_on_is_not_called_the_next(claire: Client) -> None:
    home = "/en/desk/"
    assert "<h2>Next session</h2>" in claire.get(home).content.decode()
    with time_machine.travel(make.paris(2026, 12, 17, 13, 30), tick=False):
        claire.force_login(Membership.objects.get().user)
        assert "<h2>Session in progress</h2>" in claire.get(home).content.decode()
        assert "</strong> · in progress" in page(claire)


def test_who_waits_is_one_link_away_where_one_page_shows_them_all(claire: Client, cycle: Cycle) -> None:
    third = cycle.sessions.get(number=3)
    table = f"{HERE}registrants/"
    make.registration(session=third, state="waitlisted")
    address = f"{table}?stop=escale-03&state=waitlisted"
    assert f'href="{address.replace("&", "&amp;")}">1 waiting' in page(claire)
    assert claire.get(address).context["page"].paginator.count == 1
    make.cycle_registration(cycle=cycle, state="waitlisted", queued_at=AT)
    assert "?stop=escale-03" not in page(claire)
    third.registrations.all().delete()
    assert f'href="{table}?state=waitlisted">1 waiting' in page(claire)
    assert claire.get(f"{table}?state=waitlisted").context["page"].paginator.count == 1


def test_a_date_beside_the_rule_says_from_which_day_it_was_moved(claire: Client, cycle: Cycle) -> None:
    session = make.session(cycle=cycle, slug="bilan", starts_at=make.paris(2026, 12, 1))
    told = '<span class="state moved">moved</span>'
    assert told not in page(claire)
    planning.move(session, to=make.paris(2026, 12, 8), by=None, at=AT, reason={"en": "Room taken"})
    text = page(claire)
    assert text.count(told) == 1
    assert "<del>Tuesday 1 December 2026</del>" in text
    assert "Room taken" in text
    plan = claire.get(f"{HERE}plan/").content.decode()
    assert "<del>Tuesday 1 December 2026</del>" in plan
