"""Fill in what the public search reads of rows that exist, and index it where PostgreSQL can."""

from django.db import migrations

from cycles.language.searching import LONGEST, LONGEST_PAGE, in_all_languages
from cycles.models import trigrams

# (model, column): the columns that it is made of, and how much of them.
SEARCHED = {
    ("Cycle", "search_page"): (("description", "outcomes"), LONGEST_PAGE),
    ("Organisation", "search_page"): (("description",), LONGEST),
    ("Organisation", "search_title"): (("name", "full_name"), LONGEST),
    ("Segment", "search_page"): (("title", "description"), LONGEST),
    ("Session", "search_page"): (("summary", "article", "place"), LONGEST_PAGE),
}
INDEXES = {
    f"{model.lower()}_{column}": (f"cycles_{model.lower()}", column) for model, column in SEARCHED
}
BATCH = 500


def fill(apps, schema_editor):
    for (model, column), (sources, longest) in SEARCHED.items():
        rows = apps.get_model("cycles", model).objects
        changed = []
        for row in rows.only("pk", *sources).iterator(chunk_size=BATCH):
            text = in_all_languages((getattr(row, source) for source in sources), longest=longest)
            if not text:
                continue
            setattr(row, column, text)
            changed.append(row)
            if len(changed) == BATCH:
                rows.bulk_update(changed, [column])
                changed = []
        rows.bulk_update(changed, [column])


def index(apps, schema_editor):
    trigrams.make(schema_editor, INDEXES)


def unindex(apps, schema_editor):
    trigrams.drop(schema_editor, INDEXES)


class Migration(migrations.Migration):
    # Each step by itself: PostgreSQL makes no index on a table that the same transaction changed.
    atomic = False

    dependencies = [("cycles", "0021_what_the_public_search_reads")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, atomic=True),
        migrations.RunPython(index, unindex, atomic=True),
    ]
