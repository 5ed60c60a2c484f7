"""Know participants by the normal form of their addresses, not by Unicode's case folding (docs/decisions/0080)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations
from django.db.models import F

from accounts.addresses import AddressError, normal_form, read

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def normalise(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Rewrite addresses and keys; where two people would become one, both stay, and the first confirmed has the key.

    Case folding took some addresses for others' (ß for ss, ſ for s): their owners get the key that is theirs.
    """
    people = apps.get_model("registrations", "Participant").objects
    rows = people.exclude(email="").order_by(F("confirmed_at").asc(nulls_last=True), "pk")
    moved: dict[int, str] = {}
    for pk, email, old in rows.values_list("pk", "email", "email_key").iterator():
        try:
            address, new = read(email), normal_form(email)
        except AddressError:
            # Nobody can type it any more. The person stays, and so do their links.
            address, new = email, f"unreadable:{pk}"
        if address != email:
            people.filter(pk=pk).update(email=address)
        if new != old:
            moved[pk] = new
    for pk in moved:
        people.filter(pk=pk).update(email_key=f"moving:{pk}")
    for pk, new in moved.items():
        is_free = not people.filter(email_key=new).exists()
        people.filter(pk=pk).update(email_key=new if is_free else f"duplicate:{pk}")


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0002_attendance_without_place"),
        ("accounts", "0002_address_normal_form"),
    ]

    operations = [migrations.RunPython(normalise, migrations.RunPython.noop)]
