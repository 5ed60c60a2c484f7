"""The first pages of the menu's entries: cycles, training, content, people, mailings, teams."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cycles import access
from cycles.language import naming, wording
from cycles.models import Cycle, Membership, Module
from cycles.runs.queries import dates_of
from desk.content.editors.kinds import KINDS
from desk.home import overview
from desk.schedule.consequences import language
from registrations.models import SEATED, CycleRegistration, State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from cycles.models import Programme
    from desk.content.editors.kinds import Kind

    Viewer = User | AnonymousUser


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line: its name, where it opens, what is said of it, and other pages of it as (word, address)."""

    name: str
    url: str
    about: str = ""
    tag: str = ""
    # The language of the name where it is not the page's.
    language: str = ""
    # What tells its links from those of others with the same name.
    which: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """Lines under one heading, which may lead somewhere."""

    title: str
    items: tuple[Item, ...]
    url: str = ""
    language: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the page of an entry shows; `actions` are (word, address), the first one is the next step."""

    title: str
    groups: tuple[Group, ...]
    empty: str
    actions: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False
    # A field that looks for a person stands above the lines.
    has_search: bool = False


def cycles(user: Viewer, *, at: dt.datetime) -> Page:
    """Return the programmes that somebody has a role in, each with its cycles."""
    page = _by_programme(user, _cycle, right=access.Right.SEE, at=at)
    groups = tuple(
        Group(
            title=group.title,
            language=group.language,
            url=reverse("desk:programme", args=[programme.slug]) if programme is not None else "",
            items=group.items,
        )
        for programme, group in page.pairs
    )
    actions = (
        (_("New cycle"), reverse("desk:content-new", args=["cycles"])),
        (_("New programme"), reverse("desk:content-new", args=["programmes"])),
        (_("Import a programme file"), reverse("desk:programme-import")),
    )
    return Page(
        title=_("Cycles"),
        groups=groups,
        actions=actions if access.may_plan_anything(user) else (),
        is_cut=page.is_cut,
        empty=_("You have no role in any programme yet. Ask its owner to give you one."),
    )


@dataclass(frozen=True, kw_only=True)
class _Grouped:
    pairs: tuple[tuple[Programme | None, Group], ...]
    is_cut: bool

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(group for _programme, group in self.pairs)


def _by_programme(
    user: Viewer, item: Callable[[Cycle], Item], *, right: access.Right, at: dt.datetime
) -> _Grouped:
    listed = overview.listed(
        access.programmes(user, right=right).distinct(),
        access.cycles(user, right=right).select_related("programme").distinct(),
        at=at,
    )
    when = dates_of(cycle for _programme, rows in listed.groups for cycle in rows)
    pairs = tuple(
        (
            programme,
            Group(
                title=str(programme.title) if programme is not None else _("Without a programme"),
                language=naming.fallback(programme.title) if programme is not None else "",
                items=tuple(_dated(item(cycle), when.get(cycle.pk, "")) for cycle in rows),
            ),
        )
        for programme, rows in listed.groups
    )
    return _Grouped(pairs=pairs, is_cut=listed.is_cut)


def _dated(item: Item, when: str) -> Item:
    """Put the dates of a run before what is said of it: the runs of a module have one name."""
    return replace(item, about=" · ".join(filter(None, (when, item.about))))


def _cycle(
    cycle: Cycle, *, url: str = "", links: tuple[tuple[str, str], ...] = (), about: str | None = None
) -> Item:
    return Item(
        name=str(cycle.title),
        language=naming.fallback(cycle.title),
        url=url or reverse("desk:cycle-detail", args=[cycle.slug]),
        tag=cycle.get_status_display(),
        about=" · ".join(filter(None, (_which(cycle), _period(cycle) if about is None else about))),
        which=_which(cycle),
        links=links,
    )


def _which(cycle: Cycle) -> str:
    """Return which run of its module it is: runs have one title; nothing for a cycle."""
    return _("Run %(number)s") % {"number": cycle.run_number} if cycle.is_run else ""


def _period(cycle: Cycle) -> str:
    if cycle.is_run:
        return ""
    said = [wording.rule_in_words(cycle.rule, language=language()) if cycle.rule else ""]
    if cycle.first_date and cycle.last_date:
        said.append(wording.period(cycle.first_date, cycle.last_date, language=language()))
    elif cycle.first_date:
        said.append(_("from %(date)s") % {"date": wording.long_date(cycle.first_date, language=language())})
    return " · ".join(filter(None, said))


def modules(user: Viewer) -> Page:
    """Return the training modules that somebody sees, each with its runs."""
    rows = access.content(user, Module, right=access.Right.SEE).distinct().prefetch_related("runs")
    when = dates_of(run for module in rows for run in module.runs.all())
    planned = set(access.content(user, Module).values_list("pk", flat=True))
    groups = tuple(
        Group(
            title=str(module.title),
            language=naming.fallback(module.title),
            url=reverse("desk:module-runs", args=[module.slug]) if module.pk in planned else "",
            about=str(module.get_status_display()),
            items=tuple(
                _dated(_run(run), when[run.pk])
                for run in sorted(module.runs.all(), key=lambda run: -(run.run_number or 0))
            ),
        )
        for module in rows
    )
    may_plan = access.may_plan_anything(user)
    actions = (
        (_("New training module"), reverse("desk:content-new", args=["modules"])),
        (_("Workshops"), reverse("desk:content-list", args=["workshops"])),
    )
    return Page(
        title=_("Training modules"),
        groups=groups,
        actions=actions if may_plan else (),
        empty=_("No training module yet."),
    )


def _run(run: Cycle) -> Item:
    return Item(
        name=_which(run),
        url=reverse("desk:cycle-detail", args=[run.slug]),
        tag=run.get_status_display(),
        about=_period(run),
    )


# Content in the order in which it is looked for: what is written, then what names are drawn from.
WRITTEN = ("news", "resources", "programmes", "cycles", "modules", "workshops", "events")


def writable_kinds(user: Viewer) -> list[Kind]:
    """Return the kinds of content that whoever plans something may write."""
    plans_all = access.may_plan_everything(user)
    return [kind for kind in KINDS.values() if plans_all or not issubclass(kind.model, access.SITE_WIDE)]


def contents(user: Viewer) -> Page:
    """Return the kinds of content that somebody may write; nothing for who only reads."""
    if not access.may_plan_anything(user):
        return Page(title=_("Content"), groups=(), empty=_("Your role does not let you write content."))
    items = {
        kind.name: Item(name=str(kind.title), url=reverse("desk:content-list", args=[kind]))
        for kind in writable_kinds(user)
    }
    written = tuple(items[name] for name in WRITTEN if name in items)
    shared = tuple(item for name, item in items.items() if name not in WRITTEN)
    return Page(
        title=_("Content"),
        groups=(
            Group(title=_("What visitors read"), items=written),
            Group(title=_("Names that all programmes share"), items=shared),
        ),
        actions=((_("New post"), reverse("desk:content-new", args=["news"])),),
        empty="",
    )


def people(user: Viewer, *, at: dt.datetime) -> Page:
    """Return the cycles whose people somebody may read, with how many there are."""
    rows = access.cycles(user, right=access.Right.PEOPLE).order_by()
    counts = {
        pk: (seated, waiting)
        for pk, seated, waiting in CycleRegistration.objects.filter(cycle__in=rows)
        .order_by()
        .values_list("cycle")
        .annotate(
            seated=Count("pk", filter=Q(state__in=SEATED)),
            waiting=Count("pk", filter=Q(state=State.WAITLISTED)),
        )
    }

    def item(cycle: Cycle) -> Item:
        return _cycle(
            cycle,
            url=reverse("desk:registrants", args=[cycle.slug]),
            about=_counted(*counts.get(cycle.pk, (0, 0))),
        )

    page = _by_programme(user, item, right=access.Right.PEOPLE, at=at)
    actions = (
        ((_("Data requests"), reverse("desk:data-requests")),)
        if access.Right.PRIVACY in access.rights_anywhere(user)
        else ()
    )
    return Page(
        title=_("People registered"),
        groups=tuple(group for group in page.groups if group.items),
        actions=actions,
        is_cut=page.is_cut,
        has_search=bool(page.groups),
        empty=_("Nobody to see yet: no cycle, or your role shows no names."),
    )


def _counted(seated: int, waiting: int) -> str:
    said = [
        ngettext("%(count)d person registered", "%(count)d people registered", seated) % {"count": seated}
    ]
    if waiting:
        said.append(ngettext("%(count)d waiting", "%(count)d waiting", waiting) % {"count": waiting})
    return " · ".join(said)


def mailings(user: Viewer, *, at: dt.datetime) -> Page:
    """Return the cycles that somebody sees, each with the pages of its emails that are theirs to open."""
    may = {
        right: set(access.cycles(user, right=right).values_list("pk", flat=True))
        for right in (access.Right.PLAN, access.Right.PEOPLE)
    }
    pages = (
        ("desk:mail-rehearsal", _("All emails in their order"), access.Right.PLAN),
        ("desk:messages", _("Message texts"), access.Right.PLAN),
        ("desk:group-messages", _("Messages to groups"), access.Right.PLAN),
        ("desk:deliveries", _("What was sent"), access.Right.PEOPLE),
    )

    def item(cycle: Cycle) -> Item:
        links = tuple(
            (word, reverse(name, args=[cycle.slug])) for name, word, right in pages if cycle.pk in may[right]
        )
        return _cycle(cycle, url=reverse("desk:reminders", args=[cycle.slug]), links=links)

    page = _by_programme(user, item, right=access.Right.SEE, at=at)
    return Page(
        title=_("Mailings"),
        actions=(
            (_("Emails to come"), reverse("desk:mail-ahead")),
            (_("Emails that you get yourself"), reverse("desk:my-mails")),
        ),
        groups=tuple(group for group in page.groups if group.items),
        is_cut=page.is_cut,
        empty=_("No cycle yet: what it sends will stand here."),
    )


def teams(user: Viewer) -> Page:
    """Return the programmes that somebody has a role in, each with how many organise it."""
    rows = access.programmes(user).distinct()
    sizes = dict(
        Membership.objects.filter(programme__in=rows)
        .order_by()
        .values_list("programme")
        .annotate(count=Count("pk"))
    )
    audited = set(access.programmes(user, right=access.Right.AUDIT).values_list("pk", flat=True))
    items = tuple(
        Item(
            name=str(programme.title),
            language=naming.fallback(programme.title),
            url=reverse("desk:members", args=[programme.slug]),
            about=ngettext("%(count)d person", "%(count)d people", sizes.get(programme.pk, 0))
            % {"count": sizes.get(programme.pk, 0)},
            links=((_("Journal"), reverse("desk:journal", args=[programme.slug])),)
            if programme.pk in audited
            else (),
        )
        for programme in rows
    )
    return Page(
        title=_("Teams"),
        groups=(Group(title=_("By programme"), items=items),) if items else (),
        empty=_("You have no role in any programme yet. Ask its owner to give you one."),
    )
