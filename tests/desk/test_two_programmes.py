"""What the organisers of one programme may say of another's: nothing on its pages, nothing to its people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import translation

from cycles.content import editing
from cycles.models import Cycle, Event, Membership, Module, News, NewsLink, Programme, Resource, Session
from desk.content.editors import choices
from desk.home import needs
from notifications.models import Occurrence
from tests import make
from tests.desk.browsing import filled, page

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Two:
    """Marc organises A, and may read B."""

    a: Programme
    b: Programme
    session: Session
    marc: User


@pytest.fixture
def two(client: Client) -> Two:
    a = make.programme(slug="a", title="A")
    b = make.programme(slug="b", title="B")
    marc = make.membership(programme=a, role=Membership.Role.ORGANISER).user
    make.membership(programme=b, user=marc, role=Membership.Role.READER)
    cycle = make.cycle(slug="tour-b", programme=b, title={"fr": "Tour de B"})
    session = make.session(cycle=cycle, slug="escale-b", number=1)
    make.cycle_registration(cycle=cycle)
    client.force_login(marc)
    return Two(a=a, b=b, session=session, marc=marc)


def recap(two: Two, programme: Programme | None) -> News:
    news = News.objects.create(
        slug="recap", kind="recap", programme=programme, title="Le billet de A", is_published=False
    )
    NewsLink.objects.create(news=news, relation="about", session=two.session)
    return news


def test_a_reader_cannot_name_the_sessions_and_cycles_of_a_programme(client: Client, two: Two) -> None:
    mine = make.session(cycle=make.cycle(slug="tour-a", programme=two.a, title={"fr": "Tour de A"}), number=1)
    lists = choices.load(("targets", "sessions"), user=two.marc)
    assert list(lists["sessions"]) == [mine.pk]
    assert [key for key in lists["targets"] if key[0] in ("session", "cycle")] == [
        ("session", mine.pk),
        ("cycle", mine.cycle_id),
    ]
    form = {
        "title_fr": "Intrus",
        "kind": "recap",
        "programme_id": str(two.a.pk),
        "date_precision": "unknown",
        "about": ["n1"],
        "about-n1-target": "Stop 1: A title: “the trial” (Tour de B)",
    }
    response = client.post(page("content-new", "news"), form)
    assert [error for _where, _what, error in response.context["form"].row_errors()] == [
        "Nothing has this name: choose it from the list."
    ]
    assert News.objects.count() == 0


def test_drafts_of_others_are_not_offered_what_is_published_is(two: Two) -> None:
    shown, hidden = (
        [
            Module.objects.create(
                slug=f"m-{seen}", title=f"Module {seen}", programme=two.b, is_published=seen
            ),
            Resource.objects.create(
                slug=f"r-{seen}", kind="guide", title=f"Guide {seen}", programme=two.b, is_published=seen
            ),
            make.programme(slug=f"p-{seen}", title=f"Programme {seen}", is_published=seen),
        ]
        for seen in (True, False)
    )
    own = Module.objects.create(slug="own", title="Mien", programme=two.a, is_published=False)
    event = Event.objects.create(slug="forum", title="Forum", programme=two.b)
    offered = set(choices.load(("targets",), user=two.marc)["targets"])
    assert offered >= {("module", shown[0].pk), ("resource", shown[1].pk), ("programme", shown[2].pk)}
    assert offered >= {("module", own.pk), ("event", event.pk), ("programme", two.a.pk)}
    assert not offered & {("module", hidden[0].pk), ("resource", hidden[1].pk), ("programme", hidden[2].pk)}


@pytest.mark.parametrize(("whose", "mails"), [("a", 0), ("b", 1), (None, 1)])
def test_only_the_own_programme_and_the_site_look_back_on_a_session(
    client: Client, two: Two, whose: str | None, mails: int
) -> None:
    news = recap(two, getattr(two, whose) if whose else None)
    editing.publish(news, by=None, at=NOW)
    assert Occurrence.objects.filter(kind="recap", session=two.session).count() == mails
    # What the site's administrators wrote is shown and mailed, but not the organisers' to change.
    assert (editing.recap_of(two.session) is not None) is (whose == "b")
    for address in (
        reverse("cycles:session-detail", args=["tour-b", "escale-b"]),
        reverse("cycles:cycle-detail", args=["tour-b"]),
    ):
        assert (
            reverse("cycles:news-detail", args=["recap"]) in client.get(address).content.decode()
        ) is bool(mails)


@pytest.mark.parametrize(("whose", "asked"), [("a", 1), ("b", 0), (None, 0)])
def test_a_recap_elsewhere_is_none(two: Two, whose: str | None, asked: int) -> None:
    news = recap(two, getattr(two, whose) if whose else None)
    editing.publish(news, by=None, at=NOW)
    with translation.override("en"):
        rows = needs.needs(planned=Cycle.objects.all(), written_to=Cycle.objects.none(), at=NOW)
        wanted = ["No recap has been published."] * asked
        assert [lack.text for need in rows for lack in need.lacks] == wanted


@pytest.mark.parametrize(("whose", "shown"), [("a", 0), ("b", 1), (None, 1)])
def test_only_the_own_programme_and_the_site_put_resources_beside_a_session(
    client: Client, two: Two, whose: str | None, shown: int
) -> None:
    Resource.objects.create(
        slug="r",
        kind="guide",
        title="Guide de A",
        session=two.session,
        programme=getattr(two, whose) if whose else None,
    )
    content = client.get(reverse("cycles:session-detail", args=["tour-b", "escale-b"])).content.decode()
    assert content.count("Guide de A") == shown
    assert editing.resources_of(two.session).count() == shown


def test_what_was_named_before_stays_when_it_is_saved(client: Client, two: Two) -> None:
    news = recap(two, two.a)
    News.objects.update(kind="announcement")
    address = page("content-edit", "news", "recap")
    assert client.post(address, filled(client, address)).status_code == 302
    assert [link.session for link in news.links.all()] == [two.session]


@pytest.mark.parametrize("kind", ["news", "resources"])
def test_whoever_plans_both_is_told_where_it_belongs(client: Client, two: Two, kind: str) -> None:
    Membership.objects.filter(programme=two.b).update(role=Membership.Role.ORGANISER)
    name = "Stop 1: A title: “the trial” (Tour de B)"
    form: dict[str, Any] = {"title_fr": "Les deux", "date_precision": "unknown", "session_id": name}
    form |= (
        {"kind": "recap", "about": ["n1"], "about-n1-target": name} if kind == "news" else {"kind": "note"}
    )
    address = page("content-new", kind)
    response = client.post(address, form | {"programme_id": str(two.a.pk)})
    assert list(response.context["form"].errors) == ["programme_id" if kind == "news" else "session_id"]
    assert client.post(address, form | {"programme_id": str(two.b.pk)}).status_code == 302


@pytest.mark.parametrize("kind", ["news", "cycles", "modules", "resources"])
def test_only_the_site_s_administrators_write_for_no_programme(client: Client, two: Two, kind: str) -> None:
    form = {"title_fr": "Sans maître", "date_precision": "unknown", "programme_id": ""}
    form["kind"] = {"news": "announcement", "cycles": "webinar", "modules": "mooc", "resources": "note"}[kind]
    form |= {"status": "open", "legal_frame": "information"}
    response = client.post(page("content-new", kind), form)
    assert list(response.context["form"].errors) == ["programme_id"]
    client.force_login(make.user(is_superuser=True, is_staff=True))
    assert client.post(page("content-new", kind), form).status_code == 302
    assert Cycle.objects.exclude(pk=two.session.cycle_id).count() == (kind == "cycles")
