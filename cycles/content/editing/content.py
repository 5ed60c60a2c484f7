"""Programmes, cycles, modules, workshops, resources, news, what all of them name: made, edited, published, withdrawn.

One table says what may be written of each. Nothing here has a version column: what an organiser was shown is known
by its digest, so that two people who edit different posts, or write the same words, never disturb each other.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import F, Model, Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from accounts import journal
from cycles import access, events, questions
from cycles.content import content_version, transfers
from cycles.models import (
    Cycle,
    Membership,
    Module,
    News,
    Programme,
    Resource,
    Session,
    Workshop,
)
from cycles.models.library.news import NEWS_TARGETS
from cycles.schedule.revision import PlanningError, StaleError, next_revised_at

from . import rows
from .shown import fingerprint
from .tables import IDENTITY, TABLES, Table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from accounts.models import User

Row = TypeVar("Row", bound=Model)


def digest(row: Model) -> str:
    """Return a short text that differs whenever anything that an editor shows of a row differs."""
    table = TABLES[type(row)]
    state: list[Any] = [getattr(row, name) for name in table.columns]
    state += [sorted(getattr(row, name).values_list("pk", flat=True)) for name in table.sets]
    for name in table.parts:
        columns = [f.attname for f in _part(row, name).model._meta.concrete_fields]
        if isinstance(row, News):
            # Its links are read once for all their relations, or not at all where they are there already.
            links = sorted(row.links.all(), key=lambda link: link.order)
            parts = [link for link in links if link.relation == name]
            state.append([tuple(getattr(part, column) for column in columns) for part in parts])
        else:
            state.append(list(_part(row, name).order_by("order").values_list(*columns)))
    return fingerprint(state)


def _part(row: Any, name: str) -> QuerySet[Any]:
    if isinstance(row, News):
        return row.links.filter(relation=name)
    rows: QuerySet[Any] = getattr(row, name).all()
    return rows


def create(
    model: type[Row],
    *,
    values: Mapping[str, Any],
    by: User | None,
    at: dt.datetime,
    slug_from: str = "",
) -> Row:
    """Make a programme, a cycle, a post… and return it. What can be published begins as a draft.

    `values` is by column, set and part (see TABLES) and has been validated. Its address is made from `slug_from`
    or the title, once: it stays when the title changes. Who begins a programme answers for it.
    """
    with journal.entry("content.create", by=by, at=at) as entry:
        table = _checked(model, values)
        columns = {name: values[name] for name in table.columns if name in values}
        row = model(slug=_free_slug(model, slug_from or _name(values)), **columns)
        if isinstance(row, Cycle):
            row.revised_at = next_revised_at(None, at=at)
        if isinstance(row, News):
            # The newest stands on top.
            News.objects.update(position=F("position") + 1)
        if hasattr(row, "is_published"):
            row.is_published = False
        row.save(force_insert=True)
        if isinstance(row, Programme) and by is not None:
            Membership.objects.create(programme=row, user=by, role=Membership.Role.OWNER)
        _write_around(row, table, values)
        entry.about(row)
        return row


def edit_content(
    row: Row,
    *,
    values: Mapping[str, Any],
    by: User | None,
    at: dt.datetime,
    seen: str | None = None,
) -> Row:
    """Write what a programme, a cycle, a post… says; return the row, untouched if every value was the same.

    `values` as for `create`; what it leaves out stays. Raises StaleError when the row is no longer what it was
    when its `digest` was `seen`, TransferError when `by` may not move it to another programme.
    """
    with journal.entry("content.edit", row, by=by, at=at):
        table = _checked(type(row), values)
        fresh: Row = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if seen is not None and digest(fresh) != seen:
            raise StaleError(fresh)
        origin = access.programme_of(fresh)
        changed = [
            name
            for name in table.columns
            if name in values and rows.said(getattr(fresh, name)) != rows.said(values[name])
        ]
        if "kind" in changed and isinstance(fresh, Cycle) and Cycle.Kind.RUN in (fresh.kind, values["kind"]):
            raise transfers.TransferError(
                _(
                    "A training run is opened from the page of its module: the kind of a cycle does not become it."
                )
            )
        if isinstance(fresh, Cycle) and "is_external" in changed and values["is_external"]:
            # Whoever registered here has a link that leads here.
            questions.refuse_if(questions.against_hiding.ask(fresh))
        for name in changed:
            setattr(fresh, name, values[name])
        if _write_around(fresh, table, values):
            content_version.touch()
        if changed:
            fields = [name.removesuffix("_id") for name in changed]
            if isinstance(fresh, Cycle):
                fresh.revised_at = next_revised_at(fresh.revised_at, at=at)
                fields.append("revised_at")
            fresh.save(update_fields=fields)
            transfers.settle(fresh, origin=origin, by=by, at=at)
        return fresh


def _checked(model: type[Model], values: Mapping[str, object]) -> Table:
    table = TABLES[model]
    if foreign := set(values) - {*table.columns, *table.sets, *table.parts}:
        msg = f"these fields are not edited here: {', '.join(sorted(foreign))}"
        raise ValueError(msg)
    return table


def _write_around(row: Any, table: Table, values: Mapping[str, Any]) -> bool:
    """Write the sets and the ordered rows of a row; return whether any differed."""
    differs = False
    for name in table.sets:
        if name in values:
            manager = getattr(row, name)
            wanted = set(values[name])
            if wanted != set(manager.values_list("pk", flat=True)):
                manager.set(wanted)
                differs = True
    for name in table.parts:
        if name in values:
            written = values[name]
            if isinstance(row, News):
                parent: dict[str, Any] = {"news": row, "relation": name}
            elif isinstance(row, Cycle):
                parent, written = {"cycle": row}, _with_slugs(row, written)
            else:
                parent = {"programme": row}
            _rows, others = rows.replace(
                _part(row, name), [(parent, written)], identity=IDENTITY.get(name, ())
            )
            differs = differs or others
    return differs


def _with_slugs(cycle: Cycle, tracks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give each new reading path of a cycle an address of its own; the others keep theirs."""
    taken = set(cycle.tracks.values_list("slug", flat=True))
    results = []
    for track in tracks:
        values = dict(track)
        if "pk" not in values:
            base = slugify(str(values["name"]))[:70].strip("-") or "track"
            candidates = itertools.chain([base], (f"{base}-{number}" for number in itertools.count(2)))
            values["slug"] = next(slug for slug in candidates if slug not in taken)
            taken.add(values["slug"])
        results.append(values)
    return results


