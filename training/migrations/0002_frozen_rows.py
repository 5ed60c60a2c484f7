"""Triggers that keep what is frozen: documents, and what stands on a countersigned sheet. On SQLite and PostgreSQL.

The demonstration is exempt, so that it can be removed; papers that are the person's own may be erased at any time.
"""

from django.db import migrations

# Everything of a document but its end, and the account that issued it (which may be deleted: SET NULL).
FROZEN = (
    "kind cycle_id session_id cycle_registration_id registration_id issuer series year number version code record "
    "record_sha256 pdf pdf_sha256 previous_sha256 chain_sha256 issued_at replaces_id keep_until is_demo"
).split()
OWN = "'participation', 'cycle_statement'"
MESSAGE = "this is frozen"


def distinct(column, vendor):
    word = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    return f"OLD.{column} {word} NEW.{column}"


def rules(vendor):
    """Yield (trigger, table, event, condition under which it refuses)."""
    today = "date('now')" if vendor == "sqlite" else "current_date"
    false = "0" if vendor == "sqlite" else "false"
    changed = " OR ".join(distinct(column, vendor) for column in FROZEN)
    ended = f'OLD.ended_at {"IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"} NEW.ended_at'
    for column in ('"end"', "end_reason"):
        ended += f' OR OLD.{column} <> NEW.{column}'
    yield "training_document_frozen", "training_document", "UPDATE", changed
    yield "training_document_ends_once", "training_document", "UPDATE", f"OLD.ended_at IS NOT NULL AND ({ended})"
    yield (
        "training_document_kept",
        "training_document",
        "DELETE",
        f"OLD.is_demo = {false} AND OLD.kind NOT IN ({OWN}) AND OLD.keep_until >= {today}",
    )

    def frozen(registration):
        return (
            "EXISTS (SELECT 1 FROM training_document d JOIN registrations_registration r ON r.session_id = d.session_id"
            f" WHERE r.id = {registration} AND d.kind = 'sheet' AND d.ended_at IS NULL AND d.is_demo = {false})"
        )

    same_signature = " OR ".join(
        distinct(column, vendor)
        for column in (
            "registration_id means signed_at opens_at closes_at statement_version by_name reason".split()
        )
    )
    yield "training_signature_unchanged", "training_signature", "UPDATE", same_signature
    same_note = " OR ".join(
        distinct(column, vendor)
        for column in "registration_id kind arrived_at left_at reason by_name noted_at".split()
    )
    yield (
        "training_trainernote_frozen",
        "training_trainernote",
        "UPDATE",
        f"({same_note}) AND {frozen('OLD.registration_id')}",
    )
    same_attendance = " OR ".join(
        distinct(column, vendor) for column in "registration_id half_day state source minutes".split()
    )
    yield (
        "training_attendance_frozen",
        "registrations_attendance",
        "UPDATE",
        f"({same_attendance}) AND {frozen('OLD.registration_id')}",
    )
    for table in ("training_signature", "training_trainernote", "registrations_attendance"):
        yield f"{table}_kept", table, "DELETE", frozen("OLD.registration_id")
        yield f"{table}_late", table, "INSERT", frozen("NEW.registration_id")


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
            row = "OLD" if event == "DELETE" else "NEW"
            schema_editor.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger AS $$ BEGIN IF {condition} THEN "
                f"RAISE EXCEPTION '{MESSAGE}: {name}' USING ERRCODE = 'integrity_constraint_violation'; "
                f"END IF; RETURN {row}; END $$ LANGUAGE plpgsql",
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
    dependencies = [("training", "0001_initial"), ("registrations", "0010_attendance_spans_and_column_choices")]

    operations = [migrations.RunPython(create, drop)]
