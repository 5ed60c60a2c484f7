#!/usr/bin/env python3
"""Take the pictures of docs/screens: the invented programme, in French, light and dark, wide and narrow.

    screens.py [NAME…]     all pictures, or those named

Runs a site of its own in a temporary folder, on loopback. Only invented people and organisations are on the pictures.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, StorageState

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tools.shots import CYCLE, DARK_MAILS, HEIGHTS, MAIL, SHOTS, Shot  # noqa: E402 - a program, found beside itself

FOLDER = ROOT / "docs" / "screens"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Enough for text and flat colours, at a third of the size.
COLOURS = 256
SOMEBODY = "nadia.exemple@example.org"
LIST = """E-mail;Prénom;Nom;Organisation
lucie.exemple@example.org;Lucie;Fontaine;Les Amis du canal
rachid.exemple@example.org;Rachid;Benali;
pas-une-adresse;Paul;Petit;
"""


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


def shown(what: str) -> Any:
    """Ask the site's database what a picture needs (shown.py)."""
    return json.loads(manage("shell", "-v0", "-c", f"from tools import shown; shown.{what}"))


def register(page: Page, email: str) -> None:
    """Send the form of the cycle for somebody invented."""
    page.goto(f"/fr/register/{CYCLE}/")
    page.fill("[name=given_name]", "Nadia")
    page.fill("[name=family_name]", "Exemple")
    page.fill("[name=email]", email)
    # Faster, and the form takes it for a robot's.
    page.wait_for_timeout(4000)
    page.click("main form.form button[type=submit]")


def fill_in_public(page: Page, what: str) -> None:
    """Bring a public page to the state that its picture shows, or go to its path."""
    if what == "ERRORS":
        register(page, "nadia.exemple@")
    elif what == "SENT":
        register(page, SOMEBODY)
    elif what in ("CONFIRM", "CONFIRMED"):
        # Another person for each width: who has confirmed is not asked again.
        email = f"{page.viewport_size['width'] if page.viewport_size else 0}.{what.lower()}@example.org"
        register(page, email)
        page.goto(shown(f"confirmation({email!r})"))
        if what == "CONFIRMED":
            page.click("main form button[type=submit]")
    elif what == "SURVEY":
        page.goto(shown("survey_to_answer()"))
    elif what == "JOIN-OPEN":
        page.goto(shown("open_room()"))
    else:
        page.goto(what)


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
        page.click("summary:has-text('Commencer la saison suivante')")
        page.click("form[action$='next-season/'] button[type=submit]")
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
    elif what == "ANNOUNCED":
        page.goto(f"/fr/desk/cycles/{CYCLE}/confirm/")
    else:
        fill_in_public(page, what)


def context(browser: Browser, base: str, shot: Shot, *, state: StorageState | None = None) -> BrowserContext:
    return browser.new_context(
        base_url=base,
        viewport={"width": shot.width, "height": HEIGHTS[shot.width]},
        color_scheme=shot.theme,
        reduced_motion="reduce",
        locale="fr-FR",
        timezone_id="Europe/Paris",
        storage_state=state,
    )


def sign_in(browser: Browser, base: str) -> StorageState:
    """Sign an organiser in; return what the browser keeps of it."""
    with contextlib.closing(context(browser, base, SHOTS[0])) as opened:
        page = opened.new_page()
        page.goto(manage("login_link", "claire@example.org", "--create", "--name", "Claire"))
        page.locator("main form button[type=submit]").click()
        page.wait_for_load_state()
        return opened.storage_state()


def keep(page: Page, name: str) -> None:
    """Write the first screen of a page, as somebody sees it, in few colours."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
    print(f"docs/screens/{name}.png", flush=True)


def take(browser: Browser, base: str, shot: Shot, *, own: dict[str, str], state: StorageState) -> None:
    with contextlib.closing(context(browser, base, shot, state=state if shot.signed_in else None)) as opened:
        page = opened.new_page()
        fill_in(page, own.get(shot.path, shot.path))
        # With what stands in its frames.
        page.wait_for_load_state("networkidle")
        keep(page, shot.name)


def take_mails(browser: Browser, base: str, names: list[str]) -> None:
    """Take the pictures of the mails, each without any site around it."""
    for kind, html in shown("mails()").items():
        name = f"mail-{kind.replace('_', '-')}"
        looks = [Shot(name, "", MAIL)]
        if kind in DARK_MAILS:
            looks.append(Shot(f"{name}-dark", "", MAIL, "dark"))
        for shot in looks:
            if names and shot.name not in names:
                continue
            with contextlib.closing(context(browser, base, shot)) as opened:
                page = opened.new_page()
                page.set_content(html)
                keep(page, shot.name)


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    of_mails = {name for name in names if name.startswith("mail-")}
    if unknown := set(names) - of_mails - {shot.name for shot in SHOTS}:
        sys.exit(f"no such picture: {', '.join(sorted(unknown))}")
    with site() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        state = sign_in(browser, base)
        own = shown("paths()")
        if of_mails or not names:
            take_mails(browser, base, names)
        for shot in SHOTS:
            if not names or shot.name in names:
                take(browser, base, shot, own=own, state=state)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
