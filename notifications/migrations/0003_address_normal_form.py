"""Keep stopped addresses and speakers' mails under the normal form of their addresses (docs/decisions/0080).

Hashes were made of Unicode's case folding. They differ from those of the normal form where a domain has letters
beyond ASCII only: whose address is known still gets the stop that it had.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import idna
from django.conf import settings
from django.db import migrations

from accounts.addresses import domain, key

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _hash(text: str) -> str:
    secret = hashlib.sha256(b"suppression" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(secret, text.encode(), "sha256").hex()


def _folded(address: str) -> str:
    """Return an address as it was hashed before."""
    local, at, host = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(host)}".casefold()
    except (idna.IDNAError, UnicodeError):
        return address.casefold()


def carry_stops(apps: Apps) -> None:
    rows = apps.get_model("notifications", "Suppression").objects
    columns = (
        apps.get_model("registrations", "Participant").objects.filter(email__contains="xn--"),
        apps.get_model("cycles", "SpeakerSlot").objects.filter(contact_email__contains="xn--"),
    )
    known = {key(email) for email in columns[0].values_list("email", flat=True)}
    known |= set(columns[1].values_list("contact_email", flat=True))
    for address in known:
        for row in rows.filter(address_hash=_hash(_folded(address))):
            rows.get_or_create(
                scope=row.scope,
                address_hash=_hash(address),
                defaults={"reason": row.reason, "at": row.at},
            )


def normalise(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    carry_stops(apps)
    # A mail to a speaker is looked up by their address as the agenda has it, and its key names that address.
    mails = apps.get_model("notifications", "Delivery").objects.filter(participant=None).exclude(to_address="")
    for pk, name, address in mails.values_list("pk", "key", "to_address").iterator():
        changes = {"to_address": key(address), "domain": domain(key(address))}
        old, new = _hash(_folded(address))[:32], _hash(key(address))[:32]
        if old != new and name.endswith(f"s{old}"):
            changes["key"] = name.removesuffix(old) + new
        if address != changes["to_address"] or "key" in changes:
            mails.filter(pk=pk).update(**changes)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_addresses_stopped_by_hand"),
        ("registrations", "0003_address_normal_form"),
        ("cycles", "0002_address_normal_form"),
    ]

    operations = [migrations.RunPython(normalise, migrations.RunPython.noop)]
