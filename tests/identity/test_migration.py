"""A database of before keeps every row, and every address under which its owner is found."""

from __future__ import annotations

import hashlib
import hmac
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.models import User
from cycles.models import Invitation, SpeakerSlot
from notifications.delivery import ledger
from notifications.models import Delivery, Suppression
from registrations.models import Participant
from speakers.people import speaking
from tests import make

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.django_db
LATER = {"notifications": [("notifications", "0004_whose_fault_a_refusal_is")]}


def migrate(app: str, number: str) -> None:
    """Run a migration's own function with the models as they were before it."""
    name = f"{number}_address_normal_form"
    module: ModuleType = import_module(f"{app}.migrations.{name}")
    # The tables are as they are today: a column that came later and may not be empty must be known.
    models = LATER.get(app) or module.Migration.dependencies
    state = MigrationLoader(connection).project_state(models)
    module.normalise(state.apps, connection.schema_editor())


def old_hash(address: str) -> str:
    """Return how a stopped address was kept before."""
    secret = hashlib.sha256(b"suppression" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(secret, address.casefold().encode(), "sha256").hex()


def store(row: User | Participant | Invitation | SpeakerSlot, **columns: str) -> None:
    """Write columns as they were written before, past the fields of now."""
    for name, value in columns.items():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {row._meta.db_table} SET {name} = %s WHERE id = %s", [value, row.pk])  # noqa: S608 - our own table


def test_accounts_keep_the_address_that_was_theirs() -> None:
    first, second, third, last = (make.user() for _ in range(4))
    store(first, email="zoe@école.fr")
    # Had it in the normal form already: keeps it, and the older account makes way.
    store(second, email="zoe@xn--cole-9oa.fr")
    store(third, email="adm\u0131n@site.org")
    store(last, email="claire@example.org")
    migrate("accounts", "0002")
    assert list(User.objects.order_by("pk").values_list("email", flat=True)) == [
        f"zoe@xn--cole-9oa.fr#{first.pk}",
        "zoe@xn--cole-9oa.fr",
        "adm\u0131n@site.org",
        "claire@example.org",
    ]
    assert User.objects.at_address("zoe@École.fr") == second


def test_invitations_and_contacts() -> None:
    programme = make.programme()
    older = make.invitation(programme=programme, sent_at=make.AT)
    newer, other = make.invitation(programme=programme), make.invitation()
    store(older, email="zoe@xn--cole-9oa.fr")
    store(newer, email="zoe@école.fr")
    store(other, email="zoe@École.fr")
    slot = make.slot()
    store(slot, contact_email="Nadia@École.fr")
    migrate("cycles", "0002")
    assert dict(Invitation.objects.values_list("pk", "email")) == {
        newer.pk: "zoe@xn--cole-9oa.fr",
        other.pk: "zoe@xn--cole-9oa.fr",
    }
    slot.refresh_from_db()
    assert slot.contact_email == "nadia@xn--cole-9oa.fr"


def test_people_stay_who_they_are() -> None:
    typed = [
        "Amina@Example.ORG",
        "anna@strasse.de",
        "kim@\u017fite.org",
        "zoe@école.fr",
        "ZOE@xn--cole-9oa.fr",
        "lou@straße.org",
    ]
    people = [make.participant() for _ in typed]
    for person, email in zip(people, typed, strict=True):
        store(person, email=email, email_key=email.casefold())
    gone = make.participant(email="", email_key="erased:1", erased_at=make.AT)
    migrate("registrations", "0003")
    assert list(Participant.objects.order_by("pk").values_list("email", "email_key")) == [
        ("Amina@example.org", "amina@example.org"),
        ("anna@strasse.de", "anna@strasse.de"),
        ("kim@\u017fite.org", f"unreadable:{people[2].pk}"),
        ("zoe@xn--cole-9oa.fr", f"duplicate:{people[3].pk}"),
        ("ZOE@xn--cole-9oa.fr", "zoe@xn--cole-9oa.fr"),
        ("lou@xn--strae-oqa.org", "lou@xn--strae-oqa.org"),
        ("", "erased:1"),
    ]
    assert gone.pk == people[-1].pk + 1


def test_a_key_that_case_folding_took_is_given_back() -> None:
    sharp = make.participant()
    store(sharp, email="anna@straße.de", email_key="anna@strasse.de")
    migrate("registrations", "0003")
    # Whose address it is can register now.
    make.participant(email="anna@strasse.de")
    assert sorted(Participant.objects.values_list("email_key", flat=True)) == [
        "anna@strasse.de",
        "anna@xn--strae-oqa.de",
    ]


def test_stops_go_on_and_a_speakers_mail_is_not_owed_twice() -> None:
    make.participant(email="zoe@xn--cole-9oa.fr")
    make.participant(email="lou@example.org")
    for address in ("zoe@École.fr", "Lou@example.org", "gone@example.org"):
        Suppression.objects.create(address_hash=old_hash(address), reason="asked", at=make.AT)
    slot = make.slot(contact_email="nadia@École.fr")
    session = slot.segment.session
    old, new = old_hash("nadia@École.fr")[:32], ledger.address_hash("nadia@École.fr")[:32]
    mails = [make.delivery(make.registration(session=session)) for _ in range(2)]
    Delivery.objects.filter(pk=mails[0].pk).update(
        key=f"step:1:s{old}",
        participant=None,
        registration=None,
        cycle_registration=None,
        to_address="Nadia@École.fr",
        domain="école.fr",
    )
    migrate("notifications", "0003")
    for address in ("zoe@école.fr", "ZOE@xn--cole-9oa.fr", "lou@example.org", "gone@example.org"):
        assert ledger.is_suppressed(address)
    assert Suppression.objects.count() == 4
    assert list(Delivery.objects.order_by("pk").values_list("key", "to_address", "domain")) == [
        (f"step:1:s{new}", "nadia@xn--cole-9oa.fr", "xn--cole-9oa.fr"),
        (mails[1].key, mails[1].to_address, "example.org"),
    ]
    assert speaking.find(session, email="nadia@xn--cole-9oa.fr") is not None
