"""What Claire and Nadia do in journey J9, and the mails that they get."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cycles.models import SpeakerSlot
from notifications.delivery.run import sending
from tests import make

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from django.test import Client

    from cycles.models import Session
START = make.paris(2026, 11, 19)
AT = make.AT
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
ROOM, HOSTS, REPLAY = (f"https://visio.example.org/{name}" for name in ("salle", "animation", "rediffusion"))
PDF = b"%PDF-1.7\n%slides\n"
BIO = "Vingt ans de bénévolat.\n<b>Un lien</b> : https://example.org"


DESK = "/en/desk/cycles/tour/sessions/escale-02/speakers/"


def post(client: Client, path: str, at: dt.datetime, /, **fields: Any) -> str:
    """Send a form at a moment; return the page that follows."""
    with time_machine.travel(at, tick=False):
        response = client.post(path, fields, follow=True)
    return str(response.content.decode())


def get(client: Client, path: str, at: dt.datetime) -> str:
    with time_machine.travel(at, tick=False):
        return str(client.get(path).content.decode())


def mails(at: dt.datetime) -> list[EmailMessage]:
    """Let the worker plan and send what is due; return the mails that left."""
    mail.outbox.clear()
    sending.tick(clock=at)
    sending.drain(clock=at)
    return list(mail.outbox)


def link(message: EmailMessage) -> str:
    match = re.search(r"http://testserver(/\w\w/speak/\w+/)#session-\d+", str(message.body))
    assert match is not None
    return match[1]


def invited(desk: Client, **fields: str) -> str:
    """Name Nadia for Pro Bono Lab and invite her; return the path of her page."""
    line = {"organisation": "Pro Bono Lab", "contact_email": "nadia@example.org", "contact_name": "Nadia"}
    post(desk, f"{DESK}name/", AT, **(line | fields))
    slot = SpeakerSlot.objects.get(contact_email="nadia@example.org")
    post(desk, f"{DESK}{slot.pk}/invite/", AT)
    (message,) = [one for one in mails(AT + 11 * MINUTE) if one.to == ["nadia@example.org"]]
    return link(message)


def jpeg(*, turned: bool = False) -> bytes:
    image = Image.new("RGB", (300, 400), (200, 30, 30))
    target = io.BytesIO()
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
        exif[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0)}
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def agree(
    client: Client, page: str, session: Session, *purposes: str, at: dt.datetime, says: str = "yes"
) -> str:
    fields: dict[str, Any] = {}
    for purpose in purposes:
        fields |= {
            f"{purpose}-decision": says,
            f"{purpose}-months": "12",
            f"{purpose}-territory": "world",
            f"{purpose}-supports": ["site", "emails"],
        }
    return post(client, f"{page}{session.pk}/consents/", at, **fields)
