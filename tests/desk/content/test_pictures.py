"""A picture in the desk: described or refused, seen by visitors at once, taken away again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.models import AuditEntry
from cycles.models import Cycle, Membership, News, Partnership, Picture
from cycles.site.page_cache.snapshots import store
from tests import make
from tests.cycles.content.test_pictures import image

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

PAGE = "/en/desk/cycles/tour/sessions/escale-02/picture/"
WORDS = {"alt_fr": "Un pont sur la Vaubrette", "alt_en": "", "credit": "Photo : L. Fontaine"}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    store.clear()


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    make.session(cycle=cycle, slug="escale-02", number=2)
    News.objects.create(
        slug="billet", kind=News.Kind.RECAP, programme=cycle.programme, title={"fr": "Billet"}
    )
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


def upload(data: bytes | None = None, name: str = "pont.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, image() if data is None else data)


def shown(client: Client, path: str) -> list[str]:
    # No commit ends a test's transaction, so nobody tells the store that a page is out of date.
    store.clear()
    return re.findall(r"<img [^>]*media[^>]*>", client.get(path).content.decode())


def test_visitors_see_it_where_the_page_is_public(claire: Client, client: Client) -> None:
    assert claire.get(PAGE).status_code == 200
    done = claire.post(PAGE, {"file": upload(), **WORDS}, follow=True)
    assert [str(message) for message in done.context["messages"]] == [
        "Saved. Visitors see it where the page itself is public."
    ]
    (tag,) = shown(client, "/fr/cycles/tour/escale-02/")
    digest = Picture.objects.get().digest
    assert f'src="/media/pictures/{digest}.webp"' in tag
    assert f"/media/pictures/{digest}-s.webp 640w" in tag
    assert 'width="800" height="400"' in tag
    assert 'alt="Un pont sur la Vaubrette"' in tag
    assert "lang=" not in tag
    (tag,) = shown(client, "/en/cycles/tour/escale-02/")
    assert 'lang="fr" alt="Un pont sur la Vaubrette"' in tag
    # Other words, the same picture; then none.
    claire.post(PAGE, {**WORDS, "alt_en": "A bridge"})
    assert 'alt="A bridge"' in shown(client, "/en/cycles/tour/escale-02/")[0]
    claire.post(f"{PAGE}remove/")
    assert shown(client, "/fr/cycles/tour/escale-02/") == []
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "picture.set",
        "picture.set",
        "picture.remove",
    ]


@pytest.mark.parametrize(
    ("page", "public"),
    [
        ("/en/desk/content/cycles/tour/picture/", "/en/cycles/tour/"),
        ("/en/desk/content/news/billet/picture/", "/en/news/billet/"),
    ],
)
def test_cycles_and_posts_have_theirs(claire: Client, page: str, public: str) -> None:
    claire.post(page, {"file": upload(), "is_decorative": "on"})
    (tag,) = shown(claire, public)
    assert 'alt=""' in tag


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Choose the file first."),
        ({"file": upload(), "alt_fr": ""}, "Describe the picture, or say that it only decorates."),
        (
            {"file": upload(b"<svg><script>alert(1)</script></svg>", "logo.svg")},
            "This is no picture that pages can show",
        ),
        (
            {"file": upload(b"<svg><script>alert(1)</script></svg>", "logo.png")},
            "This is no picture that pages can show",
        ),
        ({"file": upload(b"x" * 20_000_000)}, "larger than 5"),
        ({"file": upload(image()[:3000])}, "This picture is damaged"),
        ({"file": upload(image(100, 100))}, "too small"),
        ({"file": upload(), "alt_fr": "x" * 301}, "301"),
        ({"file": upload(b"")}, "This file is empty."),
    ],
)
def test_what_is_wrong_is_said_and_the_words_stay(claire: Client, fields: dict[str, Any], error: str) -> None:
    for file in fields.values():
        if isinstance(file, SimpleUploadedFile):
            file.seek(0)
    answer = claire.post(PAGE, {**WORDS, **fields})
    assert (answer.status_code, error in answer.content.decode().replace("\xa0", " ")) == (422, True)
    assert answer.context["form"]["credit"].value() == "Photo : L. Fontaine"
    assert Picture.objects.count() == 0


def test_an_organisation_has_a_logo(claire: Client, client: Client, cycle: Cycle) -> None:
    phare = make.organisation(slug="phare", name="Le Phare")
    assert cycle.programme is not None
    Partnership.objects.create(programme=cycle.programme, organisation=phare, order=1)
    assert (
        "/en/desk/content/organisations/phare/picture/"
        in claire.get("/en/desk/content/organisations/phare/").content.decode()
    )
    page = "/en/desk/content/organisations/phare/picture/"
    text = claire.get(page).content.decode()
    assert ("<h1>Logo</h1>" in text, "It stands beside the name on public pages" in text) == (True, True)
    refused = claire.post(page, {"file": upload(b"<svg></svg>", "logo.svg"), **WORDS})
    assert (refused.status_code, Picture.objects.count()) == (422, 0)
    exif = Image.Exif()
    exif[0x010F] = "Appareil de Claire"
    claire.post(page, {"file": upload(image(exif=exif)), "alt_fr": "Un phare dans la nuit"})
    picture = Picture.objects.get()
    assert picture.organisation == phare
    for size in ("", "-s", "-t"):
        answer: Any = client.get(f"/media/pictures/{picture.digest}{size}.webp")
        assert b"Appareil" not in b"".join(answer.streaming_content)
    # The desk shows it as pages do: upon white where the page is dark (`.logo` of escale.css).
    (tag,) = shown(claire, page)
    assert (f"{picture.digest}-s.webp" in tag, 'class="logo"' in tag) == (True, True)
    (tag,) = shown(client, "/fr/organisations/phare/")
    assert f"{picture.digest}-s.webp" in tag
    assert 'alt="Un phare dans la nuit"' in tag
    # Beside the name that says whose it is, it says nothing twice.
    (tag,) = shown(client, f"/fr/programmes/{cycle.programme.slug}/")
    assert (f"{picture.digest}-t.webp" in tag, 'alt=""' in tag) == (True, True)
    claire.post(f"{page}remove/")
    assert shown(client, "/fr/organisations/phare/") == []


def test_who_may_not_write_names_changes_no_logo(client: Client, cycle: Cycle) -> None:
    make.organisation(slug="phare")
    page = "/en/desk/content/organisations/phare/picture/"
    assert client.get(page).status_code == 302
    for role, status in ((Membership.Role.READER, 403), (Membership.Role.TRAINER, 403)):
        client.force_login(make.membership(programme=cycle.programme, role=role).user)
        assert client.post(page, {"file": upload(), **WORDS}).status_code == status
    client.force_login(make.user())
    assert client.post(page, {"file": upload(), **WORDS}).status_code == 404
    assert client.post(f"{page}remove/").status_code == 404
    assert Picture.objects.count() == 0


def test_what_has_no_page_for_it_has_no_picture(claire: Client, cycle: Cycle) -> None:
    make.topic(slug="theme")
    assert claire.get("/en/desk/content/topics/theme/picture/").status_code == 404
    make.module(slug="quai", programme=cycle.programme)
    assert claire.get("/en/desk/content/modules/quai/picture/").status_code == 404
