"""J5: Claire plans a cycle from its rhythm: thirteen dates, one moved, one left out, twelve sessions.

The journey of the source, shifted by six years; step 7 (the importer) is tested with the importer.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry
from accounts.sign_in import login_links
from cycles.content import editing
from cycles.models import Cycle, Membership
from cycles.site.page_cache.snapshots import store
from desk.planner import proposal as proposals
from notifications.models import ReminderStep
from notifications.plan import defaults
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 14, 8, 0, tzinfo=dt.UTC)
RHYTHM = {
    "frequency": "monthly_weekday",
    "nth": "3",
    "weekday": "3",
    "month_day": "",
    "interval": "1",
    "first_date": "2026-10-01",
    "last_date": "2027-10-31",
    "local_start": "13:00",
    "minutes": "90",
    "timezone": "Europe/Paris",
    "planned_count": "12",
}
PLAN = "/fr/desk/cycles/voyage/plan/"
CREATE = f"{PLAN}create/"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cycle() -> Cycle:
    """A cycle that has a name and nothing else yet."""
    return make.cycle(
        slug="voyage",
        programme=make.programme(),
        status=Cycle.Status.DRAFT,
        title={"fr": "Le voyage en 12 escales"},
        frequency="",
        first_date=None,
        last_date=None,
        planned_count=None,
    )


@pytest.fixture
def claire(client: Client, cycle: Cycle) -> Client:
    user = make.membership(programme=cycle.programme, role=Membership.Role.OWNER).user
    client.post(login_links.make(user).removeprefix("http://testserver"))
    return client


def choices(page: Any, **changed: dict[str, str]) -> dict[str, Any]:
    """Return what the browser would send from the plan page, with some dates changed (by `d20261015`)."""
    form: dict[str, Any] = dict(RHYTHM)
    rows = page.context["proposal"].rows
    form["date"] = [row.date.isoformat() for row in rows]
    form["left_out"] = [row.date.isoformat() for row in rows if row.was_left_out]
    for row in rows:
        choice = {"choice": "keep", "to": "", "reason_fr": "", "reason_en": ""}
        # A browser sends what stands in the fields, the reason of a date left out among it.
        choice |= {name: text for name, text in row.form.initial.items() if name.startswith("reason")}
        choice |= changed.get(f"d{row.date:%Y%m%d}", {})
        form |= {f"{row.form.prefix}-{name}": value for name, value in choice.items()}
    return form


def test_a_year_is_planned_in_one_go(claire: Client, cycle: Cycle) -> None:
    # A cycle without a rhythm is offered the one that most begin with.
    model = claire.get(PLAN).context
    assert (model["is_model"], model["proposal"].count, model["proposal"].count_note) == (True, 12, "")

    page = claire.get(PLAN, RHYTHM)
    proposal = page.context["proposal"]
    assert proposal.in_words == "chaque 3e jeudi du mois, 13\u202fh\u202f00 – 14\u202fh\u202f30"
    assert proposal.count_note == "13 dates pour 12 prévues"
    assert [row.when.offset for row in proposal.rows[:2]] == ["UTC+02:00", "UTC+01:00"]
    cycle.refresh_from_db()
    assert (cycle.frequency, cycle.sessions.count()) == ("", 0)  # looking changed nothing

    response = claire.post(
        CREATE,
        choices(
            page,
            d20261015={"choice": "move", "to": "2026-10-22", "reason_fr": "Jour du lancement"},
            d20270819={"choice": "skip", "reason_fr": "Pause d'été", "reason_en": "Summer break"},
        ),
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/fr/desk/cycles/voyage/")
    cycle.refresh_from_db()
    assert (cycle.frequency, cycle.nth, cycle.weekday, cycle.planned_count) == ("monthly_weekday", 3, 3, 12)
    sessions = list(cycle.sessions.in_order())
    assert [(s.number, s.slug) for s in sessions] == [(n, f"escale-{n:02d}") for n in range(1, 13)]
    assert (sessions[0].planned_date, sessions[0].starts_at, sessions[0].revision) == (
        dt.date(2026, 10, 15),
        make.paris(2026, 10, 22),
        0,
    )
    assert {s.status for s in sessions} == {"tentative"}
    assert [(e.planned_date, e.kind, e.reason.localize("fr")) for e in cycle.exceptions.all()] == [
        (dt.date(2026, 10, 15), "moved", "Jour du lancement"),
        (dt.date(2027, 8, 19), "skipped", "Pause d'été"),
    ]

    # A draft is seen by nobody; published, page and feed show the twelve.
    assert claire.get("/fr/cycles/voyage/").status_code == 404
    cycle.status = Cycle.Status.PUBLISHED
    cycle.save(update_fields=["status"])
    store.recheck()  # a test's transaction never commits, so nothing says that the page changed
    assert claire.get("/fr/cycles/voyage/").content.decode().count('class="date"') == 12
    assert claire.get("/fr/cycles/voyage.ics").content.count(b"BEGIN:VEVENT") == 12

    # Asked again, the rhythm has nothing left to give: twelve sessions stand there, and the date left out.
    again = claire.get(PLAN, RHYTHM).context["proposal"]
    assert [(row.date, row.choice, row.is_open) for row in again.rows] == [
        (dt.date(2027, 8, 19), "skip", False)
    ]
    assert (again.count, again.total, again.count_note) == (0, 12, "")
    assert [entry.date.month for entry in again.line] == [10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert (again.line[0].label, again.line[0].planned) == ("jeudi 22 octobre 2026", "jeudi 15 octobre 2026")


def test_a_date_left_out_is_taken_up_again(claire: Client, cycle: Cycle) -> None:
    summer = {"choice": "skip", "reason_fr": "Pause d'été", "reason_en": ""}
    claire.post(CREATE, choices(claire.get(PLAN, RHYTHM), d20270819=summer))
    acts = AuditEntry.objects.count()

    # Saved again as it is, nothing happens; another reason is kept.
    page = claire.get(PLAN)
    assert claire.post(CREATE, choices(page, d20270819=summer)).status_code == 302
    assert AuditEntry.objects.count() == acts + 1  # "saved a plan"
    claire.post(CREATE, choices(page, d20270819=summer | {"reason_en": "Summer"}))
    assert cycle.exceptions.get().reason.localize("en") == "Summer"

    # Added beside the rhythm it would stand there twice.
    adding = choices(page, d20270819=summer) | {"additions": ["n1"], "additions-n1-date": "2027-08-19"}
    refused = claire.post(CREATE, adding)
    assert (refused.status_code, list(refused.context["form"].non_field_errors())) == (
        422,
        [
            (
                "jeudi 19 août 2027 est une date du rythme qui a été laissée de côté\u202f: "
                "reprenez-la au lieu de l’ajouter."
            )
        ],
    )

    taken_up = claire.post(CREATE, choices(page), follow=True)
    assert [str(m) for m in taken_up.context["messages"]] == ["1 séance a été créée."]
    assert (cycle.exceptions.count(), cycle.sessions.count()) == (0, 13)
    assert cycle.sessions.get(planned_date=dt.date(2027, 8, 19)).number == 13


def test_two_organisers_decide_about_a_date_left_out(claire: Client, cycle: Cycle) -> None:
    """Who saw a date as left out does not create it again over someone who did, and the other way round."""
    summer = {"choice": "skip", "reason_fr": "Pause d'été"}
    before = choices(claire.get(PLAN, RHYTHM))
    claire.post(CREATE, choices(claire.get(PLAN, RHYTHM), d20270819=summer))
    response = claire.post(CREATE, before)
    assert response.status_code == 422
    assert list(response.context["form"].non_field_errors()) == [
        "Le plan a changé depuis que vous l’avez regardé\u202f: vérifiez les dates à nouveau."
    ]
    assert (cycle.sessions.count(), cycle.exceptions.count()) == (12, 1)


def test_holidays_are_told_and_not_refused(claire: Client) -> None:
    page = claire.get(PLAN, {**RHYTHM, "first_date": "2020-05-01", "last_date": "2020-05-31"})
    (row,) = page.context["proposal"].rows
    assert row.date == dt.date(2020, 5, 21)
    assert row.when.is_past
    assert row.when.notes[0] == "Jour férié\u202f: Ascension"


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({"nth": "5", "last_date": "2027-01-31"}, [(10, 29), (12, 31)]),
        ({"nth": "-1", "last_date": "2026-12-31"}, [(10, 29), (11, 26), (12, 31)]),
        (
            {"frequency": "monthly_day", "month_day": "31", "last_date": "2027-01-31"},
            [(10, 31), (12, 31), (1, 31)],
        ),
        ({"frequency": "weekly", "interval": "2", "last_date": "2026-10-31"}, [(10, 1), (10, 15), (10, 29)]),
    ],
)
def test_other_rhythms(claire: Client, fields: dict[str, str], days: list[tuple[int, int]]) -> None:
    rows = claire.get(PLAN, {**RHYTHM, **fields}).context["proposal"].rows
    assert [(row.date.month, row.date.day) for row in rows] == days


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"last_date": "2026-09-30"},
            "last_date",
            "La période finit avant de commencer\u202f: échangez les deux dates.",
        ),
        ({"first_date": "0001-01-01"}, "first_date", "Ce jour est trop loin\u202f: vérifiez l’année."),
        ({"last_date": "9999-12-31"}, "last_date", "Ce jour est trop loin\u202f: vérifiez l’année."),
        ({"minutes": "0"}, "minutes", "Une séance dure au moins une minute."),
        ({"minutes": "1560"}, "minutes", "Une séance dure 24\xa0heures au plus\u202f: 1440 minutes."),
        ({"nth": ""}, "nth", "Ce rythme en a besoin."),
        (
            {"minutes": ""},
            "minutes",
            "Donnez l’heure et la durée, ou ni l’une ni l’autre pour des journées entières.",
        ),
        (
            {"frequency": "daily", "last_date": "2062-01-01"},
            "last_date",
            "Ce rythme donne plus de 1000 dates\u202f: raccourcissez la période.",
        ),
    ],
)
def test_a_wrong_rhythm_names_its_field(
    claire: Client, cycle: Cycle, fields: dict[str, str], field: str, message: str
) -> None:
    for response in (claire.get(PLAN, {**RHYTHM, **fields}), claire.post(CREATE, {**RHYTHM, **fields})):
        assert response.status_code == 422
        assert {name: list(e) for name, e in response.context["form"].errors.items()} == {field: [message]}
    assert cycle.sessions.count() == 0


def test_an_unknown_zone_is_refused(claire: Client) -> None:
    response = claire.get(PLAN, {**RHYTHM, "timezone": "Europe/Atlantis"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["timezone"])


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"choice": "skip"}, "reason_fr"),
        ({"choice": "move"}, "to"),
        ({"choice": "move", "to": "demain"}, "to"),
        ({"choice": "dance"}, "choice"),
    ],
)
def test_a_wrong_choice_creates_nothing_and_shows_where(
    claire: Client, cycle: Cycle, choice: dict[str, str], field: str
) -> None:
    page = claire.get(PLAN, RHYTHM)
    response = claire.post(CREATE, choices(page, d20261119=choice))
    assert response.status_code == 422
    rows = {row.date: row for row in response.context["proposal"].rows}
    assert list(rows[dt.date(2026, 11, 19)].form.errors) == [field]
    assert [row.date for row in rows.values() if row.form.errors] == [dt.date(2026, 11, 19)]
    cycle.refresh_from_db()
    assert (cycle.sessions.count(), cycle.exceptions.count(), cycle.frequency) == (0, 0, "")


def test_a_date_moved_into_the_past_undoes_everything(claire: Client, cycle: Cycle) -> None:
    page = claire.get(PLAN, RHYTHM)
    response = claire.post(CREATE, choices(page, d20261015={"choice": "move", "to": "2026-09-01"}))
    assert response.status_code == 422
    assert list(response.context["form"].non_field_errors()) == [
        "Ce moment est passé\u202f: choisissez-en un à venir."
    ]
    cycle.refresh_from_db()
    assert (cycle.sessions.count(), cycle.exceptions.count(), cycle.frequency) == (0, 0, "")


def test_two_organisers_plan_at_once(claire: Client, cycle: Cycle) -> None:
    page = claire.get(PLAN, RHYTHM)
    form = choices(page)
    assert claire.post(CREATE, form).status_code == 302
    response = claire.post(CREATE, form)
    assert response.status_code == 422
    assert list(response.context["form"].non_field_errors()) == [
        "Le plan a changé depuis que vous l’avez regardé\u202f: vérifiez les dates à nouveau."
    ]
    assert cycle.sessions.count() == 13


@pytest.mark.parametrize("months", [1, 13])
def test_looking_counts_its_queries(claire: Client, django_assert_num_queries: Any, months: int) -> None:
    last = dt.date(2026, 10, 31) if months == 1 else dt.date(2027, 10, 31)
    with django_assert_num_queries(9):
        page = claire.get(PLAN, {**RHYTHM, "last_date": last.isoformat()})
    assert len(page.context["proposal"].rows) == months


def test_what_becomes_of_each_date_is_looked_at_before_it_is_saved(claire: Client, cycle: Cycle) -> None:
    make.session(
        cycle=make.cycle(programme=cycle.programme), number=4, starts_at=make.paris(2026, 12, 17, 14)
    )
    make.session(starts_at=make.paris(2026, 12, 17))  # of another programme, which Claire does not see
    page = claire.get(PLAN, RHYTHM)
    form = choices(
        page,
        d20261015={"choice": "move", "to": "2026-12-25"},
        d20270819={"choice": "skip", "reason_fr": "Été"},
    )
    form |= {"additions": ["n1"], "additions-n1-date": "2026-12-31"}
    shown = claire.post(PLAN, form)
    assert shown.status_code == 200
    proposal = shown.context["proposal"]
    assert (proposal.count, proposal.count_note) == (13, "13 dates pour 12 prévues")
    rows = {row.date: row for row in proposal.rows}
    assert rows[dt.date(2026, 10, 15)].moved.label == "vendredi 25 décembre 2026"
    assert rows[dt.date(2026, 10, 15)].moved.notes[:2] == (
        "4e vendredi\u202f: ce n’est pas une date du rythme",
        "Jour férié\u202f: Noël",
    )
    assert rows[dt.date(2026, 12, 17)].when.notes == ("En même temps\u202f: Escale 4 (Le tour en 12 étapes)",)
    assert [when.label for when in proposal.added] == ["jeudi 31 décembre 2026"]
    assert cycle.sessions.count() == 0

    assert claire.post(CREATE, form).status_code == 302
    sessions = list(cycle.sessions.in_order())
    assert [s.number for s in sessions] == list(range(1, 14))
    (added,) = [s for s in sessions if s.planned_date is None]
    assert (added.number, added.starts_at, added.status) == (4, make.paris(2026, 12, 31), "tentative")
    assert [e.kind for e in cycle.exceptions.order_by("planned_date")] == ["moved", "added", "skipped"]


def test_another_day_without_the_choice_is_not_forgotten(claire: Client, cycle: Cycle) -> None:
    response = claire.post(CREATE, choices(claire.get(PLAN, RHYTHM), d20261015={"to": "2026-10-22"}))
    assert (response.status_code, cycle.sessions.count()) == (422, 0)
    row = response.context["proposal"].rows[0]
    assert (row.is_open, list(row.form.errors["choice"])) == (
        True,
        ["Dites ce que devient cette date, ou videz ce que vous avez écrit ci-dessous."],
    )


def test_decisions_survive_a_wrong_rhythm(claire: Client) -> None:
    form = choices(claire.get(PLAN, RHYTHM), d20270819={"choice": "skip", "reason_fr": "Été"})
    wrong = claire.post(PLAN, form | {"minutes": "0"})
    assert (wrong.status_code, wrong.context["proposal"]) == (422, None)
    kept: dict[str, list[str]] = {}
    for name, value in wrong.context["kept"]:
        kept.setdefault(name, []).append(value)
    assert kept == {
        name: value if isinstance(value, list) else [value]
        for name, value in form.items()
        if name not in RHYTHM and value != []
    }
    right = claire.post(PLAN, RHYTHM | kept)
    assert [row.date for row in right.context["proposal"].rows if row.choice == "skip"] == [
        dt.date(2027, 8, 19)
    ]


def test_a_page_that_follows_is_told_of_a_wrong_rhythm_quietly(claire: Client) -> None:
    form = choices(claire.get(PLAN, RHYTHM)) | {"minutes": "0"}
    response = claire.post(PLAN, form, headers={"hx-request": "true"})
    assert (response.status_code, response.headers["HX-Reswap"]) == (200, "none")
    text = response.content.decode()
    assert "Une séance dure au moins une minute." in text
    assert "autofocus" not in text


def test_an_empty_added_row_is_not_wrong(claire: Client) -> None:
    form = choices(claire.get(PLAN, RHYTHM)) | {"do": "add:additions"}
    assert "Ce champ est obligatoire." not in claire.post(PLAN, form).content.decode()


def test_a_year_of_days_is_planned_in_one_form(claire: Client, cycle: Cycle) -> None:
    """Browsers send five fields a date: a limit of Django's on their number would refuse the form bare."""
    daily = RHYTHM | {"frequency": "daily", "last_date": "2027-09-30", "local_start": "", "minutes": ""}
    form = choices(claire.get(PLAN, daily)) | daily
    assert claire.post(CREATE, form).status_code == 302
    assert cycle.sessions.count() == 365


