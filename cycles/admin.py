"""What has no page in the desk: events, series of resources, and databases of others, which only a file brings in.

Everything else is changed in the desk or by a programme file, whose verbs tell people and write the journal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import URLField
from i18nfield.fields import I18nCharField, I18nTextField
from i18nfield.forms import I18nTextarea, I18nTextInput

from . import models

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    # Django's classes take type parameters in the stubs only.
    ModelAdmin = admin.ModelAdmin


@admin.register(models.Event, models.ResourceSeries, models.ExternalDatabase)
class SlugAdmin(ModelAdmin):
    """What is known by its slug and found by it."""

    search_fields = ("slug",)
    # Every language one above the other; the administration's own text widget knows only one.
    formfield_overrides = {
        I18nCharField: {"widget": I18nTextInput},
        I18nTextField: {"widget": I18nTextarea},
        URLField: {"assume_scheme": "https"},
    }
