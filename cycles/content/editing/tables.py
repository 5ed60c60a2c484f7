"""What may be written of each kind of content: one table, read by the verbs and by the desk's forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cycles.models import (
    Cycle,
    Event,
    ExternalDatabase,
    Module,
    News,
    Organisation,
    Person,
    Programme,
    Resource,
    ResourceSeries,
    Territory,
    Topic,
    Workshop,
)

if TYPE_CHECKING:
    from django.db.models import Model

DATE = ("date_from", "date_until", "date_precision")


class Table(NamedTuple):
    """What may be written of a kind: its columns, its sets of others (`owners`), its ordered rows (`objectives`)."""

    columns: tuple[str, ...]
    sets: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


TABLES: dict[type[Model], Table] = {
    Programme: Table(
        (
            "title",
            "short_title",
            "summary",
            "banner",
            "lead_id",
            "launched_on",
            "sender_name",
            "contact_email",
            "accent",
        ),
        parts=("objectives", "partnerships"),
    ),
    Cycle: Table(
        (
            "programme_id",
            "kind",
            "title",
            "short_title",
            "session_word",
            "description",
            "outcomes",
            "spoken_language",
            "banner",
            "color",
            "sender_name",
            "contact_email",
            "is_external",
            "external_url",
            "host_id",
            "follows_id",
            "opening_event_id",
            "closing_event_id",
        ),
        parts=("tracks",),
    ),
    Module: Table(
        (
            "programme_id",
            "kind",
            "status",
            "legal_frame",
            "title",
            "summary",
            "audience",
            "platform_id",
            "is_external",
            "url",
        ),
        sets=("owners", "partners"),
    ),
    Workshop: Table(("module_id", "title", "modality", "place", "starts_at", *DATE), sets=("hosts",)),
    Resource: Table(
        (
            "programme_id",
            "session_id",
            "kind",
            "title",
            "title_variant",
            "summary",
            "audience",
            "key_figures",
            "questions",
            "url",
            "is_downloadable",
            "series_id",
            "issue",
            "version_of_id",
            "launched_at_id",
            "concludes_id",
            "coordinated_by_id",
            *DATE,
        ),
        sets=("publishers", "partners", "topics"),
    ),
    News: Table(("programme_id", "kind", "title", "body", "is_pinned", *DATE), parts=("about", "announces")),
    Event: Table(
        ("programme_id", "kind", "title", "is_external", "url", "within_id", *DATE), sets=("hosts", "people")
    ),
    ResourceSeries: Table(("title", "first_year", "cadence", "known_issues", "implied_issues")),
    ExternalDatabase: Table(("name", "description", "url", "size_at_launch", *DATE), sets=("topics",)),
    Organisation: Table(("name", "full_name", "aliases", "kind", "description", "url")),
    Person: Table(("given_name", "family_name", "role", "organisation_id")),
    Topic: Table(("name", "kind")),
    Territory: Table(("name", "kind")),
}
# Columns that make a row what it is: with another one it is another row, and keeps no note of the first.
IDENTITY = {"partnerships": ("organisation_id",)}
