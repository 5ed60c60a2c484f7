"""Runs of training modules: cycles of kind run, whose sessions are half-days; a workshop is a run of one session.

opening     opened from a module, added to, repeated, announced elsewhere: the verbs that write
queries     the runs of modules, and how each stands for a visitor
pages       the list of modules, and the page of one
structured  what search engines read of a module: Course, CourseInstance
"""

from .opening import (
    Elsewhere,
    HalfDay,
    Terms,
    add_half_days,
    announce_elsewhere,
    edit_facts,
    open_run,
    open_workshop,
    repeat,
)

__all__ = [
    "Elsewhere",
    "HalfDay",
    "Terms",
    "add_half_days",
    "announce_elsewhere",
    "edit_facts",
    "open_run",
    "open_workshop",
    "repeat",
]
