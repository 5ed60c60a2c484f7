"""The colour and the logo of a programme in its mails: part of the mail, light, and the plain text as it was."""

from __future__ import annotations

import base64
import io
import random
import re
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail as outbox
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from PIL import Image

from cycles.content import logos, pictures
from cycles.models import Membership, Picture
from notifications.delivery.run import sending
from notifications.mail import compose
from notifications.mail.parts import inline
from notifications.models import Delivery, SentText
from notifications.transport import mailbox, transports
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from django.test import Client

    from cycles.models import Programme
    from notifications.mail.parts.envelope import Mail

pytestmark = pytest.mark.django_db
# Half of what a reminder weighed before; see docs/decisions/0188.
MOST_MORE = 18_000


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def owed(programme: Programme | None, *, language: str = "fr", kind: str = "registration_confirmed") -> Mail:
    person = make.participant(language=language)
    session = make.session(cycle=make.cycle(programme=programme), number=2)
    row = make.registration(session=session, participant=person)
    delivery = make.delivery(row, kind=kind)
    return compose.message(Delivery.objects.get(pk=delivery.pk), at=AT)


def as_sent(mail: Mail) -> bytes:
    payload = transports.SmtpTransport(EmailBackend()).prepare(mail).payload
    return payload.replace(b"\r\n..", b"\r\n.")


def tree(part: EmailMessage) -> Any:
    """Return the types of a message, each multipart with its parts."""
    kind = part.get_content_type()
    return (kind, *(tree(each) for each in part.iter_parts())) if part.is_multipart() else kind  # type: ignore[arg-type]  # of the same policy


def test_the_logo_is_a_part_of_the_mail_beside_its_html() -> None:
    programme = make.programme(accent="navy")
    picture = make.logo(programme)
    parsed = message_from_bytes(as_sent(owed(programme)), policy=policy.default)
    assert tree(parsed) == (
        "multipart/mixed",
        (
            "multipart/alternative",
            "text/plain",
            ("multipart/related", "text/html", "image/png"),
            "text/calendar",
        ),
        "application/ics",
    )
    (image,) = [part for part in parsed.walk() if part.get_content_type() == "image/png"]
    html = str(parsed.get_body(("html",)).get_content())  # type: ignore[union-attr]  # it has one
    (source,) = re.findall(r'<img src="([^"]*)"', html)
    assert f"<{source.removeprefix('cid:')}>" == image["Content-ID"]
    assert image.get_content_disposition() == "inline"
    made = logos.logo(picture)
    assert made is not None
    assert image.get_content() == made.png
    assert (made.width, made.height) == (96, 48)
    # Nothing is fetched when it is read.
    assert re.findall(r'(?:src|url\()\W*(https?:[^"\s]*)', html) == []


@pytest.mark.parametrize(
    ("language", "described"),
    [("fr", 'alt="Trois vagues bleues" lang="fr"'), ("en", 'alt="Trois vagues bleues" lang="fr"')],
)
def test_who_does_not_see_it_reads_what_it_shows(language: str, described: str) -> None:
    programme = make.programme()
    make.logo(programme)
    assert described in str(owed(programme, language=language).alternatives[0][0])


def test_a_logo_that_only_decorates_says_nothing() -> None:
    programme = make.programme()
    make.logo(programme, alt="", is_decorative=True)
    assert 'alt=""' in str(owed(programme).alternatives[0][0])


def test_the_colour_stands_in_the_light_and_in_the_dark_and_the_plain_text_is_the_same() -> None:
    plain = owed(make.programme(), kind="reminder")
    programme = make.programme(accent="firebrick")
    make.logo(programme)
    colored = owed(programme, kind="reminder")
    texts = [str(each.alternatives[0][0]) for each in (plain, colored)]
    colors = ("#0b5f66", "#6fd3d6", "#9a2420", "#ff9d92")
    found = [{color: color in text for color in colors} for text in texts]
    assert found == [
        {"#0b5f66": True, "#6fd3d6": True, "#9a2420": False, "#ff9d92": False},
        {"#0b5f66": False, "#6fd3d6": False, "#9a2420": True, "#ff9d92": True},
    ]
    button = re.search(r'class="button" href="[^"]*" style="([^"]*)"', texts[1])
    assert button is not None
    assert "background-color: #9a2420" in button[1]
    assert "#9a2420" not in colored.body
    same = re.compile(r"https?://\S+|cycle-\d+|escale-\d+")
    assert same.sub("", str(colored.body)) == same.sub("", str(plain.body))