def test_a_row_is_added_without_javascript(claire: Client, cycle: Cycle) -> None:
    page = claire.get(PLAN, RHYTHM)
    response = claire.post(PLAN, choices(page) | {"do": "add:additions"})
    assert [row.key for row in response.context["proposal"].additions.rows] == ["n1"]
    assert 'id="additions-n1" tabindex="-1" autofocus' in response.content.decode()
    assert cycle.sessions.count() == 0


def test_months_without_a_fifth_thursday_are_listed(claire: Client) -> None:
    proposal = claire.get(PLAN, {**RHYTHM, "nth": "5", "last_date": "2027-01-31"}).context["proposal"]
    assert proposal.without == ("novembre 2026", "janvier 2027")


def test_the_next_season_has_its_own_dates(claire: Client, cycle: Cycle) -> None:
    season = "/fr/desk/cycles/voyage/next-season/"
    refused = claire.post(season, follow=True)
    assert [str(m) for m in refused.context["messages"]] == [
        "Ce cycle n’a pas de rythme à répéter\u202f: planifiez d’abord ses dates."
    ]
    claire.post(CREATE, choices(claire.get(PLAN, RHYTHM)))
    defaults.default_steps(cycle)
    ReminderStep.objects.filter(cycle=cycle, code="j-7").update(is_enabled=False)
    response = claire.post(season, follow=True)
    copy = Cycle.objects.get(follows=cycle)
    assert response.redirect_chain == [(f"/fr/desk/cycles/{copy.slug}/plan/", 302)]
    cycle.refresh_from_db()
    assert (copy.slug, copy.status, copy.sessions.count()) == ("voyage-2", "draft", 0)
    assert str(copy.title) == f"{cycle.title} 2027–2028"
    assert (copy.first_date, copy.last_date) == (dt.date(2027, 10, 1), dt.date(2028, 10, 31))
    dates = [row.date for row in response.context["proposal"].rows]
    assert dates[0] == dt.date(2027, 10, 21)
    assert {date.weekday() for date in dates} == {3}
    steps = ReminderStep.objects.filter(cycle=copy).order_by("code").values_list("code", "is_enabled")
    assert list(steps) == list(
        ReminderStep.objects.filter(cycle=cycle).order_by("code").values_list("code", "is_enabled")
    )
    again = claire.post(season, follow=True)
    assert [str(m) for m in again.context["messages"]] == ["La saison suivante de ce cycle existe déjà."]


