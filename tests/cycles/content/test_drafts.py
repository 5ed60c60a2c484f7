"""No public address says anything of a draft, nor of who was only thought of: every one of them is read."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from cycles.models import (
    Cycle,
    Module,
    News,
    NewsLink,
    Objective,
    Partnership,
    Programme,
    Resource,
    Session,
    SpeakerSlot,
    Workshop,
)
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
AT = make.AT
SECRET = re.compile(r"Zzsecret\w*")
SEEN = "Yyvisible"
ADDRESS = re.compile(r"""(?:href|src|action|content|id)=["']([^"'#]+)|<loc>([^<]+)|<(?:id|uri)>([^<]+)""")
STARTS = (
    "/robots.txt",
    "/sitemap.xml",
    *(
        f"/{code}/{path}"
        for code in ("fr", "en")
        for path in ("", "subscribe/", "calendar.ics", "changes.atom", "news/", "news.atom", "resources/")
    ),
)
# An absolute address of ours, as pages, feeds and calendar programs write it.
OURS = rf"^(?:webcal|https?)://{re.escape(urlsplit(settings.ESCALE_BASE_URL).netloc)}"
PRIVATE = re.compile(r"^/(fr|en)/(desk|account|admin)/|^/(admin|static|media)/")
State = SpeakerSlot.State
UNCONFIRMED = [state for state in State.values if state != State.ACCEPTED]
Status = Session.Status


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def secret(name: str, *, shown: bool = False) -> dict[str, Any]:
    """Return the words of a thing: its title tells whether everyone may read it, its slug nothing."""
    word = f"{SEEN}{name}" if shown else f"Zzsecret{name}"
    return {"slug": f"{name.lower()}-{'p' if shown else 'd'}", "title": {"fr": word, "en": word}}


def draft_world() -> dict[type[Any], Any]:
    """Make a draft of every kind and return them by model."""
    programme = make.programme(
        **secret("Programme"), is_published=False, lead=make.organisation(name="Zzsecretlead")
    )
    Objective.objects.create(programme=programme, order=1, text="Zzsecretobjective")
    Partnership.objects.create(
        programme=programme, order=1, organisation=make.organisation(), role_text="Zzsecretrole"
    )
    cycle = make.cycle(**secret("Cycle"), status="draft")
    make.slot(make.session(cycle=cycle, **secret("Hidden")), person=person("Hidden"), state=State.ACCEPTED)
    module = Module.objects.create(**secret("Module"), is_published=False)
    make.run(module=module, status="draft", price="Zzsecretprice", note="Zzsecretrun")
    return {
        Programme: programme,
        Cycle: cycle,
        Session: make.session(cycle=cycle, **secret("Session"), status=Status.CONFIRMED),
        Module: module,
        Workshop: Workshop.objects.create(**secret("Workshop"), is_published=False, module=module),
        Resource: Resource.objects.create(**secret("Resource"), kind="guide", is_published=False),
        News: News.objects.create(**secret("News"), kind="launch", body="Zzsecretbody", is_published=False),
    }


def person(name: str) -> Any:
    return make.person(slug=f"person-{name.lower()}", given_name="Iris", family_name=f"Zzsecretperson{name}")


def public_world(drafts: dict[type[Any], Any]) -> None:
    """Publish things that name each of the drafts wherever they can."""
    programme = make.programme(**secret("Programme", shown=True))
    cycle = make.cycle(**secret("Cycle", shown=True), programme=drafts[Programme], follows=drafts[Cycle])
    make.cycle(**secret("Other", shown=True), programme=programme)
    session = make.session(
        cycle=cycle, number=1, **secret("Session", shown=True), room_url="https://zzsecretroom.example"
    )
    hidden = make.session(cycle=cycle, number=2, **secret("Inside"), status=Status.DRAFT)
    make.slot(hidden, person=person("Inside"), state=State.ACCEPTED)
    for state in UNCONFIRMED:
        # The organisation of whoever was asked is announced, with what it illustrates; the person never is.
        said = SEEN if state in SpeakerSlot.ASKED else "Zzsecret"
        topic = make.topic(slug=f"topic-{state}", name={"fr": f"{said}topic{state}"})
        make.slot(
            session,
            person=person(state),
            organisation=make.organisation(name=f"{said}organisation{state}"),
            state=state,
            illustrates=topic,
            contact_name=f"Zzsecretcontact{state}",
            contact_email=f"Zzsecret{state}@example.org",
        )
    make.slot(
        session,
        person=make.person(slug="nadia", family_name=f"{SEEN}Person"),
        state=State.ACCEPTED,
        contact_email="Zzsecretnadia@example.org",
    )
    module = Module.objects.create(
        **secret("Module", shown=True), programme=drafts[Programme], note="Zzsecretnote"
    )
    Workshop.objects.create(**secret("Workshop", shown=True), module=module)
    Workshop.objects.create(
        slug="w1", title="Zzsecretworkshopofdraft", module=drafts[Module], is_published=True
    )
    Workshop.objects.create(slug="w2", title="Zzsecretdraftworkshop", module=module, is_published=False)
    Resource.objects.create(
        **secret("Resource", shown=True), kind="guide", version_of=drafts[Resource], session=session
    )
    Resource.objects.create(
        slug="r2", title="Zzsecretbeside", kind="guide", session=session, is_published=False
    )
    Resource.objects.create(slug="r3", title="Zzsecretofhidden", kind="guide", session=hidden)
    told: list[tuple[Any, Any]] = [
        *drafts.items(),
        (Session, hidden),
        (Workshop, Workshop.objects.get(slug="w1")),
    ]
    for number, (model, row) in enumerate(told):
        name = "workshop" if model is Workshop else model._meta.model_name
        if model is News:
            continue
        for relation in ("about", "announces"):
            # One without a title, which is called after what it is about.
            news = News.objects.create(slug=f"n{number}-{relation}", kind="announcement", title="")
            NewsLink.objects.create(news=news, relation=relation, **{name: row})
    recap = News.objects.create(slug="recap", kind="recap", title=f"{SEEN}Recap")
    NewsLink.objects.create(news=recap, relation="about", order=1, session=session)
    NewsLink.objects.create(news=recap, relation="about", order=2, session=hidden)
    NewsLink.objects.create(news=recap, relation="announces", order=1, session=hidden)
    NewsLink.objects.create(news=drafts[News], relation="about", session=session)


def everything(client: Client) -> dict[str, str]:
    """Return every public answer, by address: what follows from the sitemap, from feeds, and from link to link."""
    waiting, seen = list(STARTS), {}
    while waiting:
        address = re.sub(OURS, "", html.unescape(waiting.pop()))
        if address in seen or not address.startswith("/") or PRIVATE.match(address):
            continue
        response = client.get(address)
        seen[address] = response.content.decode("utf-8", "replace") if response.status_code == 200 else ""
        waiting += [found for match in ADDRESS.findall(seen[address]) for found in match if found]
    return seen


def own_addresses(drafts: dict[type[Any], Any]) -> list[str]:
    """Return where drafts, and people who do not speak, would have their pages and calendars."""
    names = {
        "programme": drafts[Programme].slug,
        "cycle": drafts[Cycle].slug,
        "module": drafts[Module].slug,
        "news": drafts[News].slug,
    }
    pages = ("feed", "subscribe")
    results: list[tuple[str, tuple[str, ...]]] = [
        (f"cycles:{kind}-detail", (slug,)) for kind, slug in names.items()
    ]
    results += [
        (f"cycles:{kind}-{page}", (names[kind],))
        for kind in ("programme", "cycle")
        for page in ("feed", "subscribe")
    ]
    results += [("cycles:cycle-changes", (names["cycle"],)), ("registrations:register", (names["cycle"],))]
    people = [f"person-{name}" for name in (*UNCONFIRMED, "hidden", "inside")]
    results += [(f"cycles:speaker-{page}", (slug,)) for slug in people for page in pages]
    topics = [f"topic-{state}" for state in UNCONFIRMED if state not in SpeakerSlot.ASKED]
    results += [(f"cycles:topic-{page}", (slug,)) for slug in topics for page in pages]
    sessions = [("cycle-d", "session-d"), ("cycle-p", "inside-d")]
    results += [
        (f"cycles:session-{page}", slugs) for slugs in sessions for page in ("detail", "calendar", "times")
    ]
    addresses = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses += [reverse(name, args=slugs) for name, slugs in results]
    return addresses


def test_no_public_address_says_anything_of_a_draft(client: Client) -> None:
    drafts = draft_world()
    public_world(drafts)
    pages = everything(client)
    told = {(url, word) for url, body in pages.items() for word in SECRET.findall(body)}
    assert told == set()
    # The walk saw the rest: nothing above is true only because nothing was read.
    asked = [f"{kind}{state}" for kind in ("organisation", "topic") for state in SpeakerSlot.ASKED]
    kinds = (*asked, "Programme", "Cycle", "Session", "Module", "Workshop", "Resource", "Recap", "Person")
    assert [kind for kind in kinds if not any(f"{SEEN}{kind}" in body for body in pages.values())] == []
    wanted = ("/fr/speakers/nadia.ics", "/en/modules/module-p/", "/fr/news/recap/", "/fr/cycles/cycle-p.ics")
    assert [url for url in wanted if not pages.get(url)] == []
    listed = set(re.findall(r"<loc>([^<]+)", pages["/sitemap.xml"]))
    assert [url for url in listed if not pages[url.removeprefix(settings.ESCALE_BASE_URL)]] == []


def test_the_address_of_a_draft_is_no_page(client: Client) -> None:
    drafts = draft_world()
    public_world(drafts)
    answers = {address: client.get(address) for address in own_addresses(drafts)}
    assert {address: a.status_code for address, a in answers.items() if a.status_code != 404} == {}
    assert [url for url, answer in answers.items() if SECRET.search(answer.content.decode())] == []


def may_be_draft(model: type[Any]) -> bool:
    fields = {field.name: field for field in model._meta.fields}
    states = dict(fields["status"].choices or ()) if "status" in fields else {}
    return "is_published" in fields or "draft" in states


def test_every_kind_that_can_be_a_draft_is_tried() -> None:
    """A model that gets a state of draft gets its line above."""
    drafts = {model for model in apps.get_app_config("cycles").get_models() if may_be_draft(model)}
    assert drafts == set(draft_world())
