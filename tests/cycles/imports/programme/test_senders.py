"""Who writes, in the programme file: a name and a mailbox, for a programme or one of its cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from cycles.models import Cycle, Programme
from tests.cycles.imports.programme.files import SMALL, load, refusal

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
PROGRAMME = '    title: {fr: "L\'essai", en: "The trial"}\n'
CYCLE = '    title: {fr: "Les mardis", en: "Tuesdays"}\n'


def with_lines(line: str, more: str) -> str:
    assert SMALL.count(line) == 1
    return SMALL.replace(line, line + more)


def test_a_programme_and_a_cycle_say_who_writes(tmp_path: Path) -> None:
    text = with_lines(PROGRAMME, '    sender_name: "Réseau"\n    contact_email: reseau@asso.example\n')
    load(tmp_path, text.replace(CYCLE, CYCLE + "    contact_email: mardis@asso.example\n"))
    assert Programme.objects.values_list("sender_name", "contact_email").get() == (
        "Réseau",
        "reseau@asso.example",
    )
    assert Cycle.objects.values_list("sender_name", "contact_email").get() == ("", "mardis@asso.example")


def test_what_is_no_address_is_refused_with_its_line(tmp_path: Path) -> None:
    with translation.override("en"):
        result = refusal(tmp_path, with_lines(CYCLE, "    contact_email: mardis at asso\n"))
    assert result == [
        "20: cycles/mardis: contact_email: “mardis at asso” is no email address: write it as name@example.org"
    ]
