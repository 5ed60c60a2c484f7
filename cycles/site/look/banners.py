"""What must be said on every page that shows a programme or a cycle: that it is a demonstration, for instance."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.translation import gettext as _

from cycles.models import Cycle, Programme

if TYPE_CHECKING:
    from i18nfield.strings import LazyI18nString

# A page names so many programmes and cycles at most.
MOST = 20
EMPTY = ("", "{}")


@dataclass(frozen=True, kw_only=True)
class Banner:
    """A text, and what it is about; nothing where the page is about that alone."""

    text: LazyI18nString
    titles: tuple[LazyI18nString, ...]

    @property
    def words(self) -> str:
        """Say it where nothing but text stands: "The title: the text"."""
        if not self.titles:
            return str(self.text)
        names = ", ".join(str(title) for title in self.titles)
        return _("%(label)s: %(theme)s") % {"label": names, "theme": self.text}


def of_cycle(cycle: Cycle) -> LazyI18nString | str:
    """Return the banner of a cycle's pages: its own, else that of its programme."""
    programme = cycle.public_programme
    return cycle.banner if str(cycle.banner) or programme is None else programme.banner


def of_programme(programme: Programme | None) -> list[Banner]:
    """Return what stands on a page of one programme: its own banner, else those of its cycles; nothing for none."""
    if programme is None or not programme.is_published:
        return []
    if str(programme.banner):
        return [Banner(text=programme.banner, titles=())]
    return _read(Q(pk=programme.pk), Q(programme=programme))


def of_all() -> list[Banner]:
    """Return what stands on a page that may show any programme; one query."""
    return _read(Q(), Q())


def _read(programmes: Q, cycles: Q) -> list[Banner]:
    """Return the banners of programmes, and those of cycles that say something else than their programme."""
    of_programmes = Programme.objects.published().filter(programmes).exclude(banner__in=EMPTY).order_by()
    of_cycles = Cycle.objects.published().filter(cycles).exclude(banner__in=EMPTY).order_by()
    rows = (
        of_programmes.annotate(owner=F("pk"))
        .values_list("owner", "title", "banner")
        .union(
            of_cycles.exclude(banner=F("programme__banner")).values_list("programme", "title", "banner"),
            all=True,
        )
    )
    # Told once, whoever of them say it.
    listed = sorted(rows[:MOST], key=lambda row: (str(row[2]), str(row[1])))
    return [
        Banner(text=group[0][2], titles=tuple(title for _owner, title, _text in group))
        for group in (list(each) for _text, each in groupby(listed, key=lambda row: str(row[2])))
    ]
