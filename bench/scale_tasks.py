"""What `bench/scale.py` asks of either site: pages as visitors and organisers open them, and verbs."""

from __future__ import annotations

import datetime as dt
import re
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from cycles.models import Cycle, Session

LARGE = "_large"
GROUPS: dict[str, tuple[str, ...]] = {
    "public": (
        "home",
        "sitemap",
        "sitemap_part",
        "catalogue_an_entry",
        "programme",
        "cycle",
        "cycle_feed",
        "session",
        "agenda_a_session",
        "subscribe",
        "changes",
    ),
    "desk": (
        "desk_home",
        "desk_home_administrator",
        "desk_cycle",
        "deliveries",
        "deliveries_last",
        "deliveries_failed",
        "search",
        "search_administrator",
        "search_person",
        "registrants",
        "registrants_name",
        "registrants_search",
        "registrants_last",
    ),
    # The same pages of the one cycle that has a third of all people, and two letters that stand in all their names.
    "large": (
        "desk_cycle_large",
        "deliveries_large",
        "deliveries_last_large",
        "deliveries_failed_large",
        "registrants_large",
        "registrants_name_large",
        "registrants_search_large",
        "registrants_last_large",
        "search_letters",
    ),
    "registration": ("form", "request", "confirm", "move"),
    "tick": ("tick",),
}


def fill(name: str, *, share: float) -> None:
    """Fill the migrated database of a site."""
    from django.core.management import call_command  # noqa: PLC0415 - Django is set up now
    from django.db import connection  # noqa: PLC0415 - likewise
    from django.utils import timezone  # noqa: PLC0415 - likewise

    from bench import national  # noqa: PLC0415 - likewise
    from desk import demo  # noqa: PLC0415 - likewise
    from notifications.delivery.run import sending  # noqa: PLC0415 - likewise

    call_command("createcachetable", verbosity=0)
    at = timezone.now()
    if name == "national":
        national.load(share=share, at=at)
    else:
        demo.load(at=at)
    # As a site that lives: planned, and told of what is due.
    while sending.tick():
        if not sending.drain():
            break
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


