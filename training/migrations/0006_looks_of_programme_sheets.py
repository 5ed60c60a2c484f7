"""The look that a programme sheet is published with, and a trigger that keeps it: on SQLite and PostgreSQL."""

import django.db.models.deletion
from django.db import migrations, models

NAME, TABLE = "training_syllabuslook_frozen", "training_syllabuslook"
MESSAGE = f"this is frozen: {NAME}"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
            params=None,
        )
    else:
        schema_editor.execute(
            f"CREATE FUNCTION {NAME}() RETURNS trigger AS $$ BEGIN "
            f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; "
            "END $$ LANGUAGE plpgsql",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {NAME}()",
            params=None,
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {NAME}", params=None)
    else:
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {NAME}() CASCADE", params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0005_yearly_report'),
    ]

    operations = [
        migrations.CreateModel(
            name='SyllabusLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('color', models.CharField(max_length=7)),
                ('logo', models.BinaryField(blank=True, default=b'')),
                ('alt', models.CharField(blank=True, max_length=300)),
                ('syllabus', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='look', to='training.syllabus')),
            ],
            options={
                'verbose_name': 'look of a programme sheet',
                'verbose_name_plural': 'looks of programme sheets',
            },
        ),
        migrations.RunPython(create, drop),
    ]
