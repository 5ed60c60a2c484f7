"""J6: forty people are told of a move exactly once; a cancelled stop stays visible; all calendars follow.

The journey of the source, shifted by six years: Friday 11 December 2026, escale 3 is on 17 December.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import icalendar
import pytest
import time_machine

from cycles.models import Cycle, Membership, Session
from cycles.site.page_cache.snapshots import store
from notifications.models import Delivery, Occurrence
from notifications.plan import defaults, planner
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

NOW = make.paris(2026, 12, 11, 10)
DESK = "/fr/desk/cycles/voyage/sessions"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    """A cycle with escales 3 and 6, planned long ago, and forty people in escale 3."""
    cycle = make.cycle(slug="voyage", programme=make.programme())
    defaults.default_steps(cycle)
    people = [make.participant() for _number in range(40)]
    for number, start in ((3, make.paris(2026, 12, 17)), (6, make.paris(2027, 3, 18))):
        session = make.session(
            cycle=cycle,
            number=number,
            slug=f"escale-{number:02d}",
            planned_date=start.date(),
            starts_at=start,
        )
        for person in people:
            make.registration(session=session, participant=person)
        planner.replan(session)
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    return client


def public(client: Client, path: str) -> bytes:
    """Return a public page as it is now: a test's transaction never commits, so nothing says that it changed."""
    store.recheck()
    return client.get(path).content


def event(client: Client, number: int) -> Any:
    """Return a stop as the cycle's public feed has it."""
    feed = icalendar.Calendar.from_ical(public(client, "/fr/cycles/voyage.ics"))
    session = Session.objects.get(cycle__slug="voyage", number=number)
    (found,) = [e for e in feed.walk("VEVENT") if str(session.uid) in str(e["UID"])]
    return found


def move(client: Client, session: Session, date: str, **fields: str) -> int:
    form = {
        "date": date,
        "hour": "13:00",
        "minutes": "90",
        "reason_fr": "Fêtes de fin d'année",
        "reason_en": "",
        "seen": session.revised_at.isoformat(),
        **fields,
    }
    return client.post(f"{DESK}/{session.slug}/move/save/", form).status_code


def notices(session: Session) -> list[tuple[str, str]]:
    """Return (kind, state) of the mailings of notices, in order."""
    return list(session.mailings.filter(step=None).order_by("pk").values_list("kind", "state"))


def test_one_stop_moves_and_everything_follows(claire: Client) -> None:
    session = Session.objects.get(number=3)
    before = event(claire, 3)

    page = claire.post(
        f"{DESK}/escale-03/move/",
        {
            "date": "2027-01-07",
            "hour": "13:00",
            "minutes": "90",
            "reason_fr": "Fêtes de fin d'année",
            "seen": session.revised_at.isoformat(),
        },
    )
    assert page.context["off_rule"] == "1er jeudi"
    assert page.context["effects"].people.told == 40
    # Nobody speaks there yet: the lines for speakers are none of it.
    assert [(r.label, r.due, r.is_late) for r in page.context["effects"].reminders] == [
        ("J-7", "jeu. 31 déc. 2026, 13\u202fh\u202f00", False),
        ("J-1", "mer. 6 janv. 2027, 13\u202fh\u202f00", False),
        ("H-1", "jeu. 7 janv. 2027, 12\u202fh\u202f00", False),
    ]
    assert move(claire, session, "2027-01-07") == 302

    after = event(claire, 3)
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
    assert after["DTSTART"].dt == make.paris(2027, 1, 7)
    page_of_cycle = public(claire, "/fr/cycles/voyage/").decode()
    assert "jeudi 7 janvier 2027" in page_of_cycle
    assert "Fêtes de fin d&#x27;année" in page_of_cycle

    reminders = session.mailings.filter(kind="reminder", state=Occurrence.State.PLANNED)
    assert [o.due_at for o in reminders.order_by("due_at")] == [
        make.paris(2026, 12, 31),
        make.paris(2027, 1, 6),
        make.paris(2027, 1, 7, 12),
    ]
    assert notices(session) == [("session_moved", "planned")]

    # Ten minutes later, each of the forty is owed one mail; on 16 and 17 December nothing more.
    planner.open_due(at=NOW + 10 * MINUTE)
    told = Delivery.objects.filter(session=session, kind="session_moved")
    assert (told.count(), told.values("participant").distinct().count()) == (40, 40)
    planner.open_due(at=make.paris(2026, 12, 17, 14))
    assert Delivery.objects.filter(session=session).count() == 40


