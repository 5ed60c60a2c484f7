"""Finding rows by words: a column of each row holds all that it is called, without accents, capitals and punctuation.

The database compares what people type with that column, the same way on SQLite and PostgreSQL; where the extension
pg_trgm is at hand, an index of its three-letter pieces makes it quick on a site of any size.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django.db import models
from i18nfield.strings import LazyI18nString

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 2000
# Of what is read on a page of its own: an article.
LONGEST_PAGE = 20_000
# Letters that no decomposition of Unicode parts.
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ł": "l", "ø": "o"})


def plain(text: str, *, longest: int = LONGEST) -> str:
    """Return a text as it is compared: `L’Été à l’école` -> `l ete a l ecole`."""
    folded = unicodedata.normalize("NFKD", text[:longest].casefold().translate(LETTERS))
    letters = (c for c in folded if unicodedata.category(c) not in ("Mn", "Cf"))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def in_all_languages(texts: Iterable[Any], *, longest: int = LONGEST) -> str:
    """Return several texts, each in every language that it has, as they are compared."""
    results: list[str] = []
    for text in texts:
        data = text.data if isinstance(text, LazyI18nString) else text
        results += data.values() if isinstance(data, dict) else [data or ""]
    return plain(" ".join(filter(None, map(str, results))), longest=longest)


class SearchText(models.TextField):  # type: ignore[type-arg]  # takes no argument when it runs
    """A column written by itself whenever its row is: what the named columns say, as it is compared.

    `save(update_fields=…)` writes it with any of them (see `Searchable`).
    """

    def __init__(self, *args: Any, of: tuple[str, ...] = (), longest: int = LONGEST, **kwargs: Any) -> None:
        self.of, self.longest = of, longest
        kwargs |= {"editable": False, "default": "", "db_default": "", "blank": True}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return what a migration must know: that it is a text."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002, FBT001 - Django's signature
        text = in_all_languages((getattr(model_instance, name) for name in self.of), longest=self.longest)
        setattr(model_instance, self.attname, text)
        return text


class Searchable(models.Model):
    """A model with a SearchText."""

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save, and with some columns only: also what is searched where they say it."""
        if update_fields is not None:
            names = set(update_fields)
            texts = (field for field in self._meta.concrete_fields if isinstance(field, SearchText))
            update_fields = names | {field.name for field in texts if names & set(field.of)}
        super().save(*args, update_fields=update_fields, **kwargs)


def refresh(rows: Iterable[models.Model], names: set[str]) -> set[str]:
    """Write what is searched of rows whose columns `names` have changed, for a `bulk_update`; return these columns."""
    result: set[str] = set()
    for row in rows:
        for field in row._meta.concrete_fields:
            if isinstance(field, SearchText) and names & set(field.of):
                field.pre_save(row, False)
                result.add(field.name)
    return result
