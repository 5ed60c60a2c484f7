"""Reports: registrations by day and by source, who came and came back, no share of fewer than five people."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.models import AuditEntry
from cycles.language import typesetting
from cycles.models import Cycle, Membership, Objective, Partnership, Session
from desk.reports import chart, funder_report, report
from desk.reports.shares import Presence
from notifications.delivery import retention
from registrations.attendance.models import Attendance
from registrations.models import CycleRegistration, SourceCode
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

AT = make.paris(2027, 1, 30).replace(microsecond=7)
PAGE = "/en/desk/cycles/tour/report/"
HOSTILE = '#eval("1") *x* _y_ $z$ \\ "q" <b> `c` @d #let'


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    return make.cycle(slug="tour", programme=make.programme())


@pytest.fixture
def stops(cycle: Cycle) -> list[Session]:
    """Three stops that were held."""
    return [
        make.session(cycle=cycle, slug=f"escale-{n:02d}", number=n, starts_at=make.paris(2026, 9 + n, 15))
        for n in (1, 2, 3)
    ]


@pytest.fixture
def reader(client: Client, cycle: Cycle) -> Client:
    client.force_login(make.membership(programme=cycle.programme, role=Membership.Role.READER).user)
    AuditEntry.objects.all().delete()
    return client


def person(
    cycle: Cycle, stops: list[Session], came: tuple[int, ...] = (), **fields: Any
) -> CycleRegistration:
    """Somebody registered for all the stops, who came to those numbered."""
    row = make.cycle_registration(cycle=cycle, participant=make.participant(), **fields)
    for number, stop in enumerate(stops, start=1):
        seat = make.registration(session=stop, participant=row.participant, cycle_registration=row)
        if came:
            make.attendance(registration=seat, state="present" if number in came else "absent")
    return row


def test_registrations_by_day_in_the_zone_of_the_cycle(cycle: Cycle) -> None:
    for day, hour in ((1, 12), (1, 23), (3, 9)):
        # 23:30 UTC is the next day in Paris.
        person(cycle, [], requested_at=dt.datetime(2026, 10, day, hour, 30, tzinfo=dt.UTC))
    person(cycle, [], state="pending", confirmed_at=None)
    days = report.cycle_report(cycle, at=AT).days
    assert [(bar.day.day, bar.count, bar.total) for bar in days.bars] == [(1, 1, 1), (2, 1, 2), (3, 1, 3)]
    assert not days.is_weekly


def test_days_are_those_of_the_cycle_not_of_the_site() -> None:
    cycle = make.cycle(timezone="Indian/Reunion")
    stop = make.session(cycle=cycle)
    # Still the 10th in Paris, the 11th on La Réunion.
    late = dt.datetime(2026, 11, 10, 22, 30, tzinfo=dt.UTC)
    row = person(cycle, [], requested_at=late)
    make.registration(
        session=stop, participant=row.participant, cycle_registration=row, queued_at=late, confirmed_at=late
    )
    for found in (report.cycle_report(cycle, at=AT), report.session_report(stop, at=AT)):
        assert [(bar.day, bar.count) for bar in found.days.bars] == [(dt.date(2026, 11, 11), 1)]


def test_a_long_time_is_told_by_the_week(cycle: Cycle) -> None:
    for day in (dt.date(2026, 9, 2), dt.date(2026, 9, 6), dt.date(2026, 12, 31)):
        person(cycle, [], requested_at=dt.datetime.combine(day, dt.time(9), dt.UTC))
    days = report.cycle_report(cycle, at=AT).days
    assert (days.is_weekly, len(days.bars)) == (True, 18)
    assert [(bar.day, bar.count) for bar in days.bars if bar.count] == [
        (dt.date(2026, 8, 31), 2),
        (dt.date(2026, 12, 28), 1),
    ]


def test_where_people_came_from(cycle: Cycle) -> None:
    SourceCode.objects.create(cycle=cycle, code="phare", label="Le Phare")
    for source, code in (("form", "phare"), ("form", "phare"), ("form", ""), ("import", ""), ("form", "old")):
        person(cycle, [], source=source, source_code=code)
    with translation.override("en"):
        result = report.cycle_report(cycle, at=AT).sources
    assert [(str(each.label), each.count) for each in result] == [
        ("Le Phare (phare)", 2),
        ("form", 1),
        ("imported", 1),
        ("old", 1),
    ]


def test_who_came_back(cycle: Cycle, stops: list[Session]) -> None:
    for came in ((1, 2, 3), (1, 2), (1, 2), (1,), (1, 3), (3,)):
        person(cycle, stops, came)
    person(cycle, stops)
    with translation.override("en"):
        result = report.cycle_report(cycle, at=AT)
        sentences = result.sentences
    assert result.loyalty is not None
    assert result.loyalty.times == ((1, 2), (2, 3), (3, 1))
    assert [(back.share.part, back.share.whole) for back in result.loyalty.back] == [(3, 5), (1, 3)]
    with translation.override("en"):
        assert [str(back.share) for back in result.loyalty.back] == ["3 of 5 (60%)", "1 of 3"]
    assert sentences == [
        "7 people registered",
        "3 sessions held of 3",
        "present when registered: 11 of 21 (52%)",
        "came at least twice: 4 of 6 (67%)",
    ]


def test_who_came_without_a_place_is_told_apart(reader: Client, cycle: Cycle, stops: list[Session]) -> None:
    for _number in range(6):
        person(cycle, stops[:1], (1,))
    for state in ("waitlisted", "waitlisted", "cancelled", "cancelled"):
        times = {"cancelled_at": AT} if state == "cancelled" else {}
        seat = make.registration(session=stops[0], state=state, **times)
        make.attendance(registration=seat)
    results = ["present when registered: 6 of 6 (100%)", "4 people came without a place"]
    column = _first_column(cycle)
    assert column.presence == Presence(registered=6, came=10, without_place=4)
    assert [(bar.css, bar.y, bar.height) for bar in column.bars] == [("registered", 48, 72), ("came", 0, 120)]
    page = reader.get(PAGE)
    assert page.context["report"].sentences[3:5] == results
    assert '<th scope="col" class="num">Of them without a place</th>' in page.content.decode()
    one = reader.get("/en/desk/cycles/tour/sessions/escale-01/report/").context["report"]
    assert list(one.sentences[-2:]) == results
    pdf = PdfReader(io.BytesIO(reader.get("/en/desk/cycles/tour/report.pdf").content))
    assert "6 of 6 (100%)" in pdf.pages[0].extract_text()


def _first_column(cycle: Cycle) -> chart.Column:
    with translation.override("en"):
        result = chart.chart(cycle, at=AT)
    assert result
    return result.columns[0]


def test_erasing_who_came_leaves_the_share_as_it_was(cycle: Cycle, stops: list[Session]) -> None:
    for number in range(6):
        person(cycle, stops[:1], (1,) if number < 3 else (2,))
    for _number in range(4):
        make.attendance(registration=make.registration(session=stops[0], state="waitlisted"))
    before = _first_column(cycle)
    assert before.presence == Presence(registered=6, came=7, without_place=4)
    retention.run(at=AT + dt.timedelta(days=600))
    assert Attendance.objects.count() == 0
    assert _first_column(cycle) == before


def test_shares_are_rounded_and_written_as_each_language_does(cycle: Cycle, stops: list[Session]) -> None:
    for number in range(9):
        person(cycle, stops[:1], (1,) if number < 5 else (2,))
    results = []
    for language in ("en", "fr"):
        with translation.override(language):
            results += report.cycle_report(cycle, at=AT).sentences[2:3]
    assert results == [
        "present when registered: 5 of 9 (56%)",
        "présentes parmi les personnes inscrites\u202f: 5 sur 9 (56\u00a0%)",
    ]


@pytest.mark.parametrize(
    ("hours", "english", "french"),
    [
        ([-2], "1 session held of 1", "1 séance tenue sur 1"),
        ([2], "0 sessions held of 1", "0 séance tenue sur 1"),
        ([-2, 2, 50], "1 session held of 3", "1 séance tenue sur 3"),
        ([-2, -50, 2], "2 sessions held of 3", "2 séances tenues sur 3"),
    ],
)
def test_sessions_held_agree_with_their_number(
    cycle: Cycle, hours: list[int], english: str, french: str
) -> None:
    for number, away in enumerate(hours, start=1):
        make.session(cycle=cycle, number=number, starts_at=AT + dt.timedelta(hours=away))
    result = report.cycle_report(cycle, at=AT)
    results = []
    for language in ("en", "fr"):
        with translation.override(language):
            results.append(result.sentences[1])
    assert results == [english, french]


def test_no_share_is_told_of_fewer_than_five(reader: Client, cycle: Cycle, stops: list[Session]) -> None:
    for _number in range(4):
        person(cycle, stops[:1], (1,))
    for address in (PAGE, "/en/desk/cycles/tour/sessions/escale-01/report/"):
        text = reader.get(address).content.decode()
        assert "4 of 4" in text
        assert "%" not in text


def test_a_session_has_its_own_report(reader: Client, cycle: Cycle, stops: list[Session]) -> None:
    for _number in range(5):
        person(cycle, stops[:1], (1,))
    make.registration(session=stops[0], state="waitlisted", confirmed_at=None)
    make.registration(session=stops[0], state="cancelled", cancelled_at=AT)
    result = reader.get("/en/desk/cycles/tour/sessions/escale-01/report/").context["report"]
    assert result.sentences == (
        "5 people registered",
        "1 waiting",
        "1 gave the place back",
        "present when registered: 5 of 5 (100%)",
    )
    assert [(str(each.label), each.count) for each in result.sources] == [("form", 7)]


def test_an_empty_cycle_has_a_report(reader: Client) -> None:
    response = reader.get(PAGE)
    assert response.context["report"].sentences == ["0 people registered", "0 sessions held of 0"]
    assert "Nobody has registered yet." in response.content.decode()
    assert reader.get("/en/desk/cycles/tour/report.pdf").content.startswith(b"%PDF-")


@pytest.mark.parametrize("count", [1, 3, 40])
def test_the_reports_count_their_queries(
    reader: Client, cycle: Cycle, stops: list[Session], django_assert_num_queries: Any, count: int
) -> None:
    for _number in range(count):
        person(cycle, stops, (1, 2))
    with django_assert_num_queries(16):
        reader.get(PAGE)
    with django_assert_num_queries(11):
        reader.get("/en/desk/cycles/tour/sessions/escale-01/report/")


def test_the_table_of_the_report_can_be_taken_away(
    reader: Client, cycle: Cycle, stops: list[Session]
) -> None:
    for _number in range(5):
        person(cycle, stops[:1], (1,))
    response: Any = reader.get("/en/desk/cycles/tour/report.csv")
    rows = list(
        csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";")
    )
    assert rows[:2] == [
        ["Session", "Date", "Registered", "Came", "Of them without a place", "Share", "State"],
        ["Stop 1", "Thu 15 Oct 2026", "5", "5", "0", "100%", ""],
    ]
    assert reader.get("/en/desk/cycles/tour/report.xlsx").status_code == 200
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "detail")) == [
        ("report.export", "csv"),
        ("report.export", "xlsx"),
    ]


# one page for those who fund it


def test_the_funders_page_is_tagged_titled_and_in_its_language(
    reader: Client, cycle: Cycle, stops: list[Session]
) -> None:
    for _number in range(5):
        person(cycle, stops[:1], (1,))
    assert cycle.programme is not None
    Partnership.objects.create(
        programme=cycle.programme,
        organisation=make.organisation(name="Le Phare"),
        role="funder_or_partner",
        order=1,
    )
    for language, words, partners in (
        ("fr", "Résultats", "Partenaires"),
        ("en", "Results", "Partners"),
    ):
        response = reader.get(f"/{language}/desk/cycles/tour/report.pdf")
        assert response.headers["Content-Type"] == "application/pdf"
        pdf = PdfReader(io.BytesIO(response.content))
        root: Any = pdf.trailer["/Root"]
        assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, language)
        assert "/StructTreeRoot" in root
        assert pdf.metadata is not None
        assert pdf.metadata.title in ("Le tour en 12 étapes", "The tour in 12 stages")
        text = pdf.pages[0].extract_text()
        assert len(pdf.pages) == 1
        assert words in text
        assert partners in text
        assert "Le Phare" in text


def test_nothing_that_was_written_is_read_as_markup(cycle: Cycle, stops: list[Session]) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(title={"en": HOSTILE, "fr": HOSTILE})
    Session.objects.filter(pk=stops[0].pk).update(title={"en": f"A {HOSTILE}", "fr": f"A {HOSTILE}"})
    person(cycle, stops)
    cycle.refresh_from_db()
    with translation.override("en"):
        content = funder_report.pdf(report.cycle_report(cycle, at=AT), at=AT)
    text = " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    assert text.count('#eval("1") *x* _y_ $z$') == 2


@pytest.mark.parametrize("count", [12, 60])
def test_it_stays_one_page_however_much_there_is(cycle: Cycle, count: int) -> None:
    assert cycle.programme is not None
    for number in range(count):
        stop = make.session(
            cycle=cycle,
            number=number + 1,
            starts_at=make.paris(2026, 1, 7) + dt.timedelta(days=5 * number),
            title={"fr": f"{number} " + "Un titre d’une longueur considérable " * 8},
        )
        person(cycle, [stop])
        Partnership.objects.create(
            programme=cycle.programme,
            organisation=make.organisation(name=f"Une organisation au nom très long, numéro {number}"),
            order=number + 1,
        )
        Objective.objects.create(programme=cycle.programme, order=number + 1, text="Objectif")
    with translation.override("en"):
        content = funder_report.pdf(report.cycle_report(cycle, at=AT), at=AT)
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 1
    assert ("And " in pages[0].extract_text()) == (count > 30)


TITLES = (Path(__file__).parent / "files" / "30-titles.txt").read_text(encoding="utf-8").splitlines()
HARD = (
    "\U000f0000\ufffd", "\u202eabc\u2066", "e\u0301\u0323 a\u030a", "👩\u200d👩\u200d👧 1\ufe0f\u20e3 ❤\ufe0f",
    "ᚠᛇᚻ 𓀀 𒀀", "\u2028x\u200by", "\ufeff",
)  # fmt: skip


@pytest.mark.parametrize("title", [*TITLES, *HARD])
def test_any_title_gives_a_report(reader: Client, cycle: Cycle, title: str) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(title={"fr": title, "en": title})
    make.session(
        cycle=cycle,
        slug="escale-01",
        number=1,
        starts_at=make.paris(2026, 10, 15),
        title={"fr": title, "en": title},
    )
    response = reader.get("/en/desk/cycles/tour/report.pdf")
    assert (response.status_code, response.content[:5]) == (200, b"%PDF-")
    pdf = PdfReader(io.BytesIO(response.content))
    assert pdf.metadata is not None
    assert pdf.metadata.title


@pytest.mark.parametrize("title", ["Rencontre 🎈 d’été", "Rencontre 变易 d’été 🇫🇷"])
def test_a_sign_that_no_font_has_is_left_out_and_the_page_says_so(
    reader: Client, cycle: Cycle, title: str
) -> None:
    Cycle.objects.filter(pk=cycle.pk).update(title={"en": title})
    content = reader.get("/en/desk/cycles/tour/report.pdf").content
    text = " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    is_shown = title in text
    assert ("Rencontre d’été" in text, "Some signs are left out" in text) == (not is_shown, not is_shown)


SOURCE = b"""#let data = json(bytes(sys.inputs.data))
#set document(title: "t")
#set text(lang: "fr")
#data.text #data.missing
"""


@given(st.text(st.characters(codec="utf-8"), max_size=12))
@settings(max_examples=15, deadline=None)
def test_any_text_is_set(text: str) -> None:
    sheet = typesetting.Sheet(SOURCE, {"text": text}, note="left out")
    assert sheet.pdf(at=AT).startswith(b"%PDF-")
