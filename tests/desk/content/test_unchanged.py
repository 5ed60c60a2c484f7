"""An editor that is opened and saved as it stands changes nothing, in whichever language the desk is read."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import translation

from cycles.content import editing
from cycles.models import (
    Cycle,
    Event,
    Membership,
    Module,
    News,
    NewsLink,
    Organisation,
    Person,
    Programme,
    Resource,
    Segment,
    Session,
    SpeakerSlot,
    Territory,
    Topic,
    Workshop,
)
from desk.content.editors.names import NameField, Names
from tests import make
from tests.desk.browsing import filled

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

DAY = {"date_precision": "between", "date_from": dt.date(2026, 10, 1), "date_until": dt.date(2026, 10, 9)}
BOTH = {"fr": "Été : « à quai »", "en": "Summer"}
TEXT = {"fr": "Un.\n\n* deux", "en": "One.\n\n* two"}


@pytest.fixture
def session() -> Session:
    """A session with every field filled, in a programme with every thing around it filled too."""
    quais = make.organisation(
        slug="quais",
        name="Les\u00a0Quais",
        full_name="Association",
        description=TEXT,
        url="https://q.example.org",
    )
    make.organisation(slug="quais-2", name="LES QUAIS")
    nadia = make.person(slug="nadia", role=BOTH, organisation=quais)
    topic = make.topic(slug="levier", name={"fr": "Quoi\u202f? Un levier", "en": "A lever"})
    territory = Territory.objects.create(
        slug="rives", kind="region", name={"fr": "Rives : sud", "en": "South"}
    )
    programme = make.programme(
        slug="odd-17", title=BOTH, short_title=BOTH, summary=TEXT, banner=BOTH, lead=quais
    )
    programme.launched_on = dt.date(2026, 10, 1)
    programme.save()
    programme.objectives.create(order=1, text=BOTH)
    programme.partnerships.create(
        order=1, organisation=quais, role="lead", role_text=BOTH, name_at_the_time="Quai"
    )
    cycle = make.cycle(
        slug="tour", programme=programme, short_title=BOTH, description=TEXT, banner=BOTH, color="navy"
    )
    session = make.session(
        cycle=cycle,
        slug="escale-02",
        number=2,
        has_theme=True,
        summary=TEXT,
        territory=territory,
        room_url="https://room.example.org/1",
        room_host_url="https://room.example.org/2",
        replay_url="https://video.example.org/1",
        is_recorded=True,
        capacity=30,
    )
    segment = Segment.objects.create(
        session=session, order=1, title=BOTH, description=TEXT, topic=topic, minutes=20
    )
    segment.slots.create(
        order=1, person=nadia, organisation=quais, illustrates=topic, contact_email="n@example.org"
    )
    module = Module.objects.create(
        slug="module", programme=programme, title=BOTH, summary=TEXT, audience=BOTH, platform=quais
    )
    module.owners.add(quais)
    workshop = Workshop.objects.create(slug="atelier", module=module, title=BOTH, place=BOTH, **DAY)
    workshop.hosts.add(quais)
    resource = Resource.objects.create(
        slug="guide", kind="guide", programme=programme, session=session, title=BOTH, summary=TEXT, **DAY
    )
    resource.topics.add(topic)
    event = Event.objects.create(slug="forum", title=BOTH, programme=programme)
    news = News.objects.create(
        slug="billet", kind="recap", programme=programme, title=BOTH, body=TEXT, is_pinned=True, **DAY
    )
    about: tuple[dict[str, Any], ...] = (
        {"session": session},
        {"cycle": cycle},
        {"programme": programme},
        {"module": module},
        {"workshop": workshop},
        {"resource": resource},
        {"event": event},
    )
    for order, target in enumerate(about, start=1):
        NewsLink.objects.create(news=news, relation="about", order=order, **target)
    following = make.session(cycle=cycle, number=3, starts_at=make.paris(2026, 12, 17))
    NewsLink.objects.create(news=news, relation="announces", session=following)
    return session


EDITORS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "news": (News, ("content-edit", "news", "billet")),
    "programmes": (Programme, ("content-edit", "programmes", "odd-17")),
    "cycles": (Cycle, ("content-edit", "cycles", "tour")),
    "modules": (Module, ("content-edit", "modules", "module")),
    "workshops": (Workshop, ("content-edit", "workshops", "atelier")),
    "resources": (Resource, ("content-edit", "resources", "guide")),
    "organisations": (Organisation, ("content-edit", "organisations", "quais")),
    "people": (Person, ("content-edit", "people", "nadia")),
    "topics": (Topic, ("content-edit", "topics", "levier")),
    "territories": (Territory, ("content-edit", "territories", "rives")),
    "session": (Session, ("session-edit", "tour", "escale-02")),
    "after": (Session, ("session-after", "tour", "escale-02")),
}


def state(model: type[Any], slug: str) -> str:
    row = model.objects.get(slug=slug)
    if not isinstance(row, Session):
        return editing.digest(row)
    agenda = [
        (list(model.objects.filter(**{path: row.pk}).values_list()))
        for model, path in ((Segment, "session"), (SpeakerSlot, "segment__session"))
    ]
    return f"{editing.digest_after(row)} {row.revised_at} {row.shown_at} {agenda}"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", EDITORS)
def test_saving_what_was_opened_changes_nothing(
    client: Client, session: Session, language: str, name: str
) -> None:
    programme = session.cycle.programme
    client.force_login(make.membership(programme=programme, role=Membership.Role.ORGANISER).user)
    model, (page, *arguments) = EDITORS[name]
    with translation.override(language):
        address = reverse(f"desk:{page}", args=arguments)
    before = state(model, arguments[-1])
    data = filled(client, address)
    sent = {name: v.replace("\n", "\r\n") if isinstance(v, str) else v for name, v in data.items()}
    response = client.post(address, sent)
    assert response.status_code == 302, response.context["form"].errors
    assert state(model, arguments[-1]) == before


def test_a_name_is_known_whatever_its_spaces_and_capitals() -> None:
    field = NameField(list_id="list", unknown="Unknown")
    field.names = Names(
        [
            (1, "Étape\u00a02\u202f: l’eau", "a"),
            (2, "Les Quais", "b"),
            (3, "LES  QUAIS", "c"),
            (4, "Straße", "d"),
        ]
    )
    assert list(field.names.values()) == [
        "Étape\u00a02\u202f: l’eau",
        "Les Quais (b)",
        "LES  QUAIS (c)",
        "Straße",
    ]
    assert [field.clean(name) for name in field.names.values()] == [1, 2, 3, 4]
    written = (" étape 2 : l’eau ", "les\u00a0quais (C)", "STRASSE", "  ")
    assert [field.clean(name) for name in written] == [1, 3, 4, None]


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        (("content-edit", "news", "billet"), {"body": "12"}),
        (("content-edit", "modules", "module"), {"summary": "4"}),
        (("session-edit", "tour", "escale-02"), {"summary": "4"}),
    ],
)
def test_both_languages_of_a_text_stand_as_high(
    client: Client, session: Session, page: tuple[str, ...], rows: dict[str, str]
) -> None:
    client.force_login(make.membership(programme=session.cycle.programme).user)
    form = client.get(reverse(f"desk:{page[0]}", args=page[1:])).context["form"]
    shown = {
        name: [str(form.fields[f"{name}_{code}"].widget.attrs["rows"]) for code in ("fr", "en")]
        for name in rows
    }
    assert shown == {name: [number, number] for name, number in rows.items()}
