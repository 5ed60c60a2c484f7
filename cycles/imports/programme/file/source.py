"""From bytes to a tree of texts with line numbers, refusing whatever a programme file has no use for.

The YAML is read for its structure only: "no", "13:00" and "2020-10" stay the words that they are, and the
reader of each key decides what they mean. Tags, anchors, tabs, merge keys and repeated keys are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml
from django.utils.translation import gettext as _

from cycles.imports.programme.report import ImportRefused, Report

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE = 1024 * 1024
DEEPEST = 20
NULL_WORDS = frozenset({"", "~", "null", "Null", "NULL"})
# What YAML can write ("\0", "\ud800") and no database keeps: NUL, and halves of a sign.
NO_TEXT = re.compile("[\0\ud800-\udfff]")


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
            raise _refused(1, too_large(size))
        raw = path.read_bytes()
    except OSError as error:
        raise _refused(1, _("The file cannot be read: %(reason)s.") % {"reason": error.strerror}) from error
    return parse(raw)


def too_large(size: int) -> str:
    """Return what is said of a file of more bytes than LARGEST_FILE."""
    return _("The file has %(size)d MB; a programme file has %(limit)d MB at most.") % {
        # Rounded up: what is refused never reads like what is allowed.
        "size": -(-size // 1024**2),
        "limit": LARGEST_FILE // 1024**2,
    }


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
        node = _tree(text)
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
    if not isinstance(node, Mapping):
        raise _refused(1, _("A programme file begins with sections such as “programmes:” and “cycles:”."))
    return node


def _tree(text: str) -> Node | None:
    """Return the one document of a text. Events are read one by one, so that no depth can exhaust the stack."""
    open_nodes: list[_Open] = [_Open(1, is_mapping=False)]
    documents = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        _refuse_what_is_not_data(event, line)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused(line, _("A programme file holds one document: remove the line “---”."))
        elif isinstance(event, yaml.ScalarEvent):
            open_nodes[-1].add(Scalar(line, NO_TEXT.sub("", event.value), event.style is not None))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(open_nodes) > DEEPEST:
                raise _refused(line, _("Too many levels of lists inside lists."))
            open_nodes.append(_Open(line, is_mapping=isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.CollectionEndEvent):
            done = open_nodes.pop().closed()
            open_nodes[-1].add(done)
    result = open_nodes[0].nodes
    return result[0] if result else None


def _refuse_what_is_not_data(event: yaml.Event, line: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _refused(line, _("Anchors and aliases (& and *) are not accepted: write the text out."))
    tag = getattr(event, "tag", None)
    if tag:
        raise _refused(line, _("YAML tags (“%(tag)s”) are not accepted: write plain text.") % {"tag": tag})


@dataclass
class _Open:
    """A list or mapping whose end has not been read yet; in a mapping, keys and values take turns."""

    line: int
    is_mapping: bool
    nodes: list[Node] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    def add(self, node: Node) -> None:
        if self.is_mapping and len(self.nodes) % 2 == 0:
            if not isinstance(node, Scalar):
                raise _refused(node.line, _("A key must be a word."))
            if node.text in self.keys:
                raise _refused(node.line, _("The key “%(key)s” stands here twice.") % {"key": node.text})
            self.keys.add(node.text)
        self.nodes.append(node)

    def closed(self) -> Node:
        if not self.is_mapping:
            return Listing(self.line, tuple(self.nodes))
        pairs = zip(self.nodes[::2], self.nodes[1::2], strict=True)
        return Mapping(self.line, {key.text: value for key, value in pairs if isinstance(key, Scalar)})


def _refused(line: int, message: str) -> ImportRefused:
    report = Report()
    report.error(line, "", message)
    return ImportRefused(report)
