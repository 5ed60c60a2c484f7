#!/usr/bin/env python
"""Run administrative commands; without DJANGO_SETTINGS_MODULE the embedded settings are used."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings must be named first

    from config import environment  # noqa: PLC0415 - likewise

    environment.read_or_exit()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
