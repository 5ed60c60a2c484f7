"""What speakers ask the apps above (see accounts/questions.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.questions import Question

if TYPE_CHECKING:
    from speakers.models import Engagement

# Why can this invitation not be stopped? A sentence for the organiser, "" when it still waits.
against_stopping: Question[[Engagement], str] = Question()
