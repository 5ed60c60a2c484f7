"""The planned world for site administrators: what the desk has no page for yet.

A schedule is not changed here: moving, cancelling and restoring tell people, so they have their pages in the
desk. What is changed here makes `revised_at` rise, so that calendars follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import URLField
from django.utils import timezone
from i18nfield.fields import I18nCharField, I18nTextField
from i18nfield.forms import I18nTextarea, I18nTextInput

from cycles.schedule.revision import next_revised_at

from . import models

if TYPE_CHECKING:
    from django.db.models import Field
    from django.forms import ModelForm
    from django.http import HttpRequest

    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    # Django's classes take type parameters in the stubs only.
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline


TWO_LANGUAGES: dict[type[Field[Any, Any]], dict[str, Any]] = {
    I18nCharField: {"widget": I18nTextInput},
    I18nTextField: {"widget": I18nTextarea},
    URLField: {"assume_scheme": "https"},
}


class ObjectiveInline(TabularInline):
    model = models.Objective
    extra = 0
    formfield_overrides = TWO_LANGUAGES


class PartnershipInline(TabularInline):
    model = models.Partnership
    extra = 0
    formfield_overrides = TWO_LANGUAGES
    autocomplete_fields = ("organisation",)


class MembershipInline(TabularInline):
    model = models.Membership
    extra = 0
    autocomplete_fields = ("user",)


class SegmentInline(TabularInline):
    model = models.Segment
    extra = 0
    formfield_overrides = TWO_LANGUAGES


class SpeakerSlotInline(TabularInline):
    model = models.SpeakerSlot
    extra = 0
    autocomplete_fields = ("person", "organisation")


class NewsLinkInline(TabularInline):
    model = models.NewsLink
    fk_name = "news"
    extra = 0
    raw_id_fields = ("session", "cycle", "programme", "module", "workshop", "resource", "event")


class SlugAdmin(ModelAdmin):
    """What is known by its slug and found by it."""

    search_fields: ClassVar[tuple[str, ...]] = ("slug",)
    # Both languages one above the other; the administration's own text widget knows only one.
    formfield_overrides = TWO_LANGUAGES


@admin.register(models.Organisation)
class OrganisationAdmin(SlugAdmin):
    list_display = ("name", "kind", "slug")
    search_fields = ("slug", "name", "full_name")


@admin.register(models.Person)
class PersonAdmin(SlugAdmin):
    list_display = ("__str__", "organisation", "slug")
    search_fields = ("slug", "given_name", "family_name")
    autocomplete_fields = ("organisation",)


@admin.register(models.Programme)
class ProgrammeAdmin(SlugAdmin):
    list_display = ("__str__", "slug", "is_published")
    inlines = (ObjectiveInline, PartnershipInline, MembershipInline)


@admin.register(models.Cycle)
class CycleAdmin(SlugAdmin):
    list_display = ("__str__", "programme", "kind", "status", "slug")
    list_filter = ("status", "kind")
    # The rhythm and its zone belong to the planner of the desk.
    readonly_fields = (
        "timezone",
        "planned_count",
        "frequency",
        "nth",
        "weekday",
        "month_day",
        "interval",
        "first_date",
        "last_date",
        "local_start",
        "minutes",
        "revised_at",
    )

    def save_model(
        self,
        request: HttpRequest,
        obj: models.Cycle,
        form: ModelForm[models.Cycle],
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        obj.revised_at = next_revised_at(obj.revised_at, at=timezone.now())
        super().save_model(request, obj, form, change)


@admin.register(models.Session)
class SessionAdmin(SlugAdmin):
    list_display = ("__str__", "number", "starts_at", "status")
    list_filter = ("status", "cycle")
    inlines = (SegmentInline,)
    readonly_fields = (
        "cycle",
        "number",
        "status",
        "planned_date",
        "starts_at",
        "ends_at",
        "is_all_day",
        "cancel_reason",
        "revision",
        "revised_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Sessions come from the planner, which numbers them and lets people in."""
        return False

    def save_related(
        self, request: HttpRequest, form: ModelForm[models.Session], formsets: Any, change: Any
    ) -> None:
        """Make calendars follow what was saved, the agenda included."""
        super().save_related(request, form, formsets, change)
        session = form.instance
        session.revised_at = next_revised_at(session.revised_at, at=timezone.now())
        session.save(update_fields=["revised_at"])


@admin.register(models.Segment)
class SegmentAdmin(ModelAdmin):
    formfield_overrides = TWO_LANGUAGES
    list_display = ("__str__", "session", "order")
    inlines = (SpeakerSlotInline,)
    readonly_fields = ("session",)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """A segment is added on the page of its session."""
        return False

    def save_related(
        self, request: HttpRequest, form: ModelForm[models.Segment], formsets: Any, change: Any
    ) -> None:
        super().save_related(request, form, formsets, change)
        session = form.instance.session
        session.revised_at = next_revised_at(session.revised_at, at=timezone.now())
        session.save(update_fields=["revised_at"])


@admin.register(models.News)
class NewsAdmin(SlugAdmin):
    list_display = ("__str__", "kind", "is_published", "slug")
    inlines = (NewsLinkInline,)


for plain in (
    models.Event,
    models.ExternalDatabase,
    models.Module,
    models.Resource,
    models.ResourceSeries,
    models.Territory,
    models.Topic,
    models.Workshop,
):
    admin.site.register(plain, SlugAdmin)
