"""Require the secret that 0005 gave everybody: in a transaction of its own, as PostgreSQL wants it."""

from django.db import migrations, models
from django.db.models import Q

import registrations.models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0006_personal_links")]

    operations = [
        migrations.AlterField(
            "participant",
            "link_secret",
            models.CharField(
                default=registrations.models.new_link_secret, editable=False, max_length=22, unique=True
            ),
        ),
        migrations.AddConstraint(
            "participant",
            models.CheckConstraint(name="participant_has_link_secret", condition=~Q(link_secret="")),
        ),
        migrations.AddConstraint(
            "participant",
            models.CheckConstraint(
                name="participant_asked_address_dated",
                condition=Q(asked_email="", asked_email_at=None)
                | (~Q(asked_email="") & Q(asked_email_at__isnull=False)),
            ),
        ),
    ]