def _name(values: Mapping[str, Any]) -> str:
    """Return what a new row is called, in the site's own language if it can be."""
    title = values.get("title") or values.get("name") or ""
    if isinstance(title, LazyI18nString):
        title = title.localize("fr")
    return str(title) or f"{values.get('given_name', '')} {values.get('family_name', '')}".strip()


def _free_slug(model: type[Model], name: str) -> str:
    slug = slugify(name[:200])[:70].strip("-") or model._meta.model_name or "page"
    # Addresses that the desk uses for something else.
    candidates = (slug if n == 1 else f"{slug}-{n}" for n in itertools.count(2 if slug == "new" else 1))
    taken = set(model._default_manager.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(candidate for candidate in candidates if candidate not in taken)


def publish(
    row: Programme | Cycle | Session | Module | Workshop | Resource | News,
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Let everyone see a draft. Publishing what is published changes nothing.

    Raises PlanningError for a session without a date, or a cycle without a session. A post sends `NewsPublished`.
    """
    with journal.entry("content.publish", row, by=by, at=at):
        fresh: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if isinstance(fresh, Cycle | Session):
            if fresh.status != type(fresh).Status.DRAFT:
                return
            _publish_planned(fresh, at=at)
        elif not fresh.is_published:
            fresh.is_published = True
            fresh.save(update_fields=["is_published"])
            if isinstance(fresh, News):
                events.NewsPublished(news=fresh, at=at).send()


def _publish_planned(row: Cycle | Session, *, at: dt.datetime) -> None:
    if isinstance(row, Cycle):
        if row.module is not None and not row.module.is_published:
            raise PlanningError(_("The module of this run is a draft: publish it first."))
        if not row.is_external and not row.sessions.exists():
            raise PlanningError(_("This cycle has no session yet: plan its dates before you publish it."))
        row.status = Cycle.Status.PUBLISHED
    else:
        if row.starts_at is None:
            raise PlanningError(_("This session has no date yet: give it one before you publish it."))
        row.status = Session.Status.TENTATIVE
    row.revised_at = next_revised_at(row.revised_at, at=at)
    row.save(update_fields=["status", "revised_at"])
    if isinstance(row, Session):
        events.SessionsAdded(cycle=row.cycle, session_ids=[row.pk], at=at).send()


def withdraw(
    row: Programme | Cycle | Module | Workshop | Resource | News,
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Make a draft of what is published: its page is gone for visitors, its words stay.

    Raises PlanningError for a cycle with sessions ahead that somebody registered for (`questions.against_hiding`).
    """
    with journal.entry("content.withdraw", row, by=by, at=at):
        fresh: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
        if isinstance(fresh, Cycle):
            if _is_going_on(fresh, at=at):
                questions.refuse_if(questions.against_hiding.ask(fresh))
            _set_status(fresh, Cycle.Status.DRAFT, at=at)
            return
        fresh.is_published = False
        fresh.save(update_fields=["is_published"])


def archive(cycle: Cycle, *, by: User | None, at: dt.datetime) -> None:
    """Put away a cycle that is over: its pages and calendars stay, nobody registers, the desk asks for nothing more.

    Raises PlanningError for a draft, or while a session is ahead or waits for a new date.
    """
    with journal.entry("cycle.archive", cycle, by=by, at=at):
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if row.status != Cycle.Status.PUBLISHED:
            raise PlanningError(_("Only a published cycle can be archived."))
        if _is_going_on(row, at=at):
            raise PlanningError(_("This cycle is not over: a session is ahead, or waits for a new date."))
        _set_status(row, Cycle.Status.ARCHIVED, at=at)


def unarchive(cycle: Cycle, *, by: User | None, at: dt.datetime) -> None:
    """Let a cycle go on. Raises PlanningError for one that is not archived."""
    with journal.entry("cycle.unarchive", cycle, by=by, at=at):
        row = Cycle.objects.select_for_update().get(pk=cycle.pk)
        if row.status != Cycle.Status.ARCHIVED:
            raise PlanningError(_("This cycle is not archived."))
        _set_status(row, Cycle.Status.PUBLISHED, at=at)


def _is_going_on(cycle: Cycle, *, at: dt.datetime) -> bool:
    """Tell whether a session is ahead, a draft among them, or waits for a new date."""
    undecided = Q(status=Session.Status.POSTPONED)
    drafts = Q(status=Session.Status.DRAFT) & (Q(ends_at=None) | Q(ends_at__gt=at))
    return cycle.sessions.upcoming(at=at).exists() or cycle.sessions.filter(undecided | drafts).exists()


def _set_status(cycle: Cycle, status: Cycle.Status, *, at: dt.datetime) -> None:
    cycle.status = status
    cycle.revised_at = next_revised_at(cycle.revised_at, at=at)
    cycle.save(update_fields=["status", "revised_at"])


def no_target() -> dict[str, None]:
    """Return the columns of a post's link with nothing named yet: one of them is then filled in."""
    return {f"{name}_id": None for name in NEWS_TARGETS}
