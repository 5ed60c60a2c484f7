"""Nothing leaves unseen: every act of the desk is pressed, and what it owes must stand on the page of its button.

Every page that an organiser can open is read, each of its buttons is pressed with what the fields hold (and what is
typed here), and the ledger is compared before and after. A page that leads to another one is followed. A new act is
tried as soon as some page has its button.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import transaction
from django.db.models import Q
from django.urls import resolve
from django.utils import translation

from cycles.models import Membership, News, NewsLink, Session, SpeakerSlot
from notifications.delivery.run import sending
from notifications.mail.kinds import KINDS
from notifications.models import Delivery, Occurrence
from notifications.plan import reach
from speakers.models import Engagement
from tests import doors, make
from tests.doors import DOORS, Kind
from tests.make import paris
from tests.pressing import presses, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.doors import World

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
NOW = paris(2026, 11, 2, 10)
# What is typed into the forms of an act before its button is pressed.
TYPED: dict[str, dict[str, str]] = {
    "desk:session-move": {"date": "2026-11-26"},
    "desk:session-cancel": {"reason_fr": "Panne", "reason_en": "Breakdown"},
    "desk:session-postpone": {"reason_fr": "Panne", "reason_en": "Breakdown"},
    "desk:cycle-cancel": {"reason_fr": "Panne", "reason_en": "Breakdown", "title": "The tour in 12 stages"},
    "desk:registration": {"capacity": "5"},
    "desk:session-edit": {"capacity": "9", "has_theme": "on"},
    "desk:registrant-add": {"given_name": "Zoé", "family_name": "Roy", "email": "zoe@example.org"},
    "desk:registrants-import": {"text": "Email\nana@example.org\nbob@example.org\n", "knows": "on"},
    "desk:registrants-import-save": {"knows": "on"},
    "desk:registrant-correct": {"email": "amina.corrected@example.org"},
    "desk:session-after-publish": {"title_fr": "Ce qui s’est dit", "body_fr": "Trois leviers."},
    "desk:group-message-new": {"subject_fr": "Bonjour", "body_fr": "Bonjour."},
}
# Acts that only draw a page anew: they save nothing, and would be pressed for ever.
ONLY_SHOWN = ("-arrange", "-preview")
# They read papers of training, which this world only invents.
NOT_READ = ("desk:yearly", "desk:yearly-file", "desk:yearly-latest")
# Acts that owe mail in this world: at least these must have been pressed, and found to owe it.
OWING = {
    "desk:content-publish": {"recap"},
    "desk:cycle-cancel": {"session_cancelled"},
    "desk:cycle-plan-create": {"sessions_added"},
    "desk:group-message-send": {"group_message"},
    "desk:registrant-add": {"waiting_list"},
    "desk:registrant-cancel": {"place_given", "registration_cancelled"},
    "desk:registrant-correct": {"address_changed", "address_corrected"},
    "desk:registrants-decide": {"waiting_list"},
    "desk:registration": {"place_given"},
    "desk:reminder-send": {"reminder"},
    "desk:session-after-publish": {"recap"},
    "desk:session-cancel": {"session_cancelled"},
    "desk:session-confirm": {"themes_announced"},
    "desk:session-edit": {"place_given", "themes_announced"},
    "desk:session-move-save": {"session_moved"},
    "desk:session-postpone": {"session_postponed"},
}


@dataclass
class Walk:
    """What was pressed, and what it owed."""

    pressed: set[str] = field(default_factory=set)
    buttons: set[tuple[str, str, tuple[str, ...]]] = field(default_factory=set)
    owing: dict[str, set[str]] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def world() -> World:
    """A full cycle: people wait for places, one request waits, dates and themes are open, a recap is ready."""
    world = doors.world()
    cycle = world.cycle
    cycle.capacity, cycle.registration_mode = 2, "approval"
    cycle.save()
    for state in ("confirmed", "confirmed", "waitlisted", "waitlisted", "waitlisted", "in_review"):
        row = make.cycle_registration(cycle=cycle, state=state, queued_at=NOW - dt.timedelta(days=1))
        if state == "confirmed":
            make.registration(session=world.session, participant=row.participant, cycle_registration=row)
    Session.objects.filter(pk=world.session.pk).update(capacity=2, has_theme=False, number=2)
    chosen = make.cycle_registration(cycle=cycle, scope="chosen")
    make.registration(
        session=world.session, participant=chosen.participant, cycle_registration=chosen, state="waitlisted"
    )
    make.session(cycle=cycle, slug="escale-01", number=1, starts_at=paris(2026, 10, 15))
    make.session(
        cycle=cycle, slug="escale-03", number=3, starts_at=paris(2026, 12, 17), status=Session.Status.DRAFT
    )
    make.session(
        cycle=cycle, slug="escale-04", number=4, starts_at=paris(2027, 1, 21), status=Session.Status.TENTATIVE
    )
    news = News.objects.get(slug="billet")
    NewsLink.objects.create(
        news=news, relation=NewsLink.Relation.ABOUT, session=Session.objects.get(slug="escale-01")
    )
    slot = make.slot(world.session, state=SpeakerSlot.State.INVITED)
    Engagement.objects.create(
        session=world.session, contact=make.contact(slot.contact_email), invited_at=make.AT
    )
    make.question(cycle=cycle)
    make.group_message(cycle=cycle)
    return world


def test_every_act_that_owes_mail_has_said_so(client: Client, world: World) -> None:
    client.force_login(world.people[Membership.Role.OWNER.value])
    walk = Walk()
    for page in pages(world):
        answer = client.get(page)
        if (
            answer.status_code == 200
            and answer.headers["Content-Type"].startswith("text/html")
            and not answer.streaming
        ):
            press_all(client, page, answer.content.decode(), walk, depth=0)
    assert walk.unseen == []
    assert {name: walk.owing.get(name, set()) & kinds for name, kinds in OWING.items()} == OWING


def pages(world: World) -> list[str]:
    """Return every page of the desk, those of the other sessions, and those of each person."""
    named = [
        doors.address(name, world)
        for name, door in sorted(DOORS.items())
        if door.kind in (Kind.OWN, Kind.OBJECT)
        and name.startswith("desk:")
        and door.get
        and name not in NOT_READ
    ]
    others = [
        f"/en/desk/cycles/tour/sessions/{slug}/{page}"
        for slug in ("escale-01", "escale-03", "escale-04")
        for page in ("", "after/", "cancel/", "move/")
    ]
    people = [f"/en/desk/cycles/tour/registrants/{row.pk}/" for row in world.cycle.registrations.all()]
    return [*named, *others, *people]


def press_all(client: Client, page: str, html: str, walk: Walk, *, depth: int) -> None:
    for press in presses(page, html):
        name = str(resolve(press.url.partition("?")[0]).view_name)
        button = (name if depth else press.url, page if not depth else "", tuple(sorted(press.data)))
        if not name.startswith("desk:") or name.endswith(ONLY_SHOWN) or button in walk.buttons:
            walk.pressed.add(name)
            continue
        walk.buttons.add(button)
        walk.pressed.add(name)
        typed = TYPED.get(name, {}) if depth == 0 else {}
        before = ledger()
        with transaction.atomic():
            answer = client.post(press.url, {**press.data, **typed})
            owed = {kind: count for kind, count in people_owed(before).items() if count}
            if owed:
                walk.owing.setdefault(name, set()).update(owed)
                said = text_of(html)
                walk.unseen += [
                    f"{name} on {page}: {kind} to {count}"
                    for kind, count in owed.items()
                    if not is_said(count, said)
                ]
            is_page = answer.status_code in (200, 409) and answer.headers["Content-Type"].startswith(
                "text/html"
            )
            if is_page and not owed and depth < 3:
                press_all(client, press.url, answer.content.decode(), walk, depth=depth + 1)
            transaction.set_rollback(True)


def is_said(count: int, text: str) -> bool:
    """Tell whether a page says to how many people it writes; of one person, that it writes to them."""
    if count == 1 and re.search(
        r"told by email|told at once, in one email|gets (?:it|the|an)|by email", text
    ):
        return True
    return bool(re.search(rf"\b{count} (?:person|people|emails?|of them|requests?)\b", text))


def ledger() -> tuple[set[int], dict[int, tuple[object, ...]]]:
    return set(Delivery.objects.values_list("pk", flat=True)), notices()


def notices() -> dict[int, tuple[object, ...]]:
    rows = Occurrence.objects.filter(step=None, state="planned")
    return {pk: tuple(rest) for pk, *rest in rows.values_list("pk", "kind", "revision", "due_at")}


def people_owed(before: tuple[set[int], dict[int, tuple[object, ...]]]) -> dict[str, int]:
    """Return how many mails of each kind are owed since, to anybody but organisers."""
    known, planned = before
    sending.tick(clock=NOW)
    result: dict[str, int] = {}
    for kind in (
        Delivery.objects.exclude(pk__in=known).exclude(state="skipped").values_list("kind", flat=True)
    ):
        if not KINDS[kind].is_to_organiser:
            result[kind] = result.get(kind, 0) + 1
    changed = [pk for pk, row in notices().items() if planned.get(pk) != row]
    mailings = list(Occurrence.objects.filter(pk__in=changed).select_related("session__cycle"))
    if len(mailings) > 1:
        # Several dates are told in one mail: whoever is concerned by two of them is one person.
        sending.tick(clock=max(row.due_at for row in mailings))
        told_by = Occurrence.objects.filter(pk__in=changed).values("told_by")
        mails = Delivery.objects.filter(Q(occurrence__in=changed) | Q(occurrence__in=told_by))
        people = mails.exclude(state="skipped").values("to_address").distinct().count()
        return result | dict.fromkeys((row.kind for row in mailings), people)
    for row in mailings:
        result[row.kind] = result.get(row.kind, 0) + reach.people([row], at=NOW)[row.pk]
    return result
