"""Index the names and addresses of people for the search, where PostgreSQL can: as Django compares them."""

from django.db import migrations

from cycles.models import trigrams

TABLE = "registrations_participant"
INDEXES = {
    "participant_search_address": (TABLE, "email_key"),
    **{
        f"participant_search_{name}": (TABLE, f"upper({name}::text)")
        for name in ("given_name", "family_name", "organisation_name")
    },
}


def index(apps, schema_editor):
    trigrams.make(schema_editor, INDEXES)


def unindex(apps, schema_editor):
    trigrams.drop(schema_editor, INDEXES)


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0010_attendance_spans_and_column_choices"),
        ("cycles", "0008_fill_what_is_searched"),
    ]

    operations = [migrations.RunPython(index, unindex)]
