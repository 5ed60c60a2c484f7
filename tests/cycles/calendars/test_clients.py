"""Which program reads a calendar, and marks by which readers are counted and not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cycles.calendars.readers import clients

AGENTS = {
    "Google-Calendar-Importer": "google",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)": "outlook",
    "iOS/17.5.1 (21F90) dataaccessd/1.0": "apple",
    "macOS/14.5 (23F79) CalendarAgent/988.6": "apple",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0": "thunderbird",
    "Nextcloud Webcal Service": "nextcloud",
    "ICSx5/2.2.3 (ical4j/3.2.19) Android/14": "android",
    "Evolution/3.52.1": "evolution",
    "Mozilla/5.0 (X11; Linux x86_64) KIO/5.86 akonadi_davgroupware_resource_1/5.18.2": "kde",
    "vdirsyncer/0.19.2": "vdirsyncer",
    "curl/8.5.0": "program",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:142.0) Gecko/20100101 Firefox/142.0": "browser",
    "": "other",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_the_family_of_a_program(agent: str) -> None:
    assert clients.family(agent) == AGENTS[agent]


@given(st.integers(min_value=0, max_value=3000))
@examples(max_examples=30, deadline=None)
def test_marks_tell_about_how_many_left_them(count: int) -> None:
    places = {clients.place(f"reader {number}", key=b"k" * 32) for number in range(count)}
    estimate = clients.readers(clients.marked(b"", places))
    assert abs(estimate - count) <= max(2, count * 0.06)


@given(st.sets(st.integers(0, clients.SIZE - 1), max_size=50), st.sets(st.integers(0, clients.SIZE - 1)))
def test_marks_of_two_processes_are_those_of_one(some: set[int], more: set[int]) -> None:
    apart = clients.marked(clients.marked(b"", some), more)
    assert apart == clients.marked(b"", some | more)
    assert len(apart) == clients.SIZE // 8


def test_another_key_marks_other_places() -> None:
    places = [
        [clients.place(f"reader {number}", key=key) for number in range(20)] for key in (b"a" * 32, b"b" * 32)
    ]
    assert places[0] != places[1]
