"""The table of what can be edited: one line a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cycles import models
from cycles.content import editing
from cycles.library import views as library_views
from cycles.runs import views as run_views
from cycles.site import pages, views
from desk.content.editors.around import DatabaseForm, EventForm, SeriesForm
from desk.content.editors.catalogue import OrganisationForm, PersonForm, TerritoryForm, TopicForm
from desk.content.editors.library import ModuleForm, NewsForm, ResourceForm, WorkshopForm
from desk.content.editors.programme import CycleForm, ProgrammeForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.utils.functional import _StrPromise

    from desk.content.editors.fields import ContentForm


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What the desk calls a kind of content, how it is edited, and where visitors read it."""

    name: str
    model: type[Model]
    form: type[ContentForm]
    title: _StrPromise
    one: _StrPromise
    new: _StrPromise
    # The public page, the slugs that it is asked for, and its name among the addresses; None: it has no page.
    page: Callable[..., Any] | None = None
    slugs: Callable[[Any], tuple[str, ...]] = lambda row: (row.slug,)
    address: str = ""

    @property
    def is_publishable(self) -> bool:
        return hasattr(self.model, "is_published") or self.model is models.Cycle

    @property
    def is_removable(self) -> bool:
        return self.model in editing.REMOVABLE

    def is_public(self, row: Any) -> bool:
        """Tell whether visitors see it now."""
        if isinstance(row, models.Cycle):
            return row.status != models.Cycle.Status.DRAFT
        return bool(getattr(row, "is_published", False))

    def public_url(self, row: Any) -> str:
        """Return where visitors read it; empty for a draft, what belongs to one, or what has no page."""
        if not self.address or not self.is_public(row):
            return ""
        if isinstance(row, models.Resource) and not _is_shown(row):
            return ""
        return reverse(self.address, args=self.slugs(row))

    def label(self, row: Any) -> str:
        """Return what a row is called in a list; its kind while it has no name."""
        if isinstance(row, models.News) and not str(row.title):
            about = tuple(link for link in row.links.all() if link.relation == models.NewsLink.Relation.ABOUT)
            return pages.news_title(row, about=about)
        return str(row) or str(self.one)


def _is_shown(resource: models.Resource) -> bool:
    return models.Resource.objects.published().filter(pk=resource.pk).exists()


def _module_of(workshop: models.Workshop) -> tuple[str, ...]:
    return (workshop.module.slug,) if workshop.module else ("",)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="news",
            model=models.News,
            form=NewsForm,
            title=_("News and recaps"),
            one=_("Post"),
            new=_("New post"),
            page=views.news_detail,
            address="cycles:news-detail",
        ),
        Kind(
            name="programmes",
            model=models.Programme,
            form=ProgrammeForm,
            title=_("Programmes"),
            one=_("Programme"),
            new=_("New programme"),
            page=views.programme_detail,
            address="cycles:programme-detail",
        ),
        Kind(
            name="cycles",
            model=models.Cycle,
            form=CycleForm,
            title=_("Cycles"),
            one=_("Cycle"),
            new=_("New cycle"),
            page=views.cycle_detail,
            address="cycles:cycle-detail",
        ),
        Kind(
            name="modules",
            model=models.Module,
            form=ModuleForm,
            title=_("Training modules"),
            one=_("Training module"),
            new=_("New training module"),
            page=run_views.module_detail,
            address="cycles:module-detail",
        ),
        Kind(
            name="workshops",
            model=models.Workshop,
            form=WorkshopForm,
            title=_("Workshops"),
            one=_("Workshop"),
            new=_("New workshop"),
            page=run_views.module_detail,
            slugs=_module_of,
            address="cycles:module-detail",
        ),
        Kind(
            name="resources",
            model=models.Resource,
            form=ResourceForm,
            title=_("Resources"),
            one=_("Resource"),
            new=_("New resource"),
            page=library_views.resource_detail,
            address="cycles:resource-detail",
        ),
        Kind(
            name="events",
            model=models.Event,
            form=EventForm,
            title=_("Events elsewhere"),
            one=_("Event"),
            new=_("New event"),
        ),
        Kind(
            name="series",
            model=models.ResourceSeries,
            form=SeriesForm,
            title=_("Series of publications"),
            one=_("Series"),
            new=_("New series"),
        ),
        Kind(
            name="databases",
            model=models.ExternalDatabase,
            form=DatabaseForm,
            title=_("Databases of others"),
            one=_("Database"),
            new=_("New database"),
        ),
        Kind(
            name="organisations",
            model=models.Organisation,
            form=OrganisationForm,
            title=_("Organisations"),
            one=_("Organisation"),
            new=_("New organisation"),
        ),
        Kind(
            name="people",
            model=models.Person,
            form=PersonForm,
            title=_("People"),
            one=_("Person"),
            new=_("New person"),
        ),
        Kind(
            name="topics",
            model=models.Topic,
            form=TopicForm,
            title=_("Topics and levers"),
            one=_("Topic"),
            new=_("New topic"),
        ),
        Kind(
            name="territories",
            model=models.Territory,
            form=TerritoryForm,
            title=_("Territories"),
            one=_("Territory"),
            new=_("New territory"),
        ),
    )
}


class KindConverter:
    """The name of a kind in an address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> Kind:
        return KINDS[value]

    def to_url(self, value: Kind | str) -> str:
        return value if isinstance(value, str) else value.name
