#!/usr/bin/env python
"""Run administrative commands; without DJANGO_SETTINGS_MODULE the embedded settings are used."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.conf import settings  # noqa: PLC0415 - settings must be named first
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - likewise
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - likewise

    try:
        settings.DEBUG  # noqa: B018 - reads the environment
    except ImproperlyConfigured as error:
        # What the person at the terminal wrote: the setting and how it is written, without a traceback.
        sys.exit(f"A setting cannot be read. {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
