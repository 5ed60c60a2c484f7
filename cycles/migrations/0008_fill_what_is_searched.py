"""Fill in what the search compares of rows that exist, and index it where PostgreSQL can."""

from django.db import migrations

from cycles.models import trigrams
from cycles.language.searching import in_all_languages

INDEXES = {
    "session_search_title": ("cycles_session", "search_title"),
    "cycle_search_title": ("cycles_cycle", "search_title"),
}
SEARCHED = {
    "Session": {"search_title": "title"},
    "Cycle": {"search_title": "title", "search_word": "session_word"},
}
BATCH = 500


def fill(apps, schema_editor):
    for name, columns in SEARCHED.items():
        rows = apps.get_model("cycles", name).objects
        changed = []
        for row in rows.only("pk", *columns.values()).iterator(chunk_size=BATCH):
            for column, source in columns.items():
                setattr(row, column, in_all_languages([getattr(row, source)]))
            changed.append(row)
            if len(changed) == BATCH:
                rows.bulk_update(changed, list(columns))
                changed = []
        rows.bulk_update(changed, list(columns))


def index(apps, schema_editor):
    trigrams.make(schema_editor, INDEXES)


def unindex(apps, schema_editor):
    trigrams.drop(schema_editor, INDEXES)


class Migration(migrations.Migration):
    # Each step by itself: PostgreSQL makes no index on a table that the same transaction changed.
    atomic = False

    dependencies = [("cycles", "0007_columns_and_indexes_for_large_sites")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, atomic=True),
        migrations.RunPython(index, unindex, atomic=True),
    ]