class Tasks:
    """The tasks of one site, over its own clients."""

    def __init__(self, name: str) -> None:
        from django.conf import settings  # noqa: PLC0415 - Django is set up now
        from django.test import Client  # noqa: PLC0415 - likewise
        from django.utils import timezone  # noqa: PLC0415 - likewise

        from cycles.models import Cycle, Programme, Session  # noqa: PLC0415 - likewise
        from tests import make  # noqa: PLC0415 - likewise

        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        self.cycle = Cycle.objects.get(slug="cycle-1" if name == "national" else "onze-ponts")
        assert self.cycle.programme is not None  # noqa: S101 - both have one
        # The next one of the same programme, with as many people as most cycles have.
        turn = Programme.objects.filter(slug__startswith="programme-").count() + 1
        self.ordinary = Cycle.objects.get(slug=f"cycle-{turn}" if name == "national" else "onze-ponts")
        self.person = "Prénom42" if name == "national" else "Amina"
        upcoming = Session.objects.upcoming(at=timezone.now()).filter(cycle=self.cycle)
        self.session: Session = upcoming[0]
        self.visitor = Client()
        self.organiser, self.administrator = Client(), Client()
        mark = f"{time.time_ns()}"
        member = make.user(email=f"o{mark}@example.org")
        make.membership(programme=self.cycle.programme, user=member, role="organiser")
        self.organiser.force_login(member)
        self.administrator.force_login(
            make.user(email=f"a{mark}@example.org", is_superuser=True, is_staff=True)
        )
        self.count = 0
        self.mark = mark

    def run(self, task: str, *, counts: bool) -> dict[str, Any]:
        """Do one task; return its seconds, its queries where they are counted, and in how many units it is told."""
        from django.db import connection  # noqa: PLC0415 - Django is set up now
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - likewise

        self.count += 1
        act = self._prepared(task)
        captured = CaptureQueriesContext(connection)
        if counts:
            captured.__enter__()
        began = time.perf_counter()
        units = act() or 1
        seconds = time.perf_counter() - began
        if counts:
            captured.__exit__(None, None, None)
        return {"seconds": seconds, "queries": len(captured) if counts else 0, "units": units}

    def _prepared(self, task: str) -> Callable[[], int | None]:
        if task in PUBLIC:
            self._edit()
            address = PUBLIC[task].format(cycle=self.cycle, session=self.session)
            return lambda: self._get(self.visitor, address)
        if task in DESK:
            return self._page_of_desk(task, cycle=self.ordinary)
        if task.endswith(LARGE):
            return self._page_of_desk(task.removesuffix(LARGE), cycle=self.cycle)
        prepared: Callable[[], int | None] = getattr(self, f"_{task}")()
        return prepared

    def _page_of_desk(self, task: str, *, cycle: Cycle) -> Callable[[], None]:
        who, address = DESK[task]
        client = self.organiser if who == "organiser" else self.administrator
        path = address.format(cycle=cycle, person=self.person)
        return lambda: self._get(client, path)

    def _get(self, client: Client, address: str) -> None:
        response = client.get(address)
        if response.status_code != 200:  # noqa: PLR2004 - HTTP's own number
            sys.exit(f"{address} answered {response.status_code}")

    def _edit(self) -> None:
        """Change a session as an editor would: what is stored of it is no longer true."""
        from django.utils import timezone  # noqa: PLC0415 - Django is set up now

        self.session.summary = {"fr": f"Résumé {self.count}", "en": f"Summary {self.count}"}  # type: ignore[assignment]
        self.session.revised_at = timezone.now()
        self.session.save(update_fields=["summary", "revised_at"])

    def _agenda_a_session(self) -> Callable[[], int]:
        self._edit()

        def act() -> int:
            body: bytes = self.visitor.get("/fr/agenda/").content
            return body.count(b"<li")

        return act

    def _sitemap_part(self) -> Callable[[], None]:
        self._edit()
        body = self.visitor.get("/sitemap.xml").content.decode()
        parts = [re.sub(r"^https?://[^/]+", "", part) for part in re.findall(r"<loc>([^<]+)</loc>", body)]
        part = next((each for each in parts if "sitemap" in each), "/sitemap.xml")
        return lambda: self._get(self.visitor, part)

    def _catalogue_an_entry(self) -> Callable[[], int]:
        self._edit()

        def act() -> int:
            body: bytes = self.visitor.get("/fr/calendar.ics").content
            return body.count(b"BEGIN:VEVENT")

        return act

    def _typed(self) -> dict[str, str]:
        return {
            "given_name": "A",
            "family_name": "B",
            "email": f"q{self.mark}.{self.count}@example.org",
            "scope": "all",
            "started": self._mark(),
        }

    def _mark(self) -> str:
        """Return the hidden field of a form that was opened a minute ago."""
        from registrations.links import signed_values  # noqa: PLC0415 - Django is set up now

        return signed_values.make("form", int(time.time()) - 60)

    def _request(self) -> Callable[[], None]:
        typed = self._typed()
        return lambda: self._post(f"/fr/register/{self.cycle.slug}/", typed)

    def _confirm(self) -> Callable[[], None]:
        from django.urls import reverse  # noqa: PLC0415 - Django is set up now
        from django.utils import timezone, translation  # noqa: PLC0415 - likewise

        from registrations import booking  # noqa: PLC0415 - likewise
        from registrations.links import personal_links  # noqa: PLC0415 - likewise
        from registrations.models import CycleRegistration  # noqa: PLC0415 - likewise

        applicant = booking.Applicant(
            email=f"c{self.mark}.{self.count}@example.org", given_name="R", family_name="S"
        )
        asked = booking.register(
            self.cycle, applicant=applicant, scope=CycleRegistration.Scope.ALL, at=timezone.now()
        )
        with translation.override("fr"):
            address = reverse("registrations:confirm", args=[personal_links.confirm_token(asked)])
        return lambda: self._post(address, {})

    def _post(self, address: str, data: dict[str, str]) -> None:
        response = self.visitor.post(address, data, REMOTE_ADDR=f"10.0.{self.count % 250}.1")
        if response.status_code != 302:  # noqa: PLR2004 - HTTP's own number
            sys.exit(f"{address} answered {response.status_code}")

    def _form(self) -> Callable[[], None]:
        self._edit()
        return lambda: self._get(self.visitor, f"/fr/register/{self.cycle.slug}/")

    def _move(self) -> Callable[[], None]:
        from django.utils import timezone  # noqa: PLC0415 - Django is set up now

        from cycles.schedule import planning  # noqa: PLC0415 - likewise

        self.session.refresh_from_db()
        start = self.session.starts_at
        assert start is not None  # noqa: S101 - it is to come
        to = start + dt.timedelta(minutes=10 if self.count % 2 else -10)

        def act() -> None:
            with _rolled_back():
                planning.move(self.session, to=to, by=None, at=timezone.now())
            self.session.refresh_from_db()

        return act

    def _tick(self) -> Callable[[], None]:
        from notifications.delivery.run import sending  # noqa: PLC0415 - Django is set up now

        def act() -> None:
            sending.tick()

        return act


@contextmanager
def _rolled_back() -> Iterator[None]:
    from django.db import transaction  # noqa: PLC0415 - Django is set up now

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


PUBLIC = {
    "home": "/fr/",
    "sitemap": "/sitemap.xml",
    "programme": "/fr/programmes/{cycle.programme.slug}/",
    "cycle": "/fr/cycles/{cycle.slug}/",
    "cycle_feed": "/fr/cycles/{cycle.slug}.ics",
    "session": "/fr/cycles/{cycle.slug}/{session.slug}/",
    "subscribe": "/fr/subscribe/",
    "changes": "/fr/changes.atom",
}
DESK = {
    "desk_home": ("organiser", "/fr/desk/"),
    "desk_home_administrator": ("administrator", "/fr/desk/"),
    "desk_cycle": ("organiser", "/fr/desk/cycles/{cycle.slug}/"),
    "deliveries": ("organiser", "/fr/desk/cycles/{cycle.slug}/deliveries/"),
    "deliveries_last": ("organiser", "/fr/desk/cycles/{cycle.slug}/deliveries/?page=99999"),
    "deliveries_failed": ("organiser", "/fr/desk/cycles/{cycle.slug}/deliveries/?state=failed"),
    "search": ("organiser", "/fr/desk/search/?q=1"),
    "search_administrator": ("administrator", "/fr/desk/search/?q=1"),
    "search_letters": ("organiser", "/fr/desk/search/?q=no"),
    "search_person": ("organiser", "/fr/desk/search/?q={person}"),
    "registrants": ("organiser", "/fr/desk/cycles/{cycle.slug}/registrants/"),
    "registrants_name": ("organiser", "/fr/desk/cycles/{cycle.slug}/registrants/?sort=name"),
    "registrants_search": ("organiser", "/fr/desk/cycles/{cycle.slug}/registrants/?q={person}"),
    "registrants_last": ("organiser", "/fr/desk/cycles/{cycle.slug}/registrants/?page=99999"),
}
