"""No write may be forgotten by the journal: every function that says who, and every button, leads to a line."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import resolve

import accounts
import cycles
import desk
import notifications
import registrations
import speakers
import surveys
import training
from accounts import journal, journal_verbs
from accounts.models import AuditEntry
from tests import doors
from tests.doors import DOORS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from django.test import Client

APPS = (accounts, cycles, registrations, speakers, training, surveys, notifications, desk)
APP_NAMES = tuple(app.__name__ for app in APPS)

# Functions that say who and reach no line of the journal, with the reason.
NO_ACTS: dict[str, str] = {
    "accounts.journal.entry": "is the journal",
    "accounts.journal.record": "is the journal",
    "cycles.schedule.planning.schedule.record": "is the part that every change of a schedule shares",
    "registrations.attendance.applying.read": "only looks: the rows name who would write them",
    "registrations.attendance.noting.row_of": "makes a row that a verb then writes",
    "training.signing.verbs.sign": "is the trainee's own act; the sheet says who held the tablet",
}
# Addresses of the desk that take a POST and write nothing, with the reason.
NO_WRITES: dict[str, str] = {
    "desk:content-edit-arrange": "moves rows of a form",
    "desk:session-after-arrange": "moves rows of a form",
    "desk:session-edit-arrange": "moves rows of a form",
    "desk:attendance-report": "shows what a file would write; an act of its own writes it",
    "desk:cycle-import": "shows what a file would do; an act of its own does it",
    "desk:cycle-plan": "shows the dates of a rhythm; an act of its own creates them",
    "desk:attendance-report-discard": "forgets a file of which nothing was written",
    "desk:message-words": "shows a text as it would be sent, and keeps nothing of it",
    "desk:session-host": "leads into the room; a GET would be followed by every link scanner",
}


def modules() -> Iterator[ModuleType]:
    for app in APPS:
        yield app
        for found in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if ".migrations" not in found.name:
                yield importlib.import_module(found.name)


def public_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in modules():
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{module.__name__}.{name}", value


def says_who(function: Callable[..., Any]) -> bool:
    by = inspect.signature(function).parameters.get("by")
    return by is not None and by.kind is inspect.Parameter.KEYWORD_ONLY


def constants() -> Iterator[tuple[str, bool]]:
    """Yield every string in our sources, and whether it is the verb of a `journal.entry`; the table is left out."""
    for module in modules():
        if module is journal_verbs:
            continue
        tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
        entries = [
            node.args[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("journal.entry")
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value, node in entries


def calls(function: Callable[..., Any]) -> Iterator[Any]:
    """Yield everything that the source of a function names and that can be found: a.b.c, or a local name."""
    function = inspect.unwrap(function)
    names = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Name):
            yield names.get(node.id)
        elif isinstance(node, ast.Attribute):
            path = [node.attr]
            inner: ast.expr = node.value
            while isinstance(inner, ast.Attribute):
                path.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name):
                value = names.get(inner.id)
                for part in reversed(path):
                    value = getattr(value, part, None)
                yield value


def leads_to_the_journal(function: Callable[..., Any], seen: set[str] | None = None) -> bool:
    """Return whether a view, or what it calls in our apps, calls `journal.entry` or `journal.record`."""
    seen = set() if seen is None else seen
    for value in calls(function):
        if value in (journal.entry, journal.record):
            return True
        if inspect.isfunction(value) and value.__module__.startswith(APP_NAMES):
            key = f"{value.__module__}.{value.__qualname__}"
            if key not in seen:
                seen.add(key)
                if leads_to_the_journal(value, seen):
                    return True
    return False


def test_every_write_that_says_who_leads_to_the_journal() -> None:
    forgotten = [
        name
        for name, function in public_functions()
        if says_who(function) and not leads_to_the_journal(function) and name not in NO_ACTS
    ]
    assert forgotten == []


def test_no_exception_outlives_its_function() -> None:
    ours = {name: function for name, function in public_functions() if says_who(function)}
    assert [name for name in NO_ACTS if name not in ours or leads_to_the_journal(ours[name])] == []


def test_every_verb_is_of_one_act_and_has_words() -> None:
    entries = [value for value, is_entry in constants() if is_entry]
    assert [verb for verb in entries if verb not in journal_verbs.VERBS or entries.count(verb) > 1] == []
    assert sorted(journal_verbs.VERBS.keys() - {value for value, _is_entry in constants()}) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name, door in DOORS.items()
        if door.kind is Kind.OBJECT and door.post and name not in NO_WRITES
    ),
)
def test_every_button_of_the_desk_leads_to_the_journal(name: str) -> None:
    view = resolve(doors.address(name, doors.world())).func
    assert leads_to_the_journal(view), f"{name}: write under journal.entry (or call journal.record)"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", sorted(name for name, door in DOORS.items() if door.kind is Kind.OBJECT and door.get)
)
def test_what_is_handed_out_as_a_file_is_noted(client: Client, name: str) -> None:
    world = doors.world()
    client.force_login(world.people["owner"])
    AuditEntry.objects.all().delete()
    response = client.get(doors.address(name, world))
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    assert AuditEntry.objects.count() == int(is_file), (
        f"{name}: call journal.record where a file is handed out"
    )
