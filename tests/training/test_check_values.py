"""The check values of training: windows, hours, thresholds, numbers, codes, the hash vector. Pure."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from training.documents.issued import codes, records
from training.signing import hours
from training.signing.hours import Attended
from training.signing.room import room_code
from training.signing.window import window

RECORD = Path(__file__).with_name("record.json").read_bytes().rstrip(b"\n")
NARROW = "\u202f"
FIRST = "3e280c9c790f7e602309aa502418e9a00ed4a0678c09b4bee5ccb08512f298d5"


def day(hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    return make.paris(2020, 10, 6, hour, minute) + dt.timedelta(seconds=second)


MORNING = window(starts_at=day(9), ends_at=day(12, 30))
AFTERNOON = window(starts_at=day(14), ends_at=day(17, 30))


def test_the_windows_of_both_half_days() -> None:
    assert (MORNING.opens_at, MORNING.closes_at) == (day(8, 45), day(13))
    assert (AFTERNOON.opens_at, AFTERNOON.closes_at) == (day(13, 45), day(18))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [(day(8, 44, 59), False), (day(8, 45), True), (day(13), True), (day(13, 0, 1), False)],
)
def test_both_edges_of_a_window_are_included(moment: dt.datetime, *, is_open: bool) -> None:
    assert MORNING.is_open(at=moment) is is_open


@pytest.mark.parametrize(("pause", "overlap"), [(90, False), (46, False), (45, True), (30, True)])
def test_windows_overlap_when_the_break_is_short(pause: int, *, overlap: bool) -> None:
    after = day(12, 30) + dt.timedelta(minutes=pause)
    other = window(starts_at=after, ends_at=after + dt.timedelta(hours=3))
    both = [m for m in (MORNING.closes_at, other.opens_at) if MORNING.is_open(at=m) and other.is_open(at=m)]
    assert bool(both) is overlap


@pytest.mark.parametrize(
    ("minutes", "decimal", "clock", "reaches"),
    [
        (420, "7,00", "7 h 00", True),
        (400, "6,67", "6 h 40", True),
        (336, "5,60", "5 h 36", True),
        (335, "5,58", "5 h 35", False),
        (210, "3,50", "3 h 30", False),
        (0, "0,00", "0 h 00", False),
    ],
)
def test_hours_and_the_threshold_of_80(minutes: int, decimal: str, clock: str, *, reaches: bool) -> None:
    assert hours.decimal(minutes) == decimal
    assert hours.clock(minutes) == clock.replace(" ", NARROW)
    assert hours.reaches(minutes=minutes, planned=420, threshold=80) is reaches


def test_nothing_planned_is_never_all_of_it() -> None:
    assert not hours.reaches(minutes=0, planned=0, threshold=1)


def test_a_late_trainee_has_190_minutes() -> None:
    assert hours.present(starts_at=day(9), ends_at=day(12, 30), arrived_at=day(9, 20)) == 190


def test_a_half_day_over_the_change_of_clocks_has_its_real_length() -> None:
    paris = ZoneInfo("Europe/Paris")
    night = (dt.datetime(2020, 10, 25, 1, 0, tzinfo=paris), dt.datetime(2020, 10, 25, 4, 0, tzinfo=paris))
    assert hours.length(starts_at=night[0], ends_at=night[1]) == 240


@pytest.mark.parametrize(
    ("attended", "held", "said"),
    [
        ([Attended(is_full=True, minutes=90)] * 8, 12, "8 séances sur 12, 12 h 00"),
        (
            [Attended(is_full=True, minutes=90)] * 8 + [Attended(is_full=False, minutes=20)],
            12,
            "8 séances sur 12, 12 h 20",
        ),
        ([Attended(is_full=True, minutes=90)] * 8, 11, "8 séances sur 11, 12 h 00"),
        ([Attended(is_full=True, minutes=90), Attended(is_full=True, minutes=None)], 12, "2 séances sur 12"),
        ([Attended(is_full=True, minutes=90)], 1, "1 séance sur 1, 1 h 30"),
    ],
)
def test_what_somebody_attended_of_a_cycle(attended: list[Attended], held: int, said: str) -> None:
    assert str(hours.total(attended, held=held)).replace(NARROW, " ") == said


def test_the_record_has_one_writing_and_one_hash() -> None:
    assert len(RECORD) == 939
    record = json.loads(RECORD)
    assert records.canonical(record) == RECORD
    assert records.digest(record) == FIRST


def test_one_minute_more_is_another_record_and_the_next_version_names_the_first() -> None:
    record = json.loads(RECORD)
    record["trainees"][1]["minutes"] = 191
    assert records.digest(record) == "09e226a3c3c8045a8245ec8f9d8f526db79a2b7e566bd8f810a3ca256412c576"
    record |= {"version": 2, "previous": FIRST}
    assert len(records.canonical(record)) == 1003
    assert records.digest(record) == "e68a6aed3f353089a5ed1d30ba09a17c5b7ef2e1e1a4ad1f5459ef36fb7f3480"


def test_names_in_the_other_normal_form_are_the_same_names() -> None:
    decomposed = json.loads(unicodedata.normalize("NFD", RECORD.decode()))
    assert records.digest(decomposed) == FIRST


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.booleans(), max_size=6))
def test_a_record_reads_back_as_it_was_written(record: dict[str, object]) -> None:
    whole = records.normal(record)
    assert json.loads(records.canonical(record)) == whole
    assert records.canonical(whole) == records.canonical(dict(reversed(list(whole.items()))))


def test_a_record_holds_no_fraction() -> None:
    with pytest.raises(TypeError):
        records.canonical({"minutes": 1.5})


def test_numbers_of_documents() -> None:
    assert codes.number(series="CR", year=2020, number=1, version=1) == "CR-2020-0001"
    assert codes.number(series="CR", year=2020, number=1, version=2) == "CR-2020-0001/2"
    assert codes.number(series="CR", year=2020, number=10000, version=1) == "CR-2020-10000"


@given(st.randoms(use_true_random=False))
def test_a_code_is_read_however_it_is_typed(random: object) -> None:
    code = codes.new()
    disguised = codes.grouped(code).lower().replace("0", "o").replace("1", "l")
    assert len(code) == 16
    assert codes.read(disguised) == code
    assert codes.read(f"  {disguised.replace('-', ' – ')} ") == code
    assert random is not None


@pytest.mark.parametrize("typed", ["", "ABC", "7K3M-Q9XA-0T5B-2VH", "7K3M-Q9XA-0T5B-2VHU", "é" * 16])
def test_what_is_no_code(typed: str) -> None:
    assert codes.read(typed) is None


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Amina Diallo-Lefèvre", "A. D."), ("Jean‑Noël d’Âme", "J. D."), ("Zoë O’Brien-Nguyễn", "Z. O.")],
)
def test_initials(name: str, initials: str) -> None:
    assert codes.initials(name) == initials


@pytest.mark.parametrize(
    ("digits", "is_siret"),
    [
        ("73282932000074", True),
        ("12345678200010", True),
        ("12345678201234", False),
        ("35600000000048", True),
        ("7328293200007", False),
        ("７３２８２９３２００００７４", False),
    ],
)
def test_check_digits_of_a_siret(digits: str, *, is_siret: bool) -> None:
    assert codes.is_siret(digits) is is_siret


KEY = b"a key"


def test_the_code_of_the_room_turns_and_the_one_before_still_counts() -> None:
    code = room_code.code(7, unix=60, key=KEY)
    assert len(code) == 6
    assert set(code) <= set(room_code.ALPHABET)
    assert room_code.matches(7, code, unix=89.9, key=KEY)
    assert room_code.matches(7, f" {code[:3].lower()} {code[3:].lower()} ", unix=90, key=KEY)
    assert room_code.matches(7, code, unix=119.9, key=KEY)
    assert not room_code.matches(7, code, unix=120, key=KEY)
    assert not room_code.matches(8, code, unix=60, key=KEY)
    assert not room_code.matches(7, "é", unix=60, key=KEY)
    assert not room_code.matches(7, "", unix=60, key=KEY)
