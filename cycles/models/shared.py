"""Columns that several tables have: where a fact comes from, and dates that are not exact."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Color(models.TextChoices):
    """Names of CSS Color 3: calendars want them (cycles.calendars.rfc5545.colors), and pages take their accent."""

    TEAL = "teal", _("teal")
    DARKGREEN = "darkgreen", _("dark green")
    NAVY = "navy", _("navy blue")
    ROYALBLUE = "royalblue", _("royal blue")
    INDIGO = "indigo", _("indigo")
    PURPLE = "purple", _("purple")
    MEDIUMVIOLETRED = "mediumvioletred", _("raspberry")
    FIREBRICK = "firebrick", _("brick red")
    SADDLEBROWN = "saddlebrown", _("brown")
    DARKSLATEGRAY = "darkslategray", _("slate grey")


class Certainty(models.TextChoices):
    """How sure a fact is; kept from the import so that a reader of the data can judge."""

    STATED = "stated", _("stated in the source")
    INFERRED = "inferred", _("deduced from the source")
    COMPUTED = "computed", _("computed by the rule")
    HYPOTHESIS = "hypothesis", _("our assumption")
    EXTERNAL = "external", _("seen elsewhere")
    MEMORY = "memory", _("general knowledge")


class Sourced(models.Model):
    """A fact with its origin."""

    certainty = models.CharField(
        _("certainty"),
        max_length=12,
        choices=Certainty,
        default=Certainty.STATED,
        db_default=Certainty.STATED,
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.TextField(_("internal note"), blank=True)

    class Meta:
        abstract = True


def speaks_for(programme: int | F | None, *, path: str = "programme") -> Q:
    """Keep what may stand on a programme's pages, and be mailed from them: its own, and the site's (of no programme).

    What another programme's organisers write about one of its sessions stays on their own pages.
    """
    return Q(**{path: programme}) | Q(**{f"{path}__isnull": True})


class Modality(models.TextChoices):
    """How people take part. That of a session is never unknown: it is decided before one can register."""

    UNKNOWN = "unknown", _("not known yet")
    ONLINE = "online", _("online")
    ON_SITE = "on_site", _("on site")
    HYBRID = "hybrid", _("on site and online")


class DatePrecision(models.TextChoices):
    DAY = "day", _("exact day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    BETWEEN = "between", _("between two days")
    UNKNOWN = "unknown", _("not known")


class FuzzyDated(models.Model):
    """A date as well as it is known: a day, a month, a year, between two days, or not at all.

    `date_from` is the first day it can be, `date_until` the last one (only for "between").
    """

    date_from = models.DateField(_("date, or first possible day"), null=True, blank=True)
    date_until = models.DateField(_("last possible day"), null=True, blank=True)
    date_precision = models.CharField(
        _("precision of the date"), max_length=10, choices=DatePrecision, default=DatePrecision.UNKNOWN
    )

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_fuzzy_date",
                condition=Q(date_precision="unknown", date_from=None, date_until=None)
                | Q(date_precision__in=["day", "month", "year"], date_from__isnull=False, date_until=None)
                | Q(
                    date_precision="between",
                    date_from__isnull=False,
                    date_until__isnull=False,
                    date_until__gte=F("date_from"),
                ),
                violation_error_message=_(
                    "The date and its precision do not fit: give a day for an exact date, a month or a year; "
                    "two days in order for “between”; none for “not known”."
                ),
            ),
        )
