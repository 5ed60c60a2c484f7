"""People of before get a secret each, and count as proved where they pressed a button themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.make import AT

BEFORE = [("registrations", "0005_limits_for_crowds")]
AFTER = [("registrations", "0007_personal_links_required")]


def migrate(to: list[tuple[str, str]]) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate(to)
    return MigrationExecutor(connection).loader.project_state(to).apps


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("migrations_noted")
def test_everybody_of_before_has_a_secret_of_their_own() -> None:
    count = 3
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    apps = migrate(BEFORE)
    try:
        person = apps.get_model("registrations", "Participant")
        text = apps.get_model("registrations", "ConsentText").objects.create(
            purpose="notice", version=77, text="x", valid_from=AT
        )
        for number in range(count):
            made = person.objects.create(
                email=f"p{number}@example.org",
                email_key=f"p{number}@example.org",
                given_name="A",
                family_name="B",
                created_at=AT,
                confirmed_at=AT,
            )
            if number == 0:
                apps.get_model("registrations", "Consent").objects.create(
                    participant=made, text=text, form="registration", given_at=AT
                )
        people = migrate(AFTER).get_model("registrations", "Participant").objects.order_by("pk")
        secrets = {each.link_secret for each in people}
        assert (len(secrets), {len(secret) for secret in secrets}) == (count, {22})
        assert [each.proved_at for each in people] == [AT] + [None] * (count - 1)
        assert {each.links_renewed_at for each in people} == {None}
        people.all().delete()
    finally:
        migrate(latest)
