"""The pages of training in a browser: sound in every width and theme, light, and a run is opened without a mouse."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cycles.models import Cycle
from tests import make

from .checks import all_complaints, report

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from pytest_django.live_server_helper import LiveServer

    from .conftest import Visits

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
KILOBYTE = 1024
MOST_REQUESTS = 4
PAGES = {
    "modules/": 30,
    "modules/lire/": 30,
    "modules/mooc/": 30,
    "modules/lire/subscribe/": 25,
    "programmes/vaubrette/": 30,
    "cycles/ouverte/": 30,
    "cycles/complete/": 30,
    "cycles/ailleurs/": 30,
    "cycles/ouverte/demi-journee-01/": 35,
    "register/ouverte/": 20,
}
# Where to keep what the pages look like, for whoever wants to look.
SCREENS = os.environ.get("ESCALE_SCREENS", "")


@pytest.fixture
def training(site: LiveServer) -> LiveServer:
    programme = make.programme(slug="vaubrette", contact_email="equipe@example.org")
    module = make.module(
        slug="lire",
        programme=programme,
        summary={"fr": "Deux demi-journées pour apprendre à observer.", "en": "Two half-days to observe."},
        audience={"fr": "bénévoles et élus", "en": "volunteers and elected members"},
    )
    price = {"fr": "120 €", "en": "€120"}
    for slug, places, day in (("ouverte", 12, dt.date(2027, 1, 12)), ("complete", 1, dt.date(2026, 12, 8))):
        run = make.run(slug=slug, module=module, capacity=places, price=price)
        make.half_days(run, day=day, access={"fr": "Métro 4", "en": "Metro 4"})
        make.cycle_registration(cycle=run)
    module.workshops.create(
        slug="atelier", title={"fr": "Atelier carnet"}, date_from=dt.date(2027, 2, 2), date_precision="day"
    )
    mooc = make.module(
        slug="mooc",
        title={"fr": "En ligne", "en": "Online"},
        kind="mooc",
        is_external=True,
        url="https://mooc.example.org/",
        programme=programme,
    )
    make.run(
        slug="ailleurs",
        module=mooc,
        is_external=True,
        external_url=mooc.url,
        first_date=dt.date(2026, 12, 1),
        last_date=dt.date(2027, 1, 31),
    )
    return site


@pytest.mark.usefixtures("training")
def test_pages_of_training_are_sound_and_light(visit: Visits) -> None:
    result: dict[str, object] = {}
    for code in ("fr", "en"):
        for path, most in PAGES.items():
            seen = visit(f"/{code}/{path}")
            wrong = all_complaints(seen) if seen.status == 200 else [f"answers {seen.status}"]
            if code == "fr" and seen.weight() > most * KILOBYTE:
                wrong.append(f"weighs {seen.weight()}")
            # The form has a script more, which offers the time zone of the device.
            if len(seen.requested) > MOST_REQUESTS + path.startswith("register/"):
                wrong.append(f"asks {len(seen.requested)} times")
            if wrong:
                result[f"{code}/{path}"] = wrong
            if SCREENS and code == "fr":
                for scheme in ("light", "dark"):
                    for width in (390, 1280):
                        seen.page.emulate_media(color_scheme=scheme)
                        seen.page.set_viewport_size({"width": width, "height": 900})
                        name = f"{path.strip('/').replace('/', '_')}_{scheme}_{width}.png"
                        seen.page.screenshot(path=str(Path(SCREENS) / name), full_page=True)
            seen.context.close()
    assert not result, report(result)


@pytest.mark.usefixtures("training")
def test_a_run_is_opened_by_keyboard_alone(visit: Visits, signed_in: BrowserContext) -> None:
    seen = visit("/fr/desk/modules/lire/runs/new/", context=signed_in)
    assert all_complaints(seen) == []
    page = seen.page
    for name, typed in (
        ("day-0-date", "2027-03-02"),
        ("day-0-starts", "09:00"),
        ("day-0-ends", "12:30"),
        ("day-0-place_fr", "Maison des Rives"),
        ("capacity", "0"),
    ):
        page.fill(f"[name={name}]", typed)
    page.press("[name=capacity]", "Enter")
    # Wrong: the summary has the focus, and everything typed is there.
    page.wait_for_selector("#errors:focus")
    assert page.input_value("[name=day-0-place_fr]") == "Maison des Rives"
    page.fill("[name=capacity]", "12")
    page.press("[name=capacity]", "Enter")
    page.wait_for_url("**/desk/cycles/lire-3/")
    run = Cycle.objects.get(slug="lire-3")
    assert (run.capacity, run.sessions.count(), run.status) == (12, 1, "draft")
