"""A restored backup: nothing leaves until a person has said what becomes of what may have left already."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from notifications.delivery import interventions, restored
from notifications.delivery.run import sending
from notifications.models import Delivery, Heartbeat
from tests import make
from tests.make import AT

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
NOW = AT + dt.timedelta(minutes=1)
LATER = AT + dt.timedelta(hours=1)


def owed(number: int = 1) -> None:
    session = make.session()
    for _ in range(number):
        make.delivery(make.registration(session=session), kind="registration_confirmed")


@pytest.fixture
def lives(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where the database lives: what PostgreSQL says of its table, or the number of SQLite's file."""
    here = ["7:1:100"]

    def places() -> tuple[str | None, str]:
        existing = Heartbeat.objects.filter(name="home").values_list("detail", flat=True).first()
        return existing, here[0]

    monkeypatch.setattr(restored, "_places", places)
    return here


def test_the_first_look_and_the_same_place_pause_nothing(lives: list[str]) -> None:
    owed()
    assert [restored.look(at=AT), restored.look(at=NOW)] == [False, False]
    assert Heartbeat.objects.get(name="home").detail == lives[0]
    assert sending.drain(clock=NOW) == 1


def test_in_another_place_everything_waits(lives: list[str]) -> None:
    owed(2)
    sending.tick(clock=AT)
    lives[0] = "7:1:200"
    assert sending.drain(clock=NOW) == 0
    assert sending.drain(clock=LATER) == 0
    assert len(mail.outbox) == 0
    # It is noticed once, and waits for ever.
    assert restored.look(at=LATER) is False
    assert sending.drain(clock=LATER) == 0


def test_what_may_have_left_is_set_aside_and_says_why(lives: list[str]) -> None:
    owed(2)
    sending.tick(clock=AT)
    lives[0] = "8:1:100"
    sending.tick(clock=NOW)
    assert interventions.resume(by=None, at=NOW, sets_aside=True) == 2
    assert sending.drain(clock=NOW) == 0
    assert set(Delivery.objects.values_list("state", "reason")) == {("skipped", "restored")}
    row = Delivery.objects.order_by("pk")[0]
    interventions.retry(row, by=None, at=NOW)
    assert sending.drain(clock=NOW) == 1


def test_what_had_not_left_can_be_sent(lives: list[str]) -> None:
    owed(2)
    sending.tick(clock=AT)
    lives[0] = "7:2:100"
    sending.tick(clock=NOW)
    assert interventions.resume(by=None, at=NOW) == 0
    assert sending.drain(clock=NOW) == 2


def test_what_falls_due_after_the_decision_leaves(lives: list[str]) -> None:
    owed(1)
    Delivery.objects.update(next_at=LATER)
    sending.tick(clock=AT)
    lives[0] = "7:2:100"
    sending.tick(clock=NOW)
    assert interventions.resume(by=None, at=NOW, sets_aside=True) == 0
    assert sending.drain(clock=LATER) == 1


def test_a_database_that_knows_no_place_is_not_paused() -> None:
    """The first start after an upgrade; in memory nothing can be restored."""
    owed()
    assert restored.look(at=AT) is False
    Heartbeat.objects.filter(name="home").update(detail=restored.IN_MEMORY)
    assert restored.look(at=AT) is False


def test_a_look_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    restored.look(at=AT)
    with django_assert_num_queries(1):
        assert restored.look(at=NOW) is False


def terminal(*words: str) -> None:
    call_command("mail", *words, "--language", "en")


def test_the_terminal_asks_what_becomes_of_the_overdue(
    lives: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    owed(3)
    sending.tick(clock=AT)
    lives[0] = "elsewhere"
    sending.tick(clock=NOW)
    terminal("status")
    (paused, due) = capsys.readouterr().out.splitlines()
    assert paused == "All email is paused: a backup was restored, or the database moved."
    assert due == "3 emails are due."
    with pytest.raises(CommandError, match=r"3 emails are due.*--overdue aside"):
        terminal("resume")
    terminal("resume", "--overdue", "aside")
    assert capsys.readouterr().out.splitlines() == [
        "3 emails were set aside.",
        "Email leaves.",
        "0 emails are due.",
    ]
    with pytest.raises(CommandError, match="not paused"):
        terminal("resume")
    terminal("pause")
    assert capsys.readouterr().out.splitlines()[0] == "All email is paused."


def test_the_probe_and_the_desk_say_so(lives: list[str], client: Client) -> None:
    row = make.registration()
    sending.tick()
    lives[0] = "elsewhere"
    sending.tick()
    make.delivery(row, kind="registration_confirmed")
    assert "mail_paused" not in json.loads(client.get("/readyz").content)
    client.force_login(make.user(is_superuser=True))
    assert json.loads(client.get("/readyz").content)["mail_paused"] == "restored"
    page = f"/en/desk/cycles/{row.session.cycle.slug}/deliveries/"
    result = client.get(page).content.decode()
    assert "the database was restored from a backup, or moved" in result
    assert "Resume, and set aside the 1 email that is due" in result
    client.post("/en/desk/mail/resume/", {"next": page, "overdue": "aside"})
    mails = Delivery.objects.filter(kind="registration_confirmed")
    assert set(mails.values_list("state", "reason")) == {("skipped", "restored")}
    assert not Heartbeat.objects.filter(name="paused").exists()


def test_a_table_that_was_made_again_is_another_place() -> None:
    """What pg_restore does; the transaction of the test puts it back."""
    if connection.vendor != "postgresql":
        return
    restored.look(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notifications_delivery RENAME TO before")
        cursor.execute("CREATE TABLE notifications_delivery (LIKE before)")
    assert restored.look(at=NOW) is True


def test_a_copy_put_in_place_of_sqlites_file_is_another_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "escale.sqlite3"
    file.write_bytes(b"kept")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
    before = restored._file()
    file.write_bytes(b"kept and written")
    assert restored._file() == before
    (tmp_path / "backup").write_bytes(b"kept")
    (tmp_path / "backup").replace(file)
    assert restored._file() != before
