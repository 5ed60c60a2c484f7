"""What the tests of the demonstration share."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import time_machine
from django.apps import apps
from django.core.management import call_command

from cycles.models import Cycle
from desk import demo

# Monday 23 November 2026, 09:00:20 in Paris.
AT = dt.datetime(2026, 11, 23, 8, 0, 20, tzinfo=dt.UTC)


def run(*arguments: str, at: dt.datetime = AT, language: str = "en", **options: Any) -> list[str]:
    """Run manage.py demo at a given moment and return its lines."""
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("demo", *arguments, stdout=out, language=language, **options)
    return out.getvalue().splitlines()


def invented() -> Cycle:
    return Cycle.objects.get(slug=demo.INVENTED_CYCLE)


def counts() -> dict[str, int]:
    """Return how many rows each table of ours has."""
    return {
        model._meta.label: model._default_manager.count()
        for label in ("cycles", "registrations", "speakers", "training", "surveys", "notifications")
        for model in apps.get_app_config(label).get_models()
    }
