"""Columns for training runs, which are cycles of their module, and for where a session is held."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from i18nfield.fields import I18nCharField, I18nTextField


class Migration(migrations.Migration):
    dependencies = [("cycles", "0008_fill_what_is_searched")]

    operations = [
        migrations.AlterField(
            model_name="cycle",
            name="kind",
            field=models.CharField(
                choices=[
                    ("webinar", "webinar cycle"),
                    ("daily", "daily cycle"),
                    ("run", "training run"),
                    ("other", "other cycle"),
                ],
                default="webinar",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        # What it hands on to cycles has this name, too.
        migrations.AlterField(
            model_name="modulerun",
            name="module",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cycles.module"
            ),
        ),
        migrations.AddField(
            model_name="cycle",
            name="module",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="cycles.module",
            ),
        ),
        migrations.AddField(
            model_name="cycle",
            name="run_number",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="number of the run"),
        ),
        migrations.AddField(
            model_name="cycle",
            name="price",
            field=I18nCharField(blank=True, max_length=300, verbose_name="price in words", default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="session",
            name="modality",
            field=models.CharField(
                choices=[("online", "online"), ("on_site", "on site"), ("hybrid", "on site and online")],
                db_default="online",
                default="online",
                max_length=10,
                verbose_name="how people take part",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="place",
            field=I18nCharField(
                blank=True, max_length=300, verbose_name="place, with its address", default=""
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="session",
            name="access",
            field=I18nTextField(blank=True, verbose_name="how to get there", default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="workshop",
            name="run",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="workshop",
                to="cycles.cycle",
            ),
        ),
    ]
