"""What editors' forms are made of: a text in two languages, a name chosen from a list, sections of fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Manager
from django.forms.utils import ErrorDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from i18nfield.strings import LazyI18nString

from accounts.alphabet import sort_key
from desk.content.editors import new_names
from desk.content.editors.names import NameField, Names, name_key
from desk.ui.forms.editor import EDITED
from desk.ui.forms.languages import LANGUAGES, exactly, language_name
from desk.ui.forms.rows import RowForm, RowKind, RowSet, unfolded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import QueryDict
    from django.utils.functional import _StrPromise

LINE, AREA, MARKDOWN = "line", "area", "markdown"
# How high a text stands in the page: the same for both languages, side by side.
ROWS = {AREA: 4, MARKDOWN: 12}
LONGEST_MARKDOWN = 30_000
MARKDOWN_HELP = _(
    "Markdown: **bold**, *italic*, - lists, 1. numbers, > quotations, [text](address), ## headings. Nothing else is "
    "let through."
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text in two languages: one line, several, or Markdown. `is_needed`: in one language at least."""

    label: str | _StrPromise
    kind: str = LINE
    longest: int = 300
    is_needed: bool = False
    help: str | _StrPromise = ""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A text in every language as the page shows it; `to_translate` are those that are missing beside another."""

    fields: Mapping[str, forms.BoundField]
    is_markdown: bool

    @property
    def first(self) -> forms.BoundField:
        return self.fields[LANGUAGES[0]]

    @property
    def to_translate(self) -> list[str]:
        missing = [code for code, field in self.fields.items() if not str(field.value() or "").strip()]
        return missing if len(missing) < len(self.fields) else []


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the page: a heading, then fields, pairs or rows."""

    title: str | _StrPromise
    names: tuple[str, ...]
    help: str | _StrPromise = ""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing in a section; exactly one of these is set."""

    pair: Pair | None = None
    field: forms.BoundField | None = None
    check: forms.BoundField | None = None
    checks: forms.BoundField | None = None
    rows: RowSet | None = None


class WordsMixin(forms.BaseForm):
    """A form whose texts stand in two languages: `two` names them, fields `title_fr` and `title_en` are made."""

    two: ClassVar[Mapping[str, Words]] = {}

    def add_words(self) -> None:
        for name, words in self.two.items():
            for code in LANGUAGES:
                attributes: dict[str, Any] = {"lang": code}
                if words.kind in ROWS:
                    attributes["rows"] = ROWS[words.kind]
                if words.kind == MARKDOWN:
                    attributes |= EDITED
                self.fields[f"{name}_{code}"] = forms.CharField(
                    label=_("%(what)s in %(language)s")
                    % {"what": words.label, "language": language_name(code)},
                    required=False,
                    max_length=words.longest,
                    help_text=words.help if code == LANGUAGES[0] else "",
                    widget=(forms.TextInput if words.kind == LINE else forms.Textarea)(attributes),
                )

    @property
    def word_fields(self) -> frozenset[str]:
        return frozenset(f"{name}_{code}" for name in self.two for code in LANGUAGES)

    def pair(self, name: str) -> Pair:
        fields = {code: self[f"{name}_{code}"] for code in LANGUAGES}
        return Pair(fields=fields, is_markdown=self.two[name].kind == MARKDOWN)

    def check_words(self) -> None:
        for name, words in self.two.items():
            if words.is_needed and not self.errors and not self.is_written(name):
                self.add_error(f"{name}_{LANGUAGES[0]}", _("Write it in one language at least."))

    def is_written(self, name: str) -> bool:
        """Tell whether a text was written in any language."""
        return any(self.cleaned_data.get(f"{name}_{code}") for code in LANGUAGES)

    def words_values(self) -> dict[str, LazyI18nString]:
        data = self.cleaned_data
        return {
            name: LazyI18nString(
                # A browser ends the lines that it sends in its own way.
                {code: text.replace("\r\n", "\n") for code in LANGUAGES if (text := data[f"{name}_{code}"])}
            )
            for name in self.two
        }

    @classmethod
    def words_initial(cls, row: object) -> dict[str, str]:
        return cls.texts_of(row, cls.two)

    @staticmethod
    def texts_of(row: object, names: Iterable[str]) -> dict[str, str]:
        """Return what the fields of these texts show first."""
        return {f"{name}_{code}": exactly(getattr(row, name), code) for name in names for code in LANGUAGES}


class WordsRowForm(WordsMixin, RowForm):
    """A row with texts in two languages and names from lists (`wants` says which)."""

    wants: ClassVar[tuple[str, ...]] = ()
    lists: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = {name: kwargs.pop(name) for name in self.wants}
        super().__init__(*args, **kwargs)
        self.add_words()
        for field, wanted in self.lists.items():
            self.fields[field].names = names[wanted]  # type: ignore[attr-defined] # a NameField by its table

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_words()
        return data

    @property
    def first_pairs(self) -> list[Pair]:
        return [self.pair(name) for name in self.two if name not in self.more]

    @property
    def more_pairs(self) -> list[Pair]:
        return [self.pair(name) for name in self.two if name in self.more]

    def in_short(self, name: str) -> str:
        """Return a text in the language of the page, or in the other one if it is written in that alone."""
        order = sorted(LANGUAGES, key=lambda code: code != get_language())
        return next(
            (text for code in order if (text := str(self[f"{name}_{code}"].value() or "").strip())), ""
        )

    def values(self) -> dict[str, Any]:
        plain = {name: self.cleaned_data[name] for name in self.fields if name not in self.word_fields}
        return {**plain, **self.words_values()}


class ContentForm(WordsMixin, forms.Form):
    """An editor's form: sections of fields, texts in two languages, ordered rows, the version it was filled from."""

    sections: tuple[Section, ...] = ()
    row_kinds: ClassVar[tuple[RowKind, ...]] = ()
    wants: ClassVar[tuple[str, ...]] = ()
    lists: ClassVar[Mapping[str, str]] = {}

    seen = forms.CharField(
        widget=forms.HiddenInput,
        required=False,
        max_length=2000,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        choices: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.add_words()
        self.choices = choices
        self.sent = data
        if data is not None:
            for new in new_names.read(data.getlist("add")):
                if new.listed in choices:
                    choices[new.listed].by_key.setdefault(name_key(new.name), new)
        for field, wanted in self.lists.items():
            if isinstance(self.fields[field], NameField):
                self.fields[field].names = choices[wanted]  # type: ignore[attr-defined] # just asked
            else:
                listed = choices[wanted]
                self.fields[field].choices = (  # type: ignore[attr-defined] # a choice by its table
                    sorted(listed.items(), key=_by_name) if isinstance(listed, Names) else listed
                )
                if wanted == "programmes":
                    # Nothing is only to be chosen where it is offered.
                    self.fields[field].required = all(pk for pk, _name in listed)
        self.row_sets = {
            kind.name: RowSet(
                kind, name=kind.name, data=data, initial=(initial or {}).get(kind.name, ()), choices=choices
            )
            for kind in self.row_kinds
        }

    @classmethod
    def row_initial(cls, row: object) -> dict[str, Any]:
        """Return what the form shows first of a row: its texts, and each declared field by its column or set."""
        result: dict[str, Any] = cls.words_initial(row)
        for name in cls.base_fields:
            if name != "seen":
                value = getattr(row, name)
                result[name] = (
                    list(value.values_list("pk", flat=True)) if isinstance(value, Manager) else value
                )
        return result

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_words()
        return data

    def is_valid(self) -> bool:
        itself = super().is_valid()
        # Asked after the form as a whole, which may find that two rows do not go together.
        rows = [row_set.is_valid() for row_set in self.row_sets.values()]
        return itself and all(rows)

    @property
    def has_editor(self) -> bool:
        """True where a text of the page is Markdown."""
        return any(words.kind == MARKDOWN for words in self.two.values())

    def leave_unchecked(self) -> None:
        """Show what was written without judging it: a row was only moved."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        for row_set in unfolded(list(self.row_sets.values())):
            for row in row_set.rows:
                row.form.leave_unchecked()

    def follow(self, version: str) -> None:
        """Carry another version than the one that was sent: sending it again is then a choice."""
        self.data = with_seen(self.data, version)

    @property
    def to_add(self) -> list[tuple[new_names.NewName, bool]]:
        """The people and organisations named here that are not known yet, each with whether it was ticked."""
        if self.sent is None or (not self.errors and not self.row_errors()):
            return []
        forms_of_rows = [row.form for each in unfolded(list(self.row_sets.values())) for row in each.rows]
        fields = [field for form in (self, *forms_of_rows) for field in form]
        ticked = set(self.sent.getlist("add"))
        asked = new_names.asked_in(fields, known=self.choices)
        # Offered for the first time it is ticked: one more press of the same button adds it.
        return [(new, new.value in ticked or not ticked) for new in asked]

    def unfolded(self, focus: str) -> set[str]:
        """Return the prefixes of the rows whose fields the page shows."""
        before = self.sent.getlist("unfolded") if self.sent is not None else ()
        sets = self.row_sets.values()
        return {prefix for each in sets for prefix in each.unfolded(focus, before=before)}

    def row_errors(self) -> list[tuple[str, str, str]]:
        return [error for row_set in self.row_sets.values() for error in row_set.errors()]

    def values(self) -> dict[str, Any]:
        """What is written, by column, set and part."""
        plain = {
            name: self.cleaned_data[name]
            for name in self.fields
            if name != "seen" and name not in self.word_fields
        }
        rows = {name: row_set.values() for name, row_set in self.row_sets.items()}
        return {**plain, **self.words_values(), **rows}

    def layout(self) -> list[tuple[Section, list[Item]]]:
        return [(section, [self._item(name) for name in section.names]) for section in self.sections]

    def _item(self, name: str) -> Item:
        if name in self.two:
            return Item(pair=self.pair(name))
        if name in self.row_sets:
            return Item(rows=self.row_sets[name])
        field = self[name]
        if isinstance(field.field, forms.BooleanField):
            return Item(check=field)
        if isinstance(field.field, forms.MultipleChoiceField):
            return Item(checks=field)
        return Item(field=field)

    @property
    def datalists(self) -> dict[str, Iterable[str]]:
        """The lists of names that the page holds, by id."""
        return {
            f"list-{name}": sorted(names.values(), key=sort_key)
            for name, names in self.choices.items()
            if isinstance(names, Names) and name in self._used_lists
        }

    @property
    def _used_lists(self) -> set[str]:
        """The lists that a field of the page names; others only fill a choice."""
        own = {wanted for field, wanted in self.lists.items() if isinstance(self.fields[field], NameField)}
        kinds = [*self.row_kinds, *(part for kind in self.row_kinds for part in kind.parts)]
        return own | {wanted for kind in kinds for wanted in getattr(kind.form, "lists", {}).values()}

    def say(self, name: str) -> str:
        """Return what is written in a field, in words, to set two versions side by side."""
        if name in self.row_sets:
            return _say_rows(self.row_sets[name])
        return say(self[name])

    def named(self) -> list[tuple[str, str]]:
        """Return (name, label) of everything that the page asks for, in its order."""
        results = []
        for section in self.sections:
            for name in section.names:
                if name in self.two:
                    results += [(f"{name}_{code}", str(self[f"{name}_{code}"].label)) for code in LANGUAGES]
                elif name in self.row_sets:
                    results.append((name, str(self.row_sets[name].kind.title)))
                else:
                    results.append((name, str(self[name].label)))
        return results


def with_seen(data: Any, version: str) -> Any:
    """Return what was sent with another version than the one that it was sent with."""
    copy = data.copy()
    copy["seen"] = version
    return copy


def _by_name(choice: tuple[Any, str]) -> str:
    return sort_key(choice[1])


def say(field: forms.BoundField) -> str:
    """Return what is written in a field, in words."""
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return _now("yes") if value in (True, "on") else _now("no")
    if isinstance(field.field, forms.ChoiceField):
        chosen = [str(v) for v in (value if isinstance(value, list | tuple | set) else [value])]
        known = {str(pk): str(text) for pk, text in field.field.choices}  # type: ignore[misc, union-attr] # flat lists
        return ", ".join(known[pk] for pk in chosen if pk in known and pk)
    return str(field.field.prepare_value(value) if value is not None else "")


def _say_rows(rows: RowSet) -> str:
    lines = []
    for row in rows.rows:
        items = [say(field) for field in row.form if field.value()]
        inner = [_say_rows(part) for part in row.parts]
        lines.append(" · ".join(text for text in (*items, *inner) if text))
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
