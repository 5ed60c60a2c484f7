#!/usr/bin/env python3
"""Take the pictures of docs/screens: the invented programme, in French, light and dark, wide and narrow.

    screens.py [NAME…]     all pictures, or those named

Runs a site of its own in a temporary folder, on loopback. Only invented people and organisations are on the pictures.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screens"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CYCLE, RUN = "onze-ponts", "demo-lire-sa-riviere-1"
LIST = """E-mail;Prénom;Nom;Organisation
lucie.exemple@example.org;Lucie;Fontaine;Les Amis du canal
rachid.exemple@example.org;Rachid;Benali;
pas-une-adresse;Paul;Petit;
"""
WIDE, NARROW = 1280, 390
HEIGHTS = {WIDE: 900, NARROW: 844}


class Shot(NamedTuple):
    """One picture: its file, its page, how wide, in which theme, and whether an organiser looks."""

    name: str
    path: str
    width: int = WIDE
    theme: Literal["light", "dark"] = "light"
    signed_in: bool = False


SHOTS = (
    Shot("cycle", f"/fr/cycles/{CYCLE}/"),
    Shot("cycle-dark-narrow", f"/fr/cycles/{CYCLE}/", NARROW, "dark"),
    Shot("session", f"/fr/cycles/{CYCLE}/pont-06/"),
    Shot("session-dark", f"/fr/cycles/{CYCLE}/pont-06/", theme="dark"),
    Shot("register-narrow", f"/fr/register/{CYCLE}/", NARROW),
    Shot("subscribe", f"/fr/cycles/{CYCLE}/subscribe/"),
    Shot("join", "JOIN"),
    Shot("my-registrations", "MY"),
    Shot("my-registrations-dark-narrow", "MY", NARROW, "dark"),
    Shot("desk", "/fr/desk/", signed_in=True),
    Shot("desk-dark", "/fr/desk/", theme="dark", signed_in=True),
    Shot("desk-cycle", f"/fr/desk/cycles/{CYCLE}/", signed_in=True),
    Shot("desk-move", "MOVE", signed_in=True),
    Shot("desk-session", f"/fr/desk/cycles/{CYCLE}/sessions/pont-07/", signed_in=True),
    Shot("desk-reminders", f"/fr/desk/cycles/{CYCLE}/reminders/", signed_in=True),
    Shot("desk-registrants", f"/fr/desk/cycles/{CYCLE}/registrants/", signed_in=True),
    Shot(
        "desk-registrants-dark-narrow",
        f"/fr/desk/cycles/{CYCLE}/registrants/",
        NARROW,
        "dark",
        signed_in=True,
    ),
    Shot("desk-import", "IMPORT", signed_in=True),
    Shot("desk-group-message", "GROUP", signed_in=True),
    Shot("desk-mail-preview", f"/fr/desk/cycles/{CYCLE}/messages/reminder/preview/", signed_in=True),
    Shot("desk-report", f"/fr/desk/cycles/{CYCLE}/report/", signed_in=True),
    Shot("desk-report-dark-narrow", f"/fr/desk/cycles/{CYCLE}/report/", NARROW, "dark", signed_in=True),
    Shot("desk-search", "/fr/desk/search/?q=pont", signed_in=True),
    Shot("desk-cancel", f"/fr/desk/cycles/{CYCLE}/cancel/", signed_in=True),
    Shot("desk-registrant", "PERSON", signed_in=True),
    Shot("desk-attendance", f"/fr/desk/cycles/{CYCLE}/sessions/pont-05/attendance/", signed_in=True),
    Shot("desk-after", f"/fr/desk/cycles/{CYCLE}/sessions/pont-05/after/", signed_in=True),
    Shot("desk-text", f"/fr/desk/cycles/{CYCLE}/messages/reminder/", signed_in=True),
    Shot("desk-terms", f"/fr/desk/cycles/{CYCLE}/registration/", signed_in=True),
    Shot("desk-cycle-dark-narrow", f"/fr/desk/cycles/{CYCLE}/", NARROW, "dark", signed_in=True),
    Shot("desk-deliveries", f"/fr/desk/cycles/{CYCLE}/deliveries/", signed_in=True),
    Shot("desk-deliveries-narrow", f"/fr/desk/cycles/{CYCLE}/deliveries/", NARROW, signed_in=True),
    Shot("desk-speakers", f"/fr/desk/cycles/{CYCLE}/sessions/pont-06/speakers/", signed_in=True),
    Shot("speaker-narrow", "SPEAK", NARROW),
    Shot("speaker-dark", "SPEAK", theme="dark"),
    Shot("training-run", f"/fr/desk/cycles/{RUN}/training/", signed_in=True),
    Shot("sign-narrow", "SIGN", NARROW),
    Shot("sign-sheet-dark-narrow", "SHEET", NARROW, "dark"),
    Shot("sign-room", "ROOM"),
    Shot("verify-narrow", "VERIFY", NARROW),
    # Last: it begins the next season.
    Shot("desk-plan", "PLAN", signed_in=True),
)


def manage(*arguments: str) -> str:
    """Run a command of the site; return the last line that it prints."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return (done.stdout.strip().splitlines() or [""])[-1]


@contextlib.contextmanager
def site() -> Iterator[str]:
    """Serve the demonstration on a free loopback port; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="escale-screens-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "ESCALE_VAR": folder,
            "ESCALE_BASE_URL": f"http://127.0.0.1:{port}",
        }
        for command in (["migrate", "-v0"], ["createcachetable"], ["demo", "load"], ["send_due"]):
            manage(*command)
        gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--no-control-socket"]
        options = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4"]
        server = subprocess.Popen([*gunicorn, *options, "--log-level", "error"], cwd=ROOT)
        # Without it the desk's home says, rightly, that no mail leaves.
        worker = subprocess.Popen([sys.executable, "manage.py", "send_due", "--loop"], cwd=ROOT)
        try:
            for _attempt in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            for process in (server, worker):
                process.terminate()
                process.wait(timeout=30)


def my_page() -> str:
    """Return the path of one invented person's own page."""
    return manage(
        "shell",
        "-v0",
        "-c",
        "from registrations import links; from registrations.models import Participant; "
        "print(links.manage(Participant.objects.get(email_key='amina@asso-test.example.org'), language='fr'))",
    )


