"""A cycle says what one learns and in which language; a session may be an article; the public search reads more."""

import i18nfield.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0015_programme_logo_and_accent"),
    ]

    operations = [
        migrations.AddField(
            model_name="cycle",
            name="outcomes",
            field=i18nfield.fields.I18nTextField(blank=True, verbose_name="what one will learn, a line each"),
        ),
        migrations.AddField(
            model_name="cycle",
            name="spoken_language",
            field=models.CharField(
                blank=True,
                choices=[("fr", "Français"), ("en", "English")],
                db_default="",
                default="",
                max_length=5,
                verbose_name="language spoken",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="search_title",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="module",
            name="search_title",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="news",
            name="search_title",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="person",
            name="search_title",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="resource",
            name="search_title",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            model_name="session",
            name="article",
            field=i18nfield.fields.I18nTextField(blank=True, verbose_name="article (Markdown)"),
        ),
        migrations.AddField(
            model_name="session",
            name="article_url",
            field=models.URLField(blank=True, max_length=500, verbose_name="address of the article"),
        ),
        migrations.AddField(
            model_name="topic",
            name="search_title",
            field=models.TextField(blank=True, db_default="", default="", editable=False),
        ),
    ]
