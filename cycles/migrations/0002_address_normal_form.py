"""Store the addresses of invitations and of speakers' contacts in their normal form (docs/decisions/0080)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models

import accounts.addresses.columns
from accounts.addresses import key

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def normalise(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Rewrite addresses; of two invitations of one address to a programme, that which was sent last stays."""
    invitations = apps.get_model("cycles", "Invitation").objects
    seen = set()
    for row in invitations.order_by("-sent_at", "-pk"):
        one = (row.programme_id, key(row.email))
        if one in seen:
            row.delete()
        seen.add(one)
    for row in invitations.all():
        if row.email != key(row.email):
            invitations.filter(pk=row.pk).update(email=key(row.email))
    slots = apps.get_model("cycles", "SpeakerSlot").objects
    for email in set(slots.exclude(contact_email="").values_list("contact_email", flat=True)):
        if email != key(email):
            slots.filter(contact_email=email).update(contact_email=key(email))


class Migration(migrations.Migration):
    dependencies = [("cycles", "0001_initial"), ("accounts", "0002_address_normal_form")]

    operations = [
        migrations.RemoveConstraint(model_name="invitation", name="invitation_once"),
        migrations.RunPython(normalise, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="invitation",
            name="email",
            field=accounts.addresses.columns.AddressColumn(max_length=254, verbose_name="e-mail address"),
        ),
        migrations.AlterField(
            model_name="speakerslot",
            name="contact_email",
            field=accounts.addresses.columns.AddressColumn(
                blank=True, max_length=254, verbose_name="e-mail of the contact"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(fields=("programme", "email"), name="invitation_once"),
        ),
    ]
