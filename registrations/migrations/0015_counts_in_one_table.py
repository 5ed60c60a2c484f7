from django.db import migrations, models


def leave_the_log(apps, schema_editor):
    """Counts are worth nothing after a crash: PostgreSQL need not write them down twice, nor wait for the disk."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE registrations_tally SET UNLOGGED")


def enter_the_log(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE registrations_tally SET LOGGED")


class Migration(migrations.Migration):
    """Counts of windows and levels of buckets in one table. What was counted before begins anew."""

    dependencies = [("registrations", "0014_notes_about_people")]

    operations = [
        migrations.DeleteModel(name="Tally"),
        migrations.DeleteModel(name="Level"),
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("ends_ms", models.BigIntegerField()),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunPython(leave_the_log, enter_the_log),
    ]
