"""Let each mail name the cycle that it is about; the next migration fills it in."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0006_colour_and_status_before_postponing"),
        ("notifications", "0004_whose_fault_a_refusal_is"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="cycle",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="deliveries",
                to="cycles.cycle",
            ),
        ),
    ]
