"""Writes the styles of mails into their templates, once, as they are loaded.

Mail programs ignore style sheets, so every element carries its own; doing that for each mail would cost more
than all the rest of it. The tags and variables of the template are set aside meanwhile: they come back as they
were. The colour of a programme becomes a variable of the template at the same time.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import css_inline
from django.template.loaders import filesystem

from cycles.content import accents

if TYPE_CHECKING:
    from django.template import Origin

FOLDER = "notifications/email/"
# A text to translate is one thing, markup in it included: its original must stay as the catalogue knows it.
TAG = re.compile(r"\{% blocktranslate.*?\{% endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
# Dark mode and narrow screens cannot be inlined: their rules stay in the style element of the page.
MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
# In a part of a page, its topmost elements would be taken for the root.
PAGE_ONLY = re.compile(r":root[^{]*\{[^}]*\}")

# The colour of what one can press is its programme's: asked for where the style sheet has the site's own.
COLORS = {
    accents.OWN.light: f"{{{{ accent.light|default:'{accents.OWN.light}' }}}}",
    accents.OWN.dark: f"{{{{ accent.dark|default:'{accents.OWN.dark}' }}}}",
}


class Loader(filesystem.Loader):
    """Finds templates as the file system does; the HTML of mails comes with its styles inlined."""

    def get_contents(self, origin: Origin) -> str:
        source = str(super().get_contents(origin))
        name = str(origin.template_name or "")
        if not name.startswith(FOLDER) or not name.endswith(".html"):
            return source
        return inlined(source, folder=Path(str(origin.name)[: -len(name)]))


@functools.cache
def _rules(folder: Path) -> str:
    """Return the rules of the mails' own base template."""
    matched = STYLE.search((folder / FOLDER / "_base.html").read_text(encoding="utf-8"))
    return PAGE_ONLY.sub("", MEDIA.sub("", matched[1])) if matched else ""


def inlined(source: str, *, folder: Path) -> str:
    """Return the source of a mail's template with the rules of the base written into its elements."""
    tags: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        tags.append(match[0])
        return f"djtag{len(tags) - 1}x"

    bare = TAG.sub(set_aside, source)
    page = bare.find("<!DOCTYPE")
    if page >= 0:
        inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
        styled = bare[:page] + inliner.inline(bare[page:])
    else:
        styled = css_inline.inline_fragment(bare, _rules(folder), load_remote_stylesheets=False)
    for color, variable in COLORS.items():
        styled = styled.replace(color, variable)
    return re.sub(r"djtag(\d+)x", lambda match: tags[int(match[1])], styled)
