"""Store the address of every account in its normal form (docs/decisions/0080)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django.db.models.functions.text
from django.db import migrations, models

import accounts.addresses.columns
from accounts.addresses import AddressError, normal_form

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _wanted(email: str) -> str:
    try:
        return normal_form(email)
    except AddressError:
        # No door opens to it any more; who runs the site sees it in the administration.
        return "".join(email.split()).lower()


def normalise(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Rewrite addresses; where two accounts would share one, that which has it already, or is older, keeps it."""
    accounts_ = apps.get_model("accounts", "User").objects.order_by("pk")
    wanted = {pk: (email, _wanted(email)) for pk, email in accounts_.values_list("pk", "email")}
    taken = {new for old, new in wanted.values() if old == new}
    for pk, (old, new) in wanted.items():
        if old == new:
            continue
        free = new if new not in taken else f"{new[:230]}#{pk}"
        taken.add(free)
        accounts_.filter(pk=pk).update(email=free)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="user_email_any_case"),
        migrations.RunPython(normalise, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=accounts.addresses.columns.AddressColumn(
                max_length=254, unique=True, verbose_name="e-mail address"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="user_email_normal",
            ),
        ),
    ]
