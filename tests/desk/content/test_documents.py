"""Documents in the desk: uploaded or refused, downloaded by visitors, replaced, taken away again."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from accounts.models import AuditEntry
from cycles.content import documents, editing
from cycles.models import Cycle, Membership, Resource, ResourceFile, Session
from cycles.site.page_cache.snapshots import store
from tests import make
from tests.cycles.content.test_documents import MB, PDF, PPTX, office

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
OF_SESSION = "/en/desk/cycles/tour/sessions/escale-02/documents/"
OF_RESOURCE = "/en/desk/content/resources/guide/file/"
PUBLIC = "/media/documents/guide/"
SLIDES = "/media/documents/diaporama-des-leviers/"
NEW = {"title_fr": "Diaporama des leviers", "title_en": "", "kind": "slides", "is_published": "on"}


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    store.clear()


@pytest.fixture
def cycle() -> Cycle:
    cycle = make.cycle(slug="tour", programme=make.programme())
    make.session(cycle=cycle, slug="escale-02", number=2)
    Resource.objects.create(
        slug="guide", kind="guide", title={"fr": "Le guide", "en": "The guide"}, programme=cycle.programme
    )
    return cycle


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.ORGANISER).user)
    AuditEntry.objects.all().delete()
    return client


@pytest.fixture
def visitor(client: Client) -> Client:
    return type(client)()


def upload(data: bytes = PDF, name: str = "Le guide (final).pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def page(client: Client, path: str) -> str:
    # No commit ends a test's transaction, so nobody tells the store that a page is out of date.
    store.clear()
    answer = client.get(path)
    assert answer.status_code == 200
    text: str = answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")
    return text


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]][-1:]


def test_a_resource_gets_its_file_another_and_none(claire: Client, visitor: Client) -> None:
    assert "There is no file yet." in page(claire, OF_RESOURCE)
    assert visitor.get(PUBLIC).status_code == 404
    done = claire.post(OF_RESOURCE, {"file": upload()}, follow=True)
    assert said(done) == ["Saved: everyone can download it now."]
    answer = visitor.get(PUBLIC)
    assert (answer.status_code, body(answer)) == (200, PDF)
    headers = ("Content-Type", "Content-Disposition", "Cache-Control", "X-Content-Type-Options")
    assert [answer.headers[name] for name in headers] == [
        "application/pdf",
        'attachment; filename="Le guide (final).pdf"',
        "public, no-cache",
        "nosniff",
    ]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Set-Cookie" not in answer.headers
    text = page(visitor, "/en/resources/guide/")
    assert f'<a class="button" href="{PUBLIC}">Download</a>' in text
    assert "Le guide (final).pdf · PDF, 1 kB" in text
    assert "Its address is not known here" not in text
    assert "Guide (PDF, 1 kB)" in page(visitor, "/en/resources/")

    # Another one at the same address; a cache that asks learns it.
    etag = answer.headers["ETag"]
    assert visitor.get(PUBLIC, headers={"If-None-Match": etag}).status_code == 304
    claire.post(OF_RESOURCE, {"file": upload(PPTX, "guide.pdf")})
    other = visitor.get(PUBLIC, headers={"If-None-Match": etag})
    assert (other.status_code, body(other)) == (200, PPTX)
    assert other.headers["Content-Disposition"] == 'attachment; filename="guide.pptx"'
    assert "guide.pptx · PPTX, 1 kB" in page(visitor, "/en/resources/guide/")

    done = claire.post(f"{OF_RESOURCE}remove/", follow=True)
    assert said(done) == ["The file is gone: nobody can download it any more."]
    assert visitor.get(PUBLIC).status_code == 404
    assert visitor.get(PUBLIC, headers={"If-None-Match": other.headers["ETag"]}).status_code == 404
    assert "Its address is not known here" in page(visitor, "/en/resources/guide/")
    claire.post(f"{OF_RESOURCE}remove/")
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "resource.file",
        "resource.file",
        "resource.file_remove",
    ]


def test_beside_its_file_a_resource_keeps_its_address(claire: Client, visitor: Client) -> None:
    Resource.objects.update(url="https://example.org/guide", is_downloadable=True)
    claire.post(OF_RESOURCE, {"file": upload()})
    text = page(visitor, "/en/resources/guide/")
    (actions,) = re.findall(r'<div class="actions">(.*?)</div>', text)
    assert re.findall(r'<a class="([^"]*)" href="([^"]*)"', actions) == [
        ("button", PUBLIC),
        ("button quiet", "https://example.org/guide"),
    ]


def test_a_session_gets_a_document_with_its_resource(claire: Client, visitor: Client) -> None:
    done = claire.post(OF_SESSION, {**NEW, "file": upload(PPTX, "leviers.pptx")}, follow=True)
    assert said(done) == ["“Diaporama des leviers” is added: everyone can download it now."]
    resource = Resource.objects.get(slug="diaporama-des-leviers")
    session = Session.objects.get()
    assert (resource.session, resource.programme, resource.kind, resource.is_published) == (
        session,
        session.cycle.programme,
        "slides",
        True,
    )
    assert body(visitor.get(SLIDES)) == PPTX
    for path in ("/fr/cycles/tour/escale-02/", "/en/cycles/tour/escale-02/"):
        assert f'<a href="{SLIDES}">' in page(visitor, path)
    assert "(PPTX, 1 ko)" in page(visitor, "/fr/cycles/tour/escale-02/")
    listed = page(claire, OF_SESSION)
    assert "leviers.pptx" in listed
    assert "Replace or take away" in listed
    assert f'<a href="{OF_SESSION}">Slides and documents</a>' in page(
        claire, "/en/desk/cycles/tour/sessions/escale-02/"
    )
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "content.create",
        "resource.file",
        "content.publish",
        "session.document",
    ]


def test_the_recap_shows_the_documents_of_its_session(claire: Client, visitor: Client) -> None:
    claire.post(OF_SESSION, {**NEW, "file": upload()})
    session = Session.objects.get()
    resource = Resource.objects.get(session=session)
    news = editing.write_recap(
        session,
        values={
            "title": "Retour",
            "body": "Merci.",
            "replay_url": "",
            "resources": [{"pk": resource.pk, "kind": "slides", "title": resource.title, "url": ""}],
        },
        by=None,
        at=make.AT,
    )
    editing.publish(news, by=None, at=make.AT)
    address = f"/fr/news/{news.slug}/"
    assert f'<a href="{SLIDES}">' in page(visitor, address)
    # Neither a draft nor its file is named there any more.
    editing.withdraw(resource, by=None, at=make.AT)
    assert "Diaporama" not in page(visitor, address)


def test_who_looks_from_outside_gets_no_draft(claire: Client, visitor: Client) -> None:
    """One question says what is public: a resource that is no draft, of a session that everyone sees."""
    draft = {name: value for name, value in NEW.items() if name != "is_published"}
    done = claire.post(OF_SESSION, {**draft, "file": upload()}, follow=True)
    assert said(done) == ["“Diaporama des leviers” is added: only organisers see it for now."]
    resource = Resource.objects.get(session__slug="escale-02")
    download = f"/en/desk/content/resources/{resource.slug}/file/download/"
    assert visitor.get(SLIDES).status_code == 404
    assert body(claire.get(download)) == PDF
    assert visitor.get(download).status_code == 302
    visitor.force_login(make.membership(role=Membership.Role.OWNER).user)
    assert visitor.get(download).status_code == 404
    visitor.logout()

    etag = f'"{ResourceFile.objects.get().digest[:32]}"'
    editing.publish(resource, by=None, at=make.AT)
    assert body(visitor.get(SLIDES)) == PDF
    for model, status in ((Session, Session.Status.DRAFT), (Cycle, Cycle.Status.DRAFT)):
        known = model.objects.values_list("status", flat=True).get()
        model.objects.update(status=status)
        assert visitor.get(SLIDES).status_code == 404
        assert visitor.get(SLIDES, headers={"If-None-Match": etag}).status_code == 404
        assert visitor.get(f"/fr/resources/{resource.slug}/").status_code == 404
        store.clear()
        assert "published with the session" in page(claire, OF_SESSION)
        assert "Visitors see it once they see its session." in page(
            claire, f"/en/desk/content/resources/{resource.slug}/"
        )
        model.objects.update(status=known)
        assert body(visitor.get(SLIDES)) == PDF
    editing.withdraw(resource, by=None, at=make.AT)
    assert visitor.get(SLIDES).status_code == 404


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Choose the file first."),
        ({"file": upload(b"")}, "This file is empty."),
        (
            {"file": upload(b"MZ\x90\x00")},
            "choose one of PDF, ODP, ODT, ODS, PPTX, DOCX, XLSX, JPEG, PNG, WebP.",
        ),
        ({"file": upload(b"<svg><script>alert(1)</script></svg>", "a.pdf")}, "a web page or a drawing"),
        ({"file": upload(office("word/document.xml", "word/vbaProject.bin"))}, "holds a program (macros)"),
        ({"file": upload(PDF + b"<</S/JavaScript>>")}, "holds a script"),
        ({"file": upload(PPTX[:60])}, "damaged, or not complete"),
        ({"file": upload(PDF + b"0" * 20 * MB)}, "larger than 20 MB"),
        ({"file": upload(), "title_fr": "", "title_en": " "}, "Give it a title, in one language at least."),
        ({"file": upload(), "title_fr": "x" * 301}, "301"),
        ({"file": upload(), "kind": "virus"}, "virus"),
    ],
)
def test_what_is_wrong_is_said_and_the_words_stay(claire: Client, fields: dict[str, Any], error: str) -> None:
    for file in fields.values():
        if isinstance(file, SimpleUploadedFile):
            file.seek(0)
    sent = {**NEW, "title_en": "Slides of the levers", **fields}
    answer = claire.post(OF_SESSION, sent)
    assert (answer.status_code, error in answer.content.decode().replace("\xa0", " ")) == (422, True)
    form = answer.context["form"]
    assert {name: form[name].value() for name in NEW} == {name: sent[name] for name in NEW} | {
        "is_published": True
    }
    assert (Resource.objects.count(), ResourceFile.objects.count()) == (1, 0)


def test_the_page_says_the_bound_that_the_setting_makes(claire: Client, settings: Any) -> None:
    settings.ESCALE_DOCUMENT_MB = 3
    for path in (OF_SESSION, OF_RESOURCE):
        text = page(claire, path)
        assert "File (3 MB at most)" in text
        assert "PDF, ODP, ODT, ODS, PPTX, DOCX, XLSX, JPEG, PNG, WebP. Whoever downloads it" in text
    answer = claire.post(OF_RESOURCE, {"file": upload(PDF + b"0" * 3 * MB)})
    assert (answer.status_code, "larger than 3 MB" in answer.content.decode()) == (422, True)


def test_a_file_goes_with_its_draft(claire: Client) -> None:
    claire.post(OF_RESOURCE, {"file": upload()})
    Resource.objects.update(is_published=False)
    claire.post("/en/desk/content/resources/guide/delete/")
    assert (Resource.objects.count(), ResourceFile.objects.count()) == (0, 0)


def test_what_nothing_names_any_more_is_swept_a_day_later(claire: Client, tmp_path: Path) -> None:
    claire.post(OF_RESOURCE, {"file": upload()})
    claire.post(OF_SESSION, {**NEW, "file": upload()})
    claire.post(OF_RESOURCE, {"file": upload(PPTX)})
    folder = tmp_path / "documents"
    named = {file.digest for file in ResourceFile.objects.all()}
    assert {path.stem for path in folder.iterdir()} == named
    later = timezone.now() + 2 * DAY
    assert documents.sweep(at=later, older_than=DAY) == 0
    claire.post(f"{OF_RESOURCE}remove/")
    assert documents.sweep(at=timezone.now(), older_than=DAY) == 0
    assert documents.sweep(at=later, older_than=DAY) == 1
    # The same bytes, still named by the session's document.
    assert [path.suffix for path in folder.iterdir()] == [".pdf"]
    call_command("sweep", stdout=(said := io.StringIO()))
    assert said.getvalue().splitlines() == ["0 files of pictures deleted", "0 files of documents deleted"]


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_asks_as_often_for_many(
    claire: Client, cycle: Cycle, count: int, django_assert_num_queries: Any
) -> None:
    session = cycle.sessions.get()
    for number in range(count):
        resource = Resource.objects.create(slug=f"d{number}", kind="note", title={"en": "D"}, session=session)
        ResourceFile.objects.create(
            resource=resource, digest="0" * 64, ending="pdf", name="d.pdf", size=1, added_at=make.AT
        )
    with django_assert_num_queries(6):
        claire.get(OF_SESSION)
