"""Feeds against a bare view that returns the same bytes: `make bench-feeds`."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import serving


def main() -> None:
    serving.start_django()
    from django.conf import settings  # noqa: PLC0415 - Django is set up now
    from django.db import connection  # noqa: PLC0415 - Django is set up now
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from cycles.content import editing  # noqa: PLC0415
    from cycles.models import Session  # noqa: PLC0415
    from cycles.site.page_cache import snapshots  # noqa: PLC0415
    from tests import make  # noqa: PLC0415

    addresses = {}
    for count in (12, 1000):
        cycle = make.cycle(slug=f"bench-{count}")
        for number in range(count):
            make.session(
                cycle=cycle,
                slug=f"stop-{number + 1}",
                number=number + 1,
                starts_at=make.paris(2026, 11, 19) + dt.timedelta(days=number),
            )
        addresses[count] = f"/fr/cycles/bench-{count}.ics"
    site = Client()
    site.get(addresses[1000])
    session = Session.objects.get(cycle__slug="bench-1000", number=500)
    editing.edit(session, values={"title": {"fr": "Un autre titre"}}, by=None, at=timezone.now())
    time.sleep(snapshots.VERSION_SECONDS)
    began = time.process_time()
    etag = site.get(addresses[1000]).headers["ETag"]
    rebuild = (time.process_time() - began) * 1000
    for count, address in addresses.items():
        packed = Client().get(address, headers={"accept-encoding": "gzip"}).content
        (settings.VAR_DIR / f"same-{count}.gz").write_bytes(packed)
    connection.close()
    with serving.server() as base, serving.server("bench.bare_settings") as bare:
        for count, address in addresses.items():
            share = serving.ratio(base + address, f"{bare}/same/same-{count}/")
            print(f"feed_200_{count}: {share:.3f}", flush=True)
        share = serving.ratio(base + addresses[1000], f"{bare}/unchanged/", f"If-None-Match: {etag}")
        print(f"feed_304: {share:.3f}")
    print(f"rebuild_cpu_ms: {rebuild:.0f}")


if __name__ == "__main__":
    os.umask(0o077)
    main()
