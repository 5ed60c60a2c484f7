"""Public pages against a bare view: `make bench-pages`."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import serving


def main() -> None:
    serving.start_django()
    from django.db import connection  # noqa: PLC0415 - Django is set up now
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from cycles.site.page_cache.snapshots import store  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    cycle = make.cycle(slug="bench", programme=make.programme())
    for number in range(12):
        make.session(
            cycle=cycle,
            slug=f"stop-{number + 1}",
            number=number + 1,
            starts_at=make.paris(2026, 11, 19) + dt.timedelta(days=28 * number),
        )
    pages = {"cycle": "/fr/cycles/bench/", "session": "/fr/cycles/bench/stop-3/"}
    queries = {}
    for name, address in pages.items():
        Client().get(address)
        store.clear()
        store.version()
        with CaptureQueriesContext(connection) as captured:
            Client().get(address)
        queries[name] = len(captured)
    connection.close()
    with serving.server() as base, serving.server("bench.bare_settings") as bare:
        ratios = {name: serving.ratio(base + address, f"{bare}/bare/") for name, address in pages.items()}
    for name in pages:
        print(f"{name}_page: {ratios[name]:.3f}")
    for name in pages:
        print(f"queries_{name}: {queries[name]}")


if __name__ == "__main__":
    os.umask(0o077)
    main()
