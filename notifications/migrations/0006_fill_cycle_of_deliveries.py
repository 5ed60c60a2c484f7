"""Fill in which cycle each mail is about: that of its session, else that of its registration.

One statement, apart from the indexes: PostgreSQL makes none on a table with constraints still to be checked.
"""

from django.db import migrations

FILL = """
UPDATE notifications_delivery SET cycle_id = COALESCE(
    (SELECT s.cycle_id FROM cycles_session s WHERE s.id = notifications_delivery.session_id),
    (SELECT r.cycle_id FROM registrations_cycleregistration r
     WHERE r.id = notifications_delivery.cycle_registration_id)
)
WHERE session_id IS NOT NULL OR cycle_registration_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_delivery_names_its_cycle"),
        ("registrations", "0010_attendance_spans_and_column_choices"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
