"""What an organiser can do, found by the words in which they would say it: "export", "waiting list", "invite"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cycles.access import Right
from cycles.language.searching import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something to do: its name, other words for it, the right that it needs, and the page that has its button.

    `is_of_cycle`: the page is that of each cycle; others are `args` of the whole site.
    """

    name: _StrPromise
    also: _StrPromise | str
    page: str
    right: Right
    query: str = ""
    args: tuple[str, ...] = ()
    is_of_cycle: bool = True

    @property
    def words(self) -> list[str]:
        return plain(f"{self.name} {self.also}").split()

    def left_of(self, words: Sequence[str]) -> tuple[str, ...] | None:
        """Return the words of a question that say nothing of it; None when all of them do."""
        known = self.words
        left = tuple(word for word in words if not any(each.startswith(word) for each in known))
        return left if len(left) < len(words) else None

    def url(self, *cycle: str) -> str:
        """Return the address of its page, of a cycle by its slug where it is of each."""
        query = f"?{self.query}" if self.query else ""
        return reverse(self.page, args=cycle or self.args) + query


def _site(name: _StrPromise, also: _StrPromise, page: str, *args: str) -> Action:
    return Action(name=name, also=also, page=page, args=args, right=Right.PLAN, is_of_cycle=False)


ACTIONS = (
    Action(
        name=_("Export the people registered"),
        also=_("download list table spreadsheet excel csv"),
        page="desk:registrants",
        right=Right.PEOPLE,
    ),
    Action(
        name=_("See the waiting list"),
        also=_("queue full"),
        page="desk:registrants",
        query="state=waitlisted",
        right=Right.PEOPLE,
    ),
    Action(
        name=_("Add a person"),
        also=_("register somebody by telephone"),
        page="desk:registrant-add",
        right=Right.PLAN,
    ),
    Action(
        name=_("Import people from a spreadsheet"),
        also=_("list table excel csv"),
        page="desk:registrants-import",
        right=Right.PLAN,
    ),
    Action(
        name=_("Decide requests"),
        also=_("accept refuse approval"),
        page="desk:registrants-decide",
        right=Right.PLAN,
    ),
    Action(
        name=_("Write to a group"),
        also=_("message mail send people"),
        page="desk:group-message-new",
        right=Right.PLAN,
    ),
    Action(
        name=_("Print a list to sign"),
        also=_("attendance sheet paper"),
        page="desk:registrants-sheet",
        right=Right.PEOPLE,
    ),
    Action(name=_("Add dates"), also=_("plan sessions rhythm"), page="desk:cycle-plan", right=Right.PLAN),
    Action(
        name=_("Move several sessions"),
        also=_("change postpone dates shift"),
        page="desk:cycle-move",
        right=Right.PLAN,
    ),
    Action(
        name=_("Cancel everything that is still to come"),
        also=_("call off sessions"),
        page="desk:cycle-cancel",
        right=Right.PLAN,
    ),
    Action(
        name=_("Change when reminders leave"),
        also=_("mails emails before after"),
        page="desk:reminders",
        right=Right.PLAN,
    ),
    Action(
        name=_("Write emails in your own words"),
        also=_("texts messages templates preview test"),
        page="desk:messages",
        right=Right.PLAN,
    ),
    Action(
        name=_("See which emails left, and stop one"),
        also=_("mails deliveries refused bounced retry"),
        page="desk:deliveries",
        right=Right.PEOPLE,
    ),
    Action(
        name=_("Open or close registration"),
        also=_("places capacity window terms codes"),
        page="desk:registration",
        right=Right.PLAN,
    ),
    Action(
        name=_("Add a question to the form"),
        also=_("registration ask field"),
        page="desk:question-new",
        right=Right.PLAN,
    ),
    Action(
        name=_("Invite speakers"),
        also=_("propose who speaks"),
        page="desk:cycle-speakers",
        right=Right.PLAN,
    ),
    Action(
        name=_("Download the report"),
        also=_("figures funder pdf export"),
        page="desk:cycle-report",
        right=Right.SEE,
    ),
    Action(
        name=_("Subscribe to the calendar"),
        also=_("feed ics address google outlook"),
        page="desk:calendars",
        right=Right.SEE,
    ),
    Action(
        name=_("Take dates from a calendar file"),
        also=_("import ics"),
        page="desk:cycle-import",
        right=Right.PLAN,
    ),
    _site(_("New programme"), _("create begin add"), "desk:content-new", "programmes"),
    _site(_("New cycle"), _("create begin add webinars"), "desk:content-new", "cycles"),
    _site(_("New training module"), _("create begin add mooc"), "desk:content-new", "modules"),
    _site(_("New post"), _("write news publish announce"), "desk:content-new", "news"),
    _site(_("New resource"), _("add document slides publication"), "desk:content-new", "resources"),
    _site(_("New organisation"), _("add partner"), "desk:content-new", "organisations"),
    _site(_("New person"), _("add speaker"), "desk:content-new", "people"),
    _site(_("Import a programme file"), _("yaml read"), "desk:programme-import"),
    Action(
        name=_("Invite somebody to the team"),
        also=_("role member colleague right account organiser"),
        page="desk:teams",
        right=Right.SEE,
        is_of_cycle=False,
    ),
)