def join_page() -> str:
    """Return the path of one invented person's way into the next session."""
    return manage(
        "shell",
        "-v0",
        "-c",
        "from django.conf import settings; from django.utils import timezone; from registrations import links; "
        "from registrations.models import Registration; "
        "seat = Registration.objects.confirmed().filter(session__starts_at__gt=timezone.now())"
        ".order_by('session__starts_at', 'pk').first(); "
        "print(links.join(seat, language='fr').removeprefix(settings.ESCALE_BASE_URL))",
    )


# The first half-day of the run to come is held now; two of its trainees have signed.
HALF_DAY = """
import datetime as dt
from django.utils import timezone
from cycles.models import Session
from registrations.models import Registration
from training.signing import links, verbs
at = timezone.now().replace(second=0, microsecond=0)
session = Session.objects.filter(cycle__slug="lire-une-riviere-2").earliest("starts_at")
starts_at = at - dt.timedelta(minutes=5)
Session.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=3))
rows = list(Registration.objects.filter(session=session).select_related("participant").order_by("pk"))
for row in rows[1:3]:
    verbs.sign(row, means="link", language="fr", at=at)
sheet = links.teach(session, email="tariq@demo.example.org", language="fr")
print(links.sign(rows[0], language="fr"), sheet, sheet + "room/")
"""
SPEAKER = """
from speakers.models import Contact
from speakers.people import links
from django.urls import reverse
from django.utils import translation
translation.activate("fr")
print(reverse("speakers:page", args=[links.token(Contact.objects.get(email="contact-moulins@demo.example.org"))]))
"""
PAPER = """
from training.models import Document
print("/fr/verify/" + Document.objects.get(series="CR", number=1).grouped_code + "/")
"""


def paths_of_training() -> dict[str, str]:
    """Return the paths of somebody's signature, the sheet of its half-day, its room, a speaker's page, a paper."""
    base = os.environ["ESCALE_BASE_URL"]
    signing = manage("shell", "-v0", "-c", HALF_DAY).replace(base, "").split()
    return {
        **dict(zip(("SIGN", "SHEET", "ROOM"), signing, strict=True)),
        "SPEAK": manage("shell", "-v0", "-c", SPEAKER),
        "VERIFY": manage("shell", "-v0", "-c", PAPER),
    }


def fill_in(page: Page, what: str) -> None:
    """Bring a page of the desk to the state that its picture shows."""
    if what == "MOVE":
        page.goto(f"/fr/desk/cycles/{CYCLE}/sessions/pont-07/move/")
        page.fill("[name=date]", "2027-01-19")
        page.fill("[name=reason_fr]", "La salle est prise ce soir-là")
        page.click("main form.form .actions button")
    elif what == "IMPORT":
        page.goto(f"/fr/desk/cycles/{CYCLE}/registrants/import/")
        page.fill("[name=text]", LIST)
        page.click("main form .actions button:not([formaction])")
    elif what == "PERSON":
        page.goto(f"/fr/desk/cycles/{CYCLE}/registrants/")
        page.locator("tbody th a").first.click()
    elif what == "PLAN":
        page.goto(f"/fr/desk/cycles/{CYCLE}/")
        page.click("text=Commencer la saison suivante")
        date = page.locator("#dates li.stop").nth(1)
        date.locator("summary").click()
        date.locator("input[type=date]").fill("2027-08-17")
        date.locator("[name$=reason_fr]").fill("La salle ferme le 10")
        page.wait_for_timeout(1000)
        page.evaluate("scrollTo(0, 0)")
    elif what == "GROUP":
        page.goto(f"/fr/desk/cycles/{CYCLE}/registrants/message/")
        page.fill("[name=subject_fr]", "La salle change : entrée par la cour")
        page.fill(
            "[name=body_fr]",
            "Bonjour {given_name},\n\nL’entrée se fait désormais par la cour.\n\n{manage_link}",
        )
        page.click("main form button[type=submit]")
    else:
        page.goto(what)


def context(browser: Browser, base: str, shot: Shot) -> BrowserContext:
    return browser.new_context(
        base_url=base,
        viewport={"width": shot.width, "height": HEIGHTS[shot.width]},
        color_scheme=shot.theme,
        reduced_motion="reduce",
        locale="fr-FR",
        timezone_id="Europe/Paris",
    )


def take(browser: Browser, base: str, shot: Shot, *, own: dict[str, str]) -> None:
    """Take one picture: the first screen, as somebody sees it."""
    with contextlib.closing(context(browser, base, shot)) as opened:
        page = opened.new_page()
        if shot.signed_in:
            page.goto(manage("login_link", "claire@example.org", "--create", "--name", "Claire"))
            page.locator("main form button[type=submit]").click()
        fill_in(page, own.get(shot.path, shot.path))
        # With what stands in its frames.
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / f"{shot.name}.png")
    print(f"docs/screens/{shot.name}.png")


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    if unknown := set(names) - {shot.name for shot in SHOTS}:
        sys.exit(f"no such picture: {', '.join(sorted(unknown))}")
    with site() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        own = {"MY": my_page(), "JOIN": join_page(), **paths_of_training()}
        for shot in SHOTS:
            if not names or shot.name in names:
                take(browser, base, shot, own=own)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
