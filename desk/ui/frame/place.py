"""Where one is in the organisers' space: the entries of the menu, and the pages above the one that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cycles.language import naming
from cycles.models import Cycle, Module, Programme, Session
from desk.content.editors.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the menu: its word, its page, and the names of the pages below it as they begin."""

    key: str
    word: _StrPromise
    page: str
    pages: tuple[str, ...] = ()


# The first entry that a page belongs to is the one that is marked; what none names belongs to cycles.
MENU = (
    Entry(key="todo", word=_("To do"), page="desk:home", pages=("home",)),
    Entry(key="cycles", word=_("Cycles"), page="desk:cycles", pages=("cycles",)),
    Entry(
        key="training",
        word=pgettext_lazy("menu", "Training"),
        page="desk:modules",
        pages=(
            "modules",
            "module-",
            "run-",
            "workshop-",
            "training-run",
            "training-settings",
            "training-trainee",
            "syllabus",
            "yearly",
        ),
    ),
    Entry(key="content", word=_("Content"), page="desk:contents", pages=("content", "programme-import")),
    Entry(key="people", word=_("People"), page="desk:people", pages=("people", "registrant", "data-")),
    Entry(
        key="mail",
        word=_("Mailings"),
        page="desk:mailings",
        pages=(
            "mail",
            "reminder",
            "message",
            "group-",
            "deliver",
            "stopped",
            "refused",
            "my-mails",
            "newsletter",
        ),
    ),
    Entry(
        key="team",
        word=_("Team"),
        page="desk:teams",
        pages=("teams", "member", "journal", "invitation", "training-provider"),
    ),
)
OF_CYCLES = ("cycles", "programmes")
OF_MODULES = ("modules", "workshops")
NOWHERE = ("search", "status", "test-mail")


@dataclass(frozen=True, kw_only=True)
class Crumb:
    """A page above the one that is open."""

    name: str
    url: str
    # The language in which the name is written, where it is not the page's.
    language: str = ""


def entry_of(view: str, *, kind: object = None) -> Entry | None:
    """Return the entry of the menu to which a page of the desk belongs, by the name of its address."""
    page = view.removeprefix("desk:")
    if page.startswith(NOWHERE):
        return None
    key = "training" if isinstance(kind, Kind) and kind.name in OF_MODULES else ""
    if isinstance(kind, Kind) and kind.name in OF_CYCLES:
        key = "cycles"
    for entry in MENU:
        if entry.key == key or (not key and page.startswith(entry.pages)):
            return entry
    return MENU[1]


# The page of a cycle, or of a session, from which a page is opened.
OF_CYCLE: dict[str, tuple[str, _StrPromise]] = {
    "question-": ("desk:registration", _("Registration")),
    "registrant-": ("desk:registrants", _("People registered")),
    "registrants-": ("desk:registrants", _("People registered")),
    "registrant": ("desk:registrants", _("People registered")),
    "group-message-": ("desk:group-messages", _("Messages to groups")),
    "group-message": ("desk:group-messages", _("Messages to groups")),
    "reminder-": ("desk:reminders", _("Reminders")),
    "message-": ("desk:messages", _("Message texts")),
    "deliveries-": ("desk:deliveries", _("Emails")),
    "delivery-": ("desk:deliveries", _("Emails")),
    "survey-": ("desk:surveys", _("Surveys")),
    "stopped": ("desk:deliveries", _("Emails")),
    "training-settings": ("desk:training-run", _("Signatures and papers")),
    "training-trainee": ("desk:training-run", _("Signatures and papers")),
}
OF_SESSION: dict[str, tuple[str, _StrPromise]] = {
    "speaker-": ("desk:session-speakers", _("Speakers")),
    "attendance-": ("desk:attendance", _("Attendance")),
}
# Pages above another that not everybody who opens the one below may open.
OF_TEACHING = ("desk:training-run",)
ITSELF = (
    "registrants",
    "group-messages",
    "reminders",
    "messages",
    "deliveries",
    "attendance",
    "session-speakers",
)


def crumbs(view: str, context: Mapping[str, Any], *, path: str) -> list[Crumb]:
    """Return the pages above the one at `path`, from the menu down; none on the first page of an entry.

    They come from what the page shows: its `cycle`, `session`, `module`, `programme`, or `kind` and `row`.
    """
    entry = entry_of(view, kind=context.get("kind"))
    if entry is None:
        return []
    above = [Crumb(name=str(entry.word), url=reverse(entry.page)), *_objects(view, context)]
    return [crumb for crumb in above if crumb.url != path]


def _objects(view: str, context: Mapping[str, Any]) -> Iterator[Crumb]:
    page = view.removeprefix("desk:")
    kind, row = context.get("kind"), context.get("row")
    if isinstance(kind, Kind):
        if kind.name == "programmes" and row is not None:
            yield _programme(row)
            return
        if kind.name not in ("cycles", "modules"):
            yield Crumb(name=str(kind.title), url=reverse("desk:content-list", args=[kind]))
        if row is not None:
            yield _crumb(kind.label(row), reverse("desk:content-edit", args=[kind, row.slug]), row)
        return
    programme, module = context.get("programme"), context.get("module")
    cycle, session = context.get("cycle"), context.get("session")
    if isinstance(programme, Programme) and not isinstance(cycle, Cycle):
        yield _programme(programme)
    if isinstance(module, Module):
        yield _crumb(str(module), reverse("desk:module-runs", args=[module.slug]), module)
    if not isinstance(cycle, Cycle):
        return
    if Cycle.programme.is_cached(cycle) and cycle.programme is not None:
        yield _programme(cycle.programme)
    yield _crumb(str(cycle.title), reverse("desk:cycle-detail", args=[cycle.slug]), cycle)
    if isinstance(session, Session) and Session.cycle.is_cached(session) and _is_of_session(page):
        yield Crumb(
            name=naming.session_label(session),
            url=reverse("desk:session-edit", args=[cycle.slug, session.slug]),
        )
        yield from _parent(page, OF_SESSION, (cycle.slug, session.slug))
    else:
        yield from _parent(page, OF_CYCLE, (cycle.slug,), may_teach=bool(context.get("may_teach", True)))


def _programme(programme: Programme) -> Crumb:
    return _crumb(str(programme), reverse("desk:programme", args=[programme.slug]), programme)


def _is_of_session(page: str) -> bool:
    return page.startswith(("session-", "speaker-", "attendance", "training-"))


def _parent(
    page: str,
    table: Mapping[str, tuple[str, _StrPromise]],
    args: tuple[str, ...],
    *,
    may_teach: bool = True,
) -> Iterator[Crumb]:
    if page in ITSELF:
        return
    for begins, (parent, word) in table.items():
        if page.startswith(begins):
            if parent in OF_TEACHING and not may_teach:
                return
            yield Crumb(name=str(word), url=reverse(parent, args=args))
            return


def _crumb(name: str, url: str, row: Any) -> Crumb:
    return Crumb(name=name, url=url, language=naming.fallback(getattr(row, "title", "")))
