"""A contact for every address that an agenda names already: mails that wait, and links that were sent, go on."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import migrations
from django.utils import timezone

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_contacts(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Make one contact for each address; addresses stand in agendas in their normal form."""
    slots = apps.get_model("cycles", "SpeakerSlot").objects.exclude(contact_email="")
    contact = apps.get_model("speakers", "Contact")
    at = timezone.now()
    emails = sorted(set(slots.values_list("contact_email", flat=True)))
    contact.objects.bulk_create(
        [contact(email=email, link_secret=secrets.token_urlsafe(16), created_at=at) for email in emails],
        ignore_conflicts=True,
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [("speakers", "0001_contacts_answers_cards_and_consents")]

    operations = [migrations.RunPython(make_contacts, migrations.RunPython.noop)]
