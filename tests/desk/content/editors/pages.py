"""The addresses of the session editor, and the moment at which the editors are opened."""

from __future__ import annotations

import datetime as dt

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


EDIT = ("session-edit", "tour", "escale-02")
ARRANGE = ("session-edit-arrange", "tour", "escale-02")
