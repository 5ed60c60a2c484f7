"""Seal personal links with a secret of the person; keep asked addresses in the row, and whose address is proved."""

import secrets

from django.db import migrations, models
from django.db.models import Exists, OuterRef


BATCH = 1000


def give_secrets(apps, schema_editor):
    """Give everybody a secret, and note as proved whoever pressed the button of a confirmation mail.

    That button, and nothing else, records a consent of the form "registration".
    """
    Participant = apps.get_model("registrations", "Participant")
    Consent = apps.get_model("registrations", "Consent")
    batch = []
    for person in Participant.objects.only("pk").iterator(chunk_size=BATCH):
        person.link_secret = secrets.token_urlsafe(16)
        batch.append(person)
        if len(batch) == BATCH:
            Participant.objects.bulk_update(batch, ["link_secret"])
            batch = []
    Participant.objects.bulk_update(batch, ["link_secret"])
    pressed = Consent.objects.filter(participant=OuterRef("pk"), form="registration")
    Participant.objects.filter(Exists(pressed), confirmed_at__isnull=False).update(
        proved_at=models.F("confirmed_at")
    )


class Migration(migrations.Migration):
    dependencies = [("registrations", "0005_limits_for_crowds")]

    operations = [
        migrations.AddField("participant", "proved_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "participant",
            "links_renewed_at",
            models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            "participant", "asked_email", models.EmailField(blank=True, editable=False, max_length=254, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "participant", "asked_email_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
        migrations.AddField(
            "participant", "link_secret", models.CharField(editable=False, max_length=22, null=True)
        ),
        migrations.RunPython(give_secrets, migrations.RunPython.noop, elidable=False),
        migrations.CreateModel(
            "LinkRequest",
            [
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("email_key", models.CharField(max_length=254, unique=True)),
                ("asked_at", models.DateTimeField()),
            ],
        ),
    ]
