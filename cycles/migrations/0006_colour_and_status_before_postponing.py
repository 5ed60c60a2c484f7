"""A colour for each cycle's calendar; what a session was before it was postponed, apart from before it was cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models
from django.db.models import F

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_status(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Take over what postponed sessions were: until now it stood where the status before a cancellation stands."""
    sessions = apps.get_model("cycles", "Session").objects.filter(status="postponed")
    sessions.update(status_before_postponing=F("status_before_cancel"), status_before_cancel="")


def keep_status_back(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    sessions = apps.get_model("cycles", "Session").objects.filter(status="postponed")
    sessions.update(status_before_cancel=F("status_before_postponing"))


class Migration(migrations.Migration):
    dependencies = [("cycles", "0005_who_emails_come_from")]

    operations = [
        migrations.AddField(
            model_name="cycle",
            name="color",
            field=models.CharField(
                blank=True,
                choices=[
                    ("teal", "teal"),
                    ("darkgreen", "dark green"),
                    ("navy", "navy blue"),
                    ("royalblue", "royal blue"),
                    ("indigo", "indigo"),
                    ("purple", "purple"),
                    ("mediumvioletred", "raspberry"),
                    ("firebrick", "brick red"),
                    ("saddlebrown", "brown"),
                    ("darkslategray", "slate grey"),
                ],
                max_length=20,
                verbose_name="colour in calendars",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="status_before_postponing",
            field=models.CharField(blank=True, editable=False, max_length=10),
        ),
        migrations.RunPython(keep_status, keep_status_back),
    ]
