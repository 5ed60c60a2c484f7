"""The WSGI application that gunicorn serves."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")
django_application = get_wsgi_application()

from web.requests.bodies import ReadAsUnicode  # noqa: E402 - Django must be set up first

application = ReadAsUnicode(django_application)

# A server that is set up wrong must not start: the checks say what to set (config/checks.py).
from django.core.checks import Tags  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.core.management.base import SystemCheckError  # noqa: E402

# The status by which a worker of gunicorn says that no other is to be started in its place.
CANNOT_START = 3

try:
    call_command("check", tags=[Tags.security], verbosity=0)
except SystemCheckError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(CANNOT_START)

from django.apps import apps  # noqa: E402 - likewise

# The bare site of the benchmarks has no apps.
if apps.is_installed("cycles"):
    from cycles.calendars.readers import audience

    audience.start()
