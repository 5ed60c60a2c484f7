"""The bare views that the site is compared with, under the middleware that a stored page passes, and no other."""

from .settings import *  # noqa: F403 - settings modules are layered this way
from .settings import MIDDLEWARE as OF_THE_SITE

MIDDLEWARE = OF_THE_SITE[: OF_THE_SITE.index("cycles.site.page_cache.snapshots.StoredFirst")]
# None is needed to return bytes, and some refuse to start without their own middleware.
INSTALLED_APPS: list[str] = []
ROOT_URLCONF = "bench.bare_urls"
