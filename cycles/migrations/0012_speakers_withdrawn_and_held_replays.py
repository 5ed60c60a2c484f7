"""A speaker may withdraw after a yes; a replay is held while somebody who spoke does not agree."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0011_runs_are_cycles_of_their_module"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="is_replay_held",
            field=models.BooleanField(
                db_default=False, default=False, editable=False, verbose_name="the replay is held"
            ),
        ),
        migrations.AlterField(
            model_name="speakerslot",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "proposed"),
                    ("invited", "invited"),
                    ("accepted", "accepted"),
                    ("declined", "declined"),
                    ("withdrawn", "withdrawn"),
                    ("replaced", "replaced"),
                ],
                default="accepted",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
