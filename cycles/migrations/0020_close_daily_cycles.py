"""Close the registration of daily cycles: until now none took any, whatever this field said."""

from django.db import migrations


def close(apps, schema_editor):
    cycles = apps.get_model("cycles", "Cycle").objects.using(schema_editor.connection.alias)
    cycles.filter(kind="daily").update(registration_mode="closed")


class Migration(migrations.Migration):
    dependencies = [("cycles", "0019_files_of_resources")]

    operations = [migrations.RunPython(close, migrations.RunPython.noop)]
