"""A Markdown text while it is written, as the public pages would show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cycles.models import Membership, News
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
ADDRESS = "/fr/desk/content/words/"


@pytest.fixture
def claire(client: Client) -> Client:
    make.session(cycle=make.cycle(slug="tour", programme=make.programme(slug="quais")), slug="escale-02")
    programme = make.programme(slug="port")
    client.force_login(make.membership(programme=programme, role=Membership.Role.OWNER).user)
    make.session(cycle=make.cycle(slug="quai", programme=programme), slug="escale-01")
    News.objects.create(slug="billet", kind=News.Kind.RECAP, programme=programme, is_published=False)
    return client


def test_it_is_what_the_public_page_shows(claire: Client) -> None:
    shown = (
        "<h2>Titre</h2>\n<ul>\n<li><strong>un</strong></li>\n</ul>\n"
        "<p>&lt;script&gt;x&lt;/script&gt; [ici](javascript:x)</p>\n"
    )
    answer = claire.post(ADDRESS, {"text": "# Titre\n\n- **un**\n\n<script>x</script> [ici](javascript:x)"})
    assert (answer.status_code, answer.content.decode()) == (200, shown)


def test_what_is_too_long_is_said_to_be(claire: Client) -> None:
    answer = claire.post(ADDRESS, {"text": "x" * 30_001})
    assert answer.status_code == 422
    assert "30001 signes, 30000 au plus" in answer.content.decode()


def test_only_for_who_writes_somewhere_and_by_post(client: Client) -> None:
    assert client.post(ADDRESS, {"text": "x"}).status_code == 403
    client.force_login(make.membership(role=Membership.Role.READER).user)
    assert client.post(ADDRESS, {"text": "x"}).status_code == 403
    assert client.get(ADDRESS).status_code == 405


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("content/news/new/", 2),
        ("content/news/billet/", 2),
        ("cycles/quai/sessions/escale-01/", 2),
        ("cycles/quai/sessions/escale-01/after/", 2),
        ("cycles/quai/sessions/escale-01/speakers/", 2),
        ("content/topics/new/", 0),
    ],
)
def test_the_editor_is_where_a_text_has_signs(claire: Client, path: str, texts: int) -> None:
    page = claire.get(f"/fr/desk/{path}").content.decode()
    assert page.count(" data-editor") == texts
    assert page.count('<template id="editor-tools" data-words="/fr/desk/content/words/"') == bool(texts)
    assert page.count("editor.js") == bool(texts)
    assert page.count("Markdown\u202f: **gras**") == bool(texts)
