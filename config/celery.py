"""The Celery application: it only wakes workers, all truth is in the database."""

import logging
import logging.config
import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from . import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("escale")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_configure.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def read_settings(**_: object) -> None:
    environment.read_or_exit()


@setup_logging.connect  # type: ignore[untyped-decorator]  # Celery ships no types
def log_as_the_site_does(loglevel: int | str | None = None, **_: object) -> None:
    """Write the same lines as the web server does, at the level that the command asks for."""
    logging.config.dictConfig(settings.LOGGING)
    if loglevel is not None:
        logging.getLogger().setLevel(loglevel)


@worker_init.connect  # type: ignore[untyped-decorator]  # Celery ships no types
@beat_init.connect  # type: ignore[untyped-decorator]  # likewise
def refuse_wrong_settings(**_: object) -> None:
    """End before the first mail when the checks of config/checks.py find an error: they say what to set."""
    if not settings.REDIS_URL:
        message = "Celery needs a broker: set REDIS_URL, or run 'manage.py send_due --loop' as the only worker instead."
        raise SystemExit(message)
    try:
        call_command("check", tags=[Tags.security], verbosity=0)
    except SystemCheckError as error:
        # Celery logs what a signal raises and goes on; only an exit is an exit.
        raise SystemExit(str(error)) from error