@pytest.mark.parametrize("is_published", [True, False])
def test_the_look_of_a_draft_is_not_shown_to_anybody(*, is_published: bool) -> None:
    programme = make.programme(accent="navy", is_published=is_published)
    make.logo(programme)
    mail = owed(programme)
    assert (mail.logo is not None, "#1f3a7d" in str(mail.alternatives[0][0])) == (is_published, is_published)


def test_a_mail_about_no_programme_has_the_colours_of_the_site() -> None:
    mail = owed(None)
    assert (mail.logo, "#0b5f66" in mail.html) == (None, True)
    assert "#0b5f66" in render_to_string("accounts/email/login_code/body.html", {"code": "123456"})


def test_a_mail_leaves_without_its_logo_while_the_file_is_away(tmp_path: Path) -> None:
    programme = make.programme()
    picture = make.logo(programme, color="#123456")
    path = tmp_path / "pictures" / f"{picture.digest}-s.webp"
    content = path.read_bytes()
    path.unlink()
    assert owed(programme).logo is None
    path.write_bytes(content)
    assert owed(programme).logo is not None


def test_it_weighs_little_whatever_the_picture_is() -> None:
    """Noise is what no format makes small."""
    target = io.BytesIO()
    Image.frombytes("RGB", (1000, 250), random.Random(1).randbytes(750_000)).save(target, "PNG")  # noqa: S311 - a picture
    prepared = pictures.prepare(target.getvalue())
    pictures.keep(prepared)
    programme = make.programme()
    before = len(as_sent(owed(programme)))
    Picture.objects.create(
        programme=programme,
        alt="Du bruit",
        digest=prepared.digest,
        width=prepared.width,
        height=prepared.height,
        small_width=prepared.small_width,
    )
    programme.refresh_from_db()
    assert 0 < len(as_sent(owed(programme))) - before <= MOST_MORE


def test_a_logo_costs_no_query_and_is_made_once() -> None:
    counts = []
    # The first time, the tick writes rows that then stay.
    for has_logo in (False, False, True):
        Delivery.objects.all().delete()
        programme = make.programme()
        if has_logo:
            make.logo(programme)
        session = make.session(cycle=make.cycle(programme=programme), number=2)
        for _ in range(3):
            make.delivery(make.registration(session=session), kind="registration_confirmed")
        with CaptureQueriesContext(connection) as queries:
            sending.drain(clock=AT)
        counts.append(len(queries))
        assert Delivery.objects.filter(state="sent").count() == 3
    assert counts[1] == counts[2]
    assert [b"image/png" in each.message().as_bytes() for each in outbox.outbox] == [False] * 6 + [True] * 3
    picture = Picture.objects.get()
    made = [logos.logo(picture) for _ in range(2)]
    assert made[0] is not None
    assert made[1] is not None
    assert inline.part(made[0]) is inline.part(made[1])


def test_what_is_kept_of_a_mail_is_its_text() -> None:
    programme = make.programme()
    make.logo(programme)
    session = make.session(cycle=make.cycle(programme=programme), number=2)
    make.delivery(make.registration(session=session), kind="registration_confirmed")
    sending.drain(clock=AT)
    (kept,) = SentText.objects.values_list("text", flat=True)
    assert ("cid:" in kept, "Trois vagues" in kept, "heure de Paris" in kept) == (False, False, True)


def test_the_preview_of_the_desk_shows_it(client: Client) -> None:
    programme = make.programme(accent="navy")
    picture = make.logo(programme)
    make.session(cycle=make.cycle(slug="tour", programme=programme), number=2)
    client.force_login(make.membership(programme=programme, role=Membership.Role.ORGANISER).user)
    answer = client.get("/fr/desk/cycles/tour/messages/reminder/body.html")
    made = logos.logo(picture)
    assert made is not None
    data = base64.b64encode(made.png).decode()
    html = answer.content.decode()
    assert (f'src="data:image/png;base64,{data}"' in html, "cid:" in html) == (True, False)
    assert "img-src data:" in answer.headers["Content-Security-Policy"]


def test_the_local_mailbox_shows_it(settings: Any, tmp_path: Path) -> None:
    settings.ESCALE_MAILBOX_DIR = tmp_path / "mail"
    programme = make.programme()
    make.logo(programme)
    mailbox.MailboxBackend().send_messages([owed(programme)])
    (kept,) = mailbox.newest()
    assert ('src="data:image/png;base64,' in kept.html, "cid:" in kept.html) == (True, False)
    assert (["BEGIN:VCALENDAR" in one for one in kept.calendars], "vagues" in kept.text) == ([True], False)
