"""What every page must hold in a browser, whoever wrote it: `assert_sound(visit)` says it all."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from pprint import pformat
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.sync_api import BrowserContext, Page, Response

Look: TypeAlias = "tuple[Literal['light', 'dark'], int]"
WIDTHS = (320, 390, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LOOKS: tuple[Look, ...] = tuple((scheme, width) for scheme in SCHEMES for width in WIDTHS)
# Where most is shown, in the light, and where least has room, in the dark: all rules are asked there.
ENDS: tuple[Look, ...] = (("light", max(WIDTHS)), ("dark", min(WIDTHS)))
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # A mail shown in a frame is a document of its own, in which no script may run: axe would wait for it.
    "iframes": False,
}
# What width and theme decide; the rest is the same document, and is looked at once a theme.
RULES_OF_LOOKS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
    "iframes": False,
}
HEIGHT = 900
AXE = Axe().axe_script


@dataclass
class Visit:
    """A page opened in the browser, and what happened on the way."""

    page: Page
    context: BrowserContext
    origin: str
    response: Response
    console: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.response.status

    def ask(self, script: str) -> Any:
        """Return what a script says in the page, once its styles and scripts have arrived."""
        self.page.wait_for_load_state()
        return self.page.evaluate(script)

    def weight(self) -> int:
        """Return the bytes of the first load as they cross the wire, headers aside."""
        # The live site does not compress the files that WhiteNoise compresses in production.
        files = self.ask("performance.getEntriesByType('resource').map(e => e.name)")
        loaded = [self.context.request.get(address).body() for address in files]
        page = self.ask("performance.getEntriesByType('navigation')[0].encodedBodySize")
        return int(page) + sum(len(gzip.compress(body)) for body in loaded)


def faults(visit: Visit, rules: dict[str, Any] = RULES) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA and its own best practice, one line a node."""
    if not visit.ask("'axe' in window"):
        # Half a megabyte: read once a document, not once a look.
        visit.ask(AXE)
    result = visit.ask(f"axe.run(document, {json.dumps(rules)}).then(results => results.violations)")
    return [
        f"{violation['id']}: {json.dumps(node['target'])} {node['html'][:120]}"
        for violation in result
        for node in violation["nodes"]
    ]


def foreign_requests(visit: Visit) -> list[str]:
    """Return the addresses asked of any other host."""
    here = urlsplit(visit.origin).netloc
    return [address for address in visit.requested if urlsplit(address).netloc not in ("", here)]


def complaints(visit: Visit, rules: dict[str, Any] = RULES) -> list[str]:
    """Return what a page owes everyone and does not hold: its frame, its title, silence, company, axe."""
    results = [f"says: {line}" for line in visit.console]
    results += [f"asks elsewhere: {address}" for address in foreign_requests(visit)]
    owed = {
        "scrolls sideways": "document.documentElement.scrollWidth > document.documentElement.clientWidth",
        "has not one h1": "document.querySelectorAll('h1').length !== 1",
        "has inline style": "document.querySelectorAll('[style]').length > 0",
        # A data block is no script: nothing in it runs.
        "has inline script": "[...document.scripts].some(s => !s.src && !/json$/.test(s.type))",
        # Both would stand in one cell of the grid, one hiding the other; axe does not see it.
        "lays columns over each other": "[...document.querySelectorAll('.two')].some("
        "e => [...e.children].filter(c => !c.matches('.head, aside')).length > 1)",
        "has no skip link": "document.querySelector('.skip')?.hash !== '#content'",
        "is in another language": "document.documentElement.lang !== location.pathname.split('/')[1]",
    }
    results += [what for what, script in owed.items() if visit.ask(script)]
    return results + faults(visit, rules)


def all_complaints(visit: Visit, looks: Sequence[Look] = LOOKS) -> list[str]:
    """Return the complaints about a page in every width and both themes, each with where it was seen."""
    results = []
    for scheme, width in looks:
        visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        visit.page.set_viewport_size({"width": width, "height": HEIGHT})
        rules = RULES if (scheme, width) in ENDS else RULES_OF_LOOKS
        results += [f"{width} {scheme} {complaint}" for complaint in complaints(visit, rules)]
    return results


def report(found: Mapping[str, object]) -> str:
    """Return what was found on which page, whole: pytest would cut it."""
    return "\n" + pformat(dict(found), width=160)


def assert_sound(visit: Visit) -> None:
    """Hold a page to what every page owes, in every width and both themes."""
    found = all_complaints(visit)
    assert found == [], report({visit.page.url: found})
