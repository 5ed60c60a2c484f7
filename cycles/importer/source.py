"""From bytes to a tree of texts with line numbers, refusing whatever a programme file has no use for.

The YAML is read for its structure only: "no", "13:00" and "2020-10" stay the words that they are, and the
reader of each key decides what they mean. Tags, anchors, tabs, merge keys and repeated keys are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml
from django.utils.translation import gettext as _

from .report import ImportRefused, Report

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE = 2 * 1024 * 1024
DEEPEST = 20
NULL_WORDS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True)
class Scalar:
    line: int
    text: str
    is_quoted: bool

    @property
    def is_null(self) -> bool:
        return not self.is_quoted and self.text in NULL_WORDS


@dataclass(frozen=True)
class Listing:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Mapping:
    line: int
    entries: dict[str, Node]


Node = Scalar | Listing | Mapping


def read(path: Path) -> Mapping:
    """Return the content of a programme file. Raises ImportRefused with the line of the first thing wrong."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise _refused(
                1,
                _("The file has %(size)d MB; a programme file has %(limit)d MB at most.")
                % {"size": size // 1024**2, "limit": LARGEST_FILE // 1024**2},
            )
        raw = path.read_bytes()
    except OSError as error:
        raise _refused(1, _("The file cannot be read: %(reason)s.") % {"reason": error.strerror}) from error
    return parse(raw)


def parse(raw: bytes) -> Mapping:
    """Return the tree of a YAML text in UTF-8. Raises ImportRefused like `read`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _refused(line, _("This is not UTF-8 text: save the file in UTF-8.")) from error
    tab = re.search(r"^[ -]*\t", text, re.MULTILINE)
    if tab:
        line = text.count("\n", 0, tab.start()) + 1
        raise _refused(line, _("The line is indented with a tab: use spaces."))
    try:
        _refuse_what_is_not_data(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(
            mark.line + 1 if mark else 1,
            _("The YAML is not well formed (%(problem)s): check the indentation, quotes and brackets.")
            % {"problem": error.problem},
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _refused(line, _("The file contains a character that is not text.")) from error
    if not isinstance(node, yaml.MappingNode):
        raise _refused(1, _("A programme file begins with sections such as “programmes:” and “cycles:”."))
    tree = _tree(node)
    assert isinstance(tree, Mapping)  # noqa: S101 - tells the type of what was checked just above
    return tree


def _refuse_what_is_not_data(text: str) -> None:
    depth = 0
    # yaml.parse keeps its own stack, so that thousands of brackets are counted before anything recurses.
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refused(line, _("Anchors and aliases (& and *) are not accepted: write the text out."))
        tag = getattr(event, "tag", None)
        if tag:
            raise _refused(
                line, _("YAML tags (“%(tag)s”) are not accepted: write plain text.") % {"tag": tag}
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refused(line, _("Too many levels of lists inside lists."))


def _tree(node: yaml.Node) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Scalar(line, node.value, node.style is not None)
    if isinstance(node, yaml.SequenceNode):
        return Listing(line, tuple(map(_tree, node.value)))
    entries: dict[str, Node] = {}
    for key, value in node.value:
        key_line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _refused(key_line, _("A key must be a word."))
        if key.value in entries:
            raise _refused(key_line, _("The key “%(key)s” stands here twice.") % {"key": key.value})
        entries[key.value] = _tree(value)
    return Mapping(line, entries)


def _refused(line: int, message: str) -> ImportRefused:
    report = Report()
    report.error(line, "", message)
    return ImportRefused(report)
