"""The registration form with errors, as assistive technology gets it: Chromium's accessibility tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cycles.models import Cycle
from registrations.models import Question
from tests import make

if TYPE_CHECKING:
    from .conftest import Visits

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("demonstration"),
]

FORM = "/fr/register/onze-ponts/"
CONTROLS = ("textbox", "radio", "checkbox")
MANY, ONE = "Quels ponts ?", "Venez-vous à pied ?"
ANSWER = "Répondez à cette question : l’équipe d’organisation en a besoin."
TICK = "Cochez au moins une date, ou choisissez tout le cycle."
DANGLING = """[...document.querySelectorAll('[aria-describedby],[aria-labelledby],[for],a[href^="#"]')].flatMap(e =>
    [e.getAttribute('aria-describedby'), e.getAttribute('aria-labelledby'), e.getAttribute('for'),
     (e.getAttribute('href') || '').startsWith('#') ? e.getAttribute('href').slice(1) : ''].join(' ').split(' '))
    .filter(id => id && id !== 'null' && !document.getElementById(id))"""


def tree(page: Any) -> list[dict[str, Any]]:
    """Return the nodes of the accessibility tree: role, name, description, invalid."""
    session = page.context.new_cdp_session(page)
    results = []
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        if node.get("ignored"):
            continue
        properties = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
        results.append(
            {
                "role": node["role"]["value"],
                "name": node.get("name", {}).get("value", ""),
                "description": node.get("description", {}).get("value", ""),
                "invalid": properties.get("invalid", "false"),
            }
        )
    return results


def spaced(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())


def refused(visit: Visits) -> Any:
    """Send the form with nothing in it but "only the dates that I tick", and none ticked."""
    cycle = Cycle.objects.get(slug="onze-ponts")
    options = {"fr": "Le premier\nLe dernier", "en": "The first\nThe last"}
    make.question(
        cycle=cycle,
        kind=Question.Kind.SEVERAL,
        label={"fr": MANY},
        choices=options,
        is_required=True,
        order=1,
    )
    make.question(cycle=cycle, kind=Question.Kind.YES_NO, label={"fr": ONE}, is_required=True, order=2)
    page = visit(FORM).page
    page.check("input[name=scope][value=chosen]")
    page.wait_for_timeout(2100)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    return page


def test_each_error_of_a_group_is_told_once_and_by_the_group(visit: Visits) -> None:
    page = refused(visit)
    nodes = tree(page)
    groups = {
        spaced(n["name"]): spaced(n["description"]) for n in nodes if n["role"] in ("group", "radiogroup")
    }
    assert groups["Les dates que vous choisissez"] == TICK
    assert groups[MANY] == ANSWER
    assert groups[ONE] == ANSWER
    boxes = [n for n in nodes if n["role"] in ("radio", "checkbox")]
    assert [n for n in boxes if n["description"] or n["invalid"] != "false"] == []
    invalid = sorted(spaced(n["name"]) for n in nodes if n["role"] == "textbox" and n["invalid"] == "true")
    assert invalid == ["Adresse e-mail", "Prénom"]
    assert page.evaluate(DANGLING) == []


def test_each_line_of_the_summary_moves_the_focus_to_the_first_control(visit: Visits) -> None:
    page = refused(visit)
    links = page.locator("#errors a")
    reached = []
    for number in range(links.count()):
        links.nth(number).click()
        reached.append(page.evaluate("[document.activeElement.name, document.activeElement.tagName]"))
    questions = [f"question_{pk}" for pk in Question.objects.order_by("order").values_list("pk", flat=True)]
    assert reached == [
        ["given_name", "INPUT"],
        ["email", "INPUT"],
        ["sessions", "INPUT"],
        *([name, "INPUT"] for name in questions),
    ]