@pytest.mark.parametrize(
    ("slug", "expected"),
    [("tour-2026-2027", "tour-2027-2028"), ("tour", "tour-2"), ("odd17-20260", "odd17-20260-2")],
)
def test_a_season_is_named_after_its_years(slug: str, expected: str) -> None:
    assert editing.duplicate(make.cycle(slug=slug), by=None, at=NOW).slug == expected


def test_a_season_of_a_leap_day_ends_with_its_february() -> None:
    cycle = make.cycle(first_date=dt.date(2028, 2, 29), last_date=dt.date(2029, 2, 28))
    copy = editing.duplicate(cycle, by=None, at=NOW)
    assert (copy.first_date, copy.last_date) == (dt.date(2029, 2, 28), dt.date(2030, 2, 28))


def test_the_plan_page_has_its_address(cycle: Cycle) -> None:
    assert reverse("desk:cycle-plan", args=[cycle.slug]) == PLAN


@pytest.mark.parametrize(
    ("planned", "count", "said"),
    [(1, 2, "2 dates pour 1 prévue"), (2, 1, "1 date pour 2 prévues"), (2, 2, ""), (None, 2, "")],
)
def test_dates_and_what_was_planned_agree_with_their_numbers(
    planned: int | None, count: int, said: str
) -> None:
    with translation.override("fr"):
        assert proposals.count_note(planned, count) == said
