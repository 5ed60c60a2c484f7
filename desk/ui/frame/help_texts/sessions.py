"""Help for the pages about programmes, cycles and the dates of their sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SESSIONS: tuple[tuple[str, _StrPromise], ...] = (
    (
        "programme-report",
        _("The figures of all cycles of this programme together, for its funders, as a table or a PDF."),
    ),
    (
        "programme-delete",
        _(
            "For a programme that was begun and came to nothing: its drafts of cycles, partners and team go with it. "
            "What people count on stays."
        ),
    ),
    (
        "programme",
        _(
            "The whole of a programme: its cycles, training and contents, who stands behind it and who organises it. "
            "The box beside says what comes next."
        ),
    ),
    (
        "session-postpone",
        _("Takes the date away until you know another one. People keep their place and are told."),
    ),
    (
        "session-restore",
        _("Takes a cancellation back: places and reminders are as before, and people are told."),
    ),
    (
        "session-report",
        _("Registrations and attendance of this session."),
    ),
    (
        "session-cancel",
        _("Calls the session off. Its planned emails stop, and people are told once, with your reason."),
    ),
    (
        "cycle-confirm",
        _(
            "Says that several dates are sure, at once. Calendars and public pages show it; the page says first "
            "who is told."
        ),
    ),
    (
        "session-after",
        _(
            "Everything that follows a session on one page: who came, the recap, the replay, and the emails that "
            "go with them."
        ),
    ),
    (
        "cycle-detail",
        _("All sessions in their order, with what is sent around each. The box beside says what comes next."),
    ),
    (
        "cycle-cancel",
        _(
            "Cancels every session that is still ahead. People are told once, with your reason; the sessions stay "
            "visible as cancelled."
        ),
    ),
    (
        "cycle-delete",
        _(
            "For sessions made by mistake: those that nobody joined and that nothing was sent about. To call off "
            "a real session, cancel it instead."
        ),
    ),
    (
        "cycle-delete-all",
        _(
            "For a cycle that was begun and came to nothing: its sessions, lines of reminders and texts go with it. "
            "What people count on stays."
        ),
    ),
    (
        "cycle-season",
        _(
            "Make the cycle of next year from this one: its words, reminders, texts and questions are copied, its "
            "dates are proposed. Nobody is told."
        ),
    ),
    (
        "cycle-import",
        _("Take the dates of a calendar file (.ics) into this cycle. The differences are shown first."),
    ),
    (
        "cycle-report",
        _(
            "Registrations and attendance in figures, for your funders. It can be downloaded as a table or as a "
            "PDF."
        ),
    ),
    (
        "session-move",
        _("Give a new date or hour. The next page shows who is told before anything is saved."),
    ),
    (
        "session-host",
        _("The way into the room for whoever hosts. People registered have a link of their own."),
    ),
    (
        "cycle-plan",
        _(
            "Say the rhythm once, look at the dates, leave some out or move them. Nothing is made before you "
            "press the last button; saving it again only adds what is missing."
        ),
    ),
    (
        "cycle-move",
        _(
            "Move several sessions at once. The next page shows who is told before anything is saved, and all of "
            "it can be undone for a few minutes."
        ),
    ),
    (
        "calendars",
        _("The addresses to which people subscribe, who reads them, and what they contain."),
    ),
    (
        "cycles",
        _(
            "Your programmes and their cycles. A cycle is a series of sessions with one rhythm, one calendar and "
            "one registration form; begin with a programme, then add its cycle."
        ),
    ),
)
