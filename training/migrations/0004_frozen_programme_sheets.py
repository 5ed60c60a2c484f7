"""Triggers that keep a published sheet as it was, and the version of a run once somebody is registered for it."""

from django.db import migrations

# Everything of a published version but its end, who published it (SET NULL) and the codes of the yearly report.
FROZEN = (
    "module_id version dated_on title legal_frame audience prerequisites objectives content minutes half_days access "
    "modality price methods means trainers assessment validation accessibility contact results waivers published_at"
).split()
MESSAGE = "this is frozen"


def rules(vendor):
    """Yield (trigger, table, event, condition under which it refuses)."""
    word = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"OLD.{column} {word} NEW.{column}" for column in FROZEN)
    yield "training_syllabus_frozen", "training_syllabus", "UPDATE", f"OLD.published_at IS NOT NULL AND ({changed})"
    yield (
        "training_syllabus_ends_once",
        "training_syllabus",
        "UPDATE",
        f"OLD.ended_at IS NOT NULL AND OLD.ended_at {word} NEW.ended_at",
    )
    yield (
        "training_runsyllabus_kept",
        "training_runsyllabus",
        "UPDATE",
        f"(OLD.cycle_id {word} NEW.cycle_id OR OLD.syllabus_id {word} NEW.syllabus_id)"
        " AND EXISTS (SELECT 1 FROM registrations_cycleregistration r WHERE r.cycle_id = OLD.cycle_id)",
    )


def create(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, table, event, condition in rules(vendor):
        if vendor == "sqlite":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {name}'); END",
                params=None,
            )
        else:
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN IF {condition} THEN "
                f"RAISE EXCEPTION '{MESSAGE}: {name}' USING ERRCODE = 'integrity_constraint_violation'; "
                "END IF; RETURN NEW; END $$ LANGUAGE plpgsql",
                params=None,
            )
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
                params=None,
            )


def drop(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name, table, _event, _condition in rules(vendor):
        if vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
        else:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0003_programme_sheets"),
        ("registrations", "0010_attendance_spans_and_column_choices"),
    ]

    operations = [migrations.RunPython(create, drop)]
