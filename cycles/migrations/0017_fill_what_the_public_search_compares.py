"""Fill in what the public search compares of rows that exist, and index it where PostgreSQL can."""

from django.db import migrations

from cycles.language.searching import in_all_languages
from cycles.models import trigrams

SEARCHED = {
    "Event": ("title",),
    "Module": ("title", "summary"),
    "News": ("title", "body"),
    "Person": ("given_name", "family_name", "role"),
    "Resource": ("title", "title_variant", "summary"),
    "Topic": ("name",),
}
INDEXES = {f"{name.lower()}_search_title": (f"cycles_{name.lower()}", "search_title") for name in SEARCHED}
BATCH = 500


def fill(apps, schema_editor):
    for name, sources in SEARCHED.items():
        rows = apps.get_model("cycles", name).objects
        changed = []
        for row in rows.only("pk", *sources).iterator(chunk_size=BATCH):
            row.search_title = in_all_languages(getattr(row, source) for source in sources)
            changed.append(row)
            if len(changed) == BATCH:
                rows.bulk_update(changed, ["search_title"])
                changed = []
        rows.bulk_update(changed, ["search_title"])


def index(apps, schema_editor):
    trigrams.make(schema_editor, INDEXES)


def unindex(apps, schema_editor):
    trigrams.drop(schema_editor, INDEXES)


class Migration(migrations.Migration):
    # Each step by itself: PostgreSQL makes no index on a table that the same transaction changed.
    atomic = False

    dependencies = [("cycles", "0016_what_one_decides_from")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, atomic=True),
        migrations.RunPython(index, unindex, atomic=True),
    ]
