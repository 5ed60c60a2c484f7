"""The bytes of the mails of accounts: a long subject stands beside its name, in lines that every program reads."""

from __future__ import annotations

import email
import email.policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import TYPE_CHECKING

import pytest

from accounts.sign_in import mails

if TYPE_CHECKING:
    from pytest_django import Settings

LONG = "Réseau des associations « solidarités nouvelles » de l’économie sociale et des territoires"
CONTEXTS = {
    "invitation": {"inviter": "Zoé Équinoxe", "programme": LONG, "role": "", "meaning": "", "url": ""},
    "login_code": {"code": "123456"},
    "unknown_account": {},
}


@pytest.mark.parametrize("kind", list(CONTEXTS))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_long_subject_begins_beside_its_name(settings: Settings, kind: str, language: str) -> None:
    settings.ESCALE_SITE_NAME = LONG
    settings.DEFAULT_FROM_EMAIL = f"{LONG} <escale@example.org>"
    mail = mails.compose(kind, to="amina@example.org", language=language, context=CONTEXTS[kind])
    data = mail.message().as_bytes(linesep="\r\n")
    headers = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert [line for line in headers if line.rstrip() in (b"Subject:", b"From:")] == []
    assert max(map(len, headers)) <= 78
    read = email.message_from_bytes(data, policy=email.policy.default)
    assert str(read["Subject"]) == " ".join(str(mail.subject).split())
    # Python's newer reader sets a space between two encoded words of a name; RFC 2047 (6.2) sets none.
    sender = email.message_from_bytes(data)["From"]
    assert parseaddr(str(make_header(decode_header(sender))))[0] == LONG