def test_two_moves_within_the_grace_give_one_mail(claire: Client) -> None:
    session = Session.objects.get(number=3)
    assert move(claire, session, "2027-01-07") == 302
    session.refresh_from_db()
    with time_machine.travel(NOW + 5 * MINUTE, tick=False):
        assert move(claire, session, "2027-01-14", reason_fr="") == 302
    planner.open_due(at=NOW + 20 * MINUTE)
    told = Delivery.objects.filter(session=session, kind="session_moved")
    assert (told.count(), set(told.values_list("revision", flat=True))) == (40, {2})


def test_a_move_taken_back_within_the_grace_tells_nobody(claire: Client) -> None:
    session = Session.objects.get(number=3)
    assert move(claire, session, "2027-01-07") == 302
    session.refresh_from_db()
    assert move(claire, session, "2026-12-17") == 302
    planner.open_due(at=NOW + 20 * MINUTE)
    assert Delivery.objects.filter(session=session, kind="session_moved").count() == 0


def test_a_move_to_the_new_year_is_warned_of_and_allowed(claire: Client) -> None:
    session = Session.objects.get(number=3)
    page = claire.post(
        f"{DESK}/escale-03/move/",
        {"date": "2027-01-01", "hour": "13:00", "minutes": "90", "seen": session.revised_at.isoformat()},
    )
    assert page.context["warnings"][0].startswith("Jour férié\u202f: ")
    assert move(claire, session, "2027-01-01") == 302


def test_a_move_to_less_than_seven_days_sends_no_late_reminder(claire: Client) -> None:
    session = Session.objects.get(number=6)
    page = claire.post(
        f"{DESK}/escale-06/move/",
        {"date": "2026-12-15", "hour": "13:00", "minutes": "90", "seen": session.revised_at.isoformat()},
    )
    assert [r.is_late for r in page.context["effects"].reminders] == [True, False, False]
    assert move(claire, session, "2026-12-15") == 302
    owed = session.mailings.filter(kind="reminder", state=Occurrence.State.PLANNED)
    assert owed.order_by("due_at").values_list("step__code", flat=True)[0] == "j-1"
    assert owed.count() == 2


def test_another_stop_is_cancelled_and_stays_visible(claire: Client) -> None:
    session = Session.objects.get(number=6)
    before = event(claire, 6)
    form = {
        "reason_fr": "Intervenante <malade>",
        "reason_en": "Speaker ill",
        "seen": session.revised_at.isoformat(),
    }
    assert claire.post(f"{DESK}/escale-06/cancel/", form).status_code == 302

    after = event(claire, 6)
    assert (after["STATUS"], after["UID"], after["SEQUENCE"]) == ("CANCELLED", before["UID"], 1)
    french = public(claire, "/fr/cycles/voyage/escale-06/").decode()
    assert "annulée" in french
    assert "Intervenante &lt;malade&gt;" in french
    assert "Speaker ill" in public(claire, "/en/cycles/voyage/escale-06/").decode()
    planner.open_due(at=NOW + 10 * MINUTE)
    assert Delivery.objects.filter(session=session, kind="session_cancelled").count() == 40
    assert list(session.mailings.exclude(step=None).filter(state="planned")) == []
    assert Session.objects.get(number=3).status == "confirmed"

    # Sent, then restored: a new sequence, and one more mail each.
    Delivery.objects.filter(session=session).update(state=Delivery.State.SENT, sent_at=NOW + 11 * MINUTE)
    session.refresh_from_db()
    with time_machine.travel(NOW + 60 * MINUTE, tick=False):
        seen = {"seen": session.revised_at.isoformat()}
        assert claire.post(f"{DESK}/escale-06/restore/", seen).status_code == 302
    assert (event(claire, 6)["SEQUENCE"], event(claire, 6)["STATUS"]) == (2, "CONFIRMED")
    planner.open_due(at=NOW + 80 * MINUTE)
    told = Delivery.objects.filter(session=session, kind="session_restored")
    assert (told.count(), told.values("participant").distinct().count()) == (40, 40)


def test_cancelled_and_restored_within_the_grace_tells_nobody(claire: Client) -> None:
    session = Session.objects.get(number=6)
    form = {"reason_fr": "Erreur", "seen": session.revised_at.isoformat()}
    assert claire.post(f"{DESK}/escale-06/cancel/", form).status_code == 302
    session.refresh_from_db()
    seen = {"seen": session.revised_at.isoformat()}
    assert claire.post(f"{DESK}/escale-06/restore/", seen).status_code == 302
    planner.open_due(at=NOW + 20 * MINUTE)
    assert Delivery.objects.filter(session=session).count() == 0
