"""Reading events, modules, workshops, publications, external databases and news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cycles.models import (
    Cycle,
    Event,
    ExternalDatabase,
    Module,
    News,
    NewsLink,
    Resource,
    ResourceSeries,
    Session,
    Workshop,
)
from cycles.models.shared import Modality

from .catalogue import sourced
from .reading import LONGEST_TEXT, Reference
from .records import Record, Row, Rows

if TYPE_CHECKING:
    from .reading import Item

# The number of a run stands after the address of its module.
LONGEST_RUN = 68


def _dated(item: Item, *remarks: str, key: str = "date", between: str = "date_between") -> dict[str, Any]:
    """Return the columns of a fuzzy date and of its origin."""
    fuzzy = item.fuzzy(key, between)
    item.check_weekday(fuzzy.date_from if fuzzy.date_precision == "day" else None)
    fields = sourced(item, *remarks)
    fields["note"] = "\n".join(part for part in (fields["note"], fuzzy.words) if part)
    return fields | {
        "date_from": fuzzy.date_from,
        "date_until": fuzzy.date_until,
        "date_precision": fuzzy.date_precision,
    }


def _hosts(item: Item) -> list[Reference]:
    host = item.reference("host", "organisations")
    return [*([host] if host else []), *item.references("hosts", "organisations")]


def event(item: Item) -> Record:
    item.ignore("time_known")
    return Record(
        section="events",
        slug=item.slug(),
        item=item,
        model=Event,
        fields={
            "kind": item.choice("kind", Event.Kind.values, default=Event.Kind.OTHER),
            "title": item.words("title", required=True),
            "is_external": item.flag("external", default=True),
            "url": item.text("url"),
        }
        | _dated(item, "venue_external", "title_external"),
        refs={
            "programme": item.reference("programme", "programmes"),
            "within": item.reference("within", "organisations"),
        },
        many={"hosts": _hosts(item), "people": item.references("people", "people")},
    )


def module(item: Item) -> Record:
    kind = item.choice("kind", Module.Kind.values, default=Module.Kind.TRAINING)
    status = Module.Status.OPEN if kind == Module.Kind.MOOC else Module.Status.IN_DESIGN
    return Record(
        section="modules",
        slug=item.slug(),
        item=item,
        model=Module,
        fields={
            "kind": kind,
            "status": item.choice("status", Module.Status.values, default=status),
            "legal_frame": item.choice(
                "legal_frame", Session.LegalFrame.values, default=Session.LegalFrame.INFORMATION
            ),
            "title": item.words("title", required=True),
            "summary": item.words("summary", limit=LONGEST_TEXT),
            "audience": item.words("audience"),
            "is_external": item.flag("external"),
            "url": item.text("url"),
        }
        | sourced(item, "title_certainty"),
        refs={
            "programme": item.reference("programme", "programmes"),
            "platform": item.reference("platform", "organisations"),
        },
        many={
            "owners": item.references("owners", "organisations"),
            "partners": item.references("partners", "organisations"),
        },
    )


def run(item: Item, module: Record, place: int) -> Record:
    """Return a run of which the file knows the dates alone; one with half-days stands under `cycles`."""
    starts_on, ends_on = item.date("starts_on"), item.date("ends_on")
    item.check_weekday(starts_on)
    if starts_on and ends_on and ends_on < starts_on:
        item.error(_("the run ends before it begins"), "ends_on")
    number = item.number("number") or place
    is_external = bool(module.fields["is_external"])
    return Record(
        section="runs",
        slug=f"{module.slug[:LONGEST_RUN]}-{number}",
        item=item,
        model=Cycle,
        fields={
            "kind": Cycle.Kind.RUN,
            "run_number": number,
            "title": module.fields["title"],
            "first_date": starts_on,
            "last_date": ends_on,
            "is_external": is_external,
            "external_url": item.text("url") or (module.fields["url"] if is_external else ""),
            "price": item.words("price"),
        }
        | sourced(item),
        # No half-day is known that one could register for; an organiser may plan some, and open it.
        initial={"status": Cycle.Status.PUBLISHED, "registration_mode": Cycle.RegistrationMode.CLOSED},
        refs={
            "module": Reference("modules", module.slug, item.line, item.where),
            "programme": module.refs["programme"],
            "host": module.refs["platform"],
        },
    )


def workshop(item: Item, module_slug: str) -> Record:
    item.ignore("time_known", "place_known")
    return Record(
        section="workshops",
        slug=item.slug(),
        item=item,
        model=Workshop,
        fields={
            "kind": item.text("kind", limit=40) or "co_design_workshop",
            "title": item.words("title", required=True),
            "modality": item.choice("modality", Modality.values, default=Modality.UNKNOWN),
            "place": item.words("place"),
            "starts_at": item.moment("starts_at"),
        }
        | _dated(item),
        refs={"module": Reference("modules", module_slug, item.line, item.where)},
        many={"hosts": _hosts(item)},
    )


def series(item: Item) -> Record:
    return Record(
        section="resource_series",
        slug=item.slug(),
        item=item,
        model=ResourceSeries,
        fields={
            "title": item.words("title", required=True),
            "first_year": item.number("first_year", least=1000, most=9999),
            "cadence": item.text("cadence", limit=20),
            "known_issues": item.numbers("known_issues"),
            "implied_issues": item.numbers("implied_issues"),
        },
    )


def resource(item: Item) -> Record:
    return Record(
        section="resources",
        slug=item.slug(),
        item=item,
        model=Resource,
        fields={
            "kind": item.choice("kind", Resource.Kind.values, required=True),
            "title": item.words("title", required=True),
            "title_variant": item.text("title_variant", limit=300),
            # The context ("a contribution to…") is what the file has of a summary.
            "summary": item.words("summary", limit=LONGEST_TEXT) or item.words("context", limit=LONGEST_TEXT),
            "audience": item.words("audience"),
            "key_figures": _sentences(item, "key_figures"),
            "questions": _sentences(item, "questions"),
            "url": item.text("url", limit=500),
            "is_downloadable": item.flag("downloadable"),
            "issue": item.number("issue"),
        }
        | _dated(item),
        refs={
            "series": item.reference("series", "resource_series"),
            "version_of": item.reference("version_of", "resources"),
            "programme": item.reference("programme", "programmes"),
            "session": item.reference("session", "sessions"),
            "launched_at": item.reference("launched_at", "events"),
            "concludes": item.reference("concludes", "cycles"),
            "coordinated_by": item.reference("coordinated_by", "organisations"),
        },
        many={
            "publishers": item.references("publishers", "organisations"),
            "partners": item.references("partners", "organisations"),
            "topics": item.references("topics", "topics"),
        },
    )


def _sentences(item: Item, key: str) -> list[dict[str, str] | str]:
    results = []
    for sentence in item.items(key):
        results.append(sentence.own_words(limit=1000, required=True))
        sentence.finish()
    return results


def external_database(item: Item) -> Record:
    domain = item.text("domain")
    return Record(
        section="external_databases",
        slug=item.slug(),
        item=item,
        model=ExternalDatabase,
        fields={
            "name": item.text("name", required=True),
            "description": item.own_words(limit=LONGEST_TEXT),
            "url": item.text("url") or (f"https://{domain}/" if domain else ""),
            "size_at_launch": item.text("size_at_launch"),
        }
        | _dated(item, "years_of_work", key="launch_date", between="launch_between"),
        many={"topics": item.references("topics", "topics")},
    )


def news(item: Item, position: int) -> Record:
    links = [
        Row(fields={"relation": relation, "order": order}, refs={"target": target})
        for relation in (NewsLink.Relation.ABOUT, NewsLink.Relation.ANNOUNCES)
        for order, target in enumerate(item.references(relation, ""), start=1)
    ]
    fields = _dated(item, key="published_on", between="published_between")
    fields["certainty"] = sourced(item, certainty="published_certainty")["certainty"]
    fields["source"] = fields["source"] or item.text("id", limit=200)
    return Record(
        section="news",
        slug=item.slug(),
        item=item,
        model=News,
        fields={
            "kind": item.choice("kind", News.Kind.values, default=News.Kind.ANNOUNCEMENT),
            "title": item.words("title"),
            "body": item.words("body", limit=LONGEST_TEXT),
            "is_pinned": item.flag("pinned"),
            "position": position,
        }
        | fields,
        refs={"programme": item.reference("programme", "programmes")},
        rows=[Rows(name="links", key=("relation", "order"), rows=links, is_replaced=True)],
    )
