"""The private calendar rings as long before as its owner likes, and says when its owner last changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def keep_choice(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("registrations", "FeedToken").objects.filter(has_alarm=True).update(alarm_minutes=15)


def keep_choice_back(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    tokens = apps.get_model("registrations", "FeedToken").objects
    tokens.filter(alarm_minutes__isnull=False).update(has_alarm=True)


class Migration(migrations.Migration):
    dependencies = [("registrations", "0008_one_name_is_enough")]

    operations = [
        migrations.AddField(
            model_name="feedtoken",
            name="alarm_minutes",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="rings, minutes before"
            ),
        ),
        migrations.RunPython(keep_choice, keep_choice_back),
        migrations.RemoveField(model_name="feedtoken", name="has_alarm"),
        migrations.AddField(
            model_name="participant",
            name="feed_changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
