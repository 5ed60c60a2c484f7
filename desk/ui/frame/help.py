"""What each page of the organisers' space is for, in a few words: shown beside it, in one place for all pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# By the name of the page, or how the names of several pages begin; the first that fits counts.
TEXTS: tuple[tuple[str, _StrPromise], ...] = (
    (
        "programme-report",
        _("The figures of all cycles of this programme together, for its funders, as a table or a PDF."),
    ),
    (
        "mail-ahead",
        _(
            "Every email that will leave, of all your cycles, with the number of people who get it. Nothing is "
            "sent from here."
        ),
    ),
    (
        "mail-rehearsal",
        _(
            "All emails of a cycle in the order in which one person gets them. It is a rehearsal: nothing is "
            "sent."
        ),
    ),
    (
        "my-mails",
        _("The emails that you get yourself as an organiser. Each can be switched off."),
    ),
    (
        "delivery-text",
        _("The text of one email as it left, for the person who got it."),
    ),
    (
        "newsletter",
        _(
            "Who asked for the newsletter of this programme. Only they are in the export, and who left is not."
        ),
    ),
    (
        "survey",
        _(
            "What people are asked before and after, and what they answered. Answers carry no name, and few are "
            "never shown apart."
        ),
    ),
    (
        "session-survey",
        _("The survey of this session and its answers. Answers carry no name."),
    ),
    (
        "syllabus",
        _(
            "The programme sheet of a training module, version by version. A published version does not change "
            "any more."
        ),
    ),
    (
        "yearly",
        _("The figures of a year for the training report that providers send to the administration."),
    ),
    (
        "programme",
        _(
            "The whole of a programme: its cycles, training and contents, who stands behind it and who organises it. "
            "The box beside says what comes next."
        ),
    ),
    (
        "registrants-import",
        _(
            "Read a spreadsheet of people. You see what is understood, who is known already and who would be "
            "written to, before anything is kept."
        ),
    ),
    (
        "registrants-decide",
        _("Accept or refuse requests. Each person gets your answer by email."),
    ),
    (
        "session-postpone",
        _("Takes the date away until you know another one. People keep their place and are told."),
    ),
    (
        "session-speakers",
        _(
            "Propose people, invite them, note what they answer. Nobody is written to before you press “Invite”."
        ),
    ),
    (
        "programme-import",
        _("Reads a programme file (YAML) and shows what it would change before it is taken over."),
    ),
    (
        "session-restore",
        _("Takes a cancellation back: places and reminders are as before, and people are told."),
    ),
    (
        "session-picture",
        _("One picture for the page and for shared links. Say in words what it shows."),
    ),
    (
        "content-picture",
        _("One picture for the page and for shared links. Say in words what it shows."),
    ),
    (
        "session-documents",
        _("Slides and documents to download from the page of the session and from its recap."),
    ),
    (
        "content-file",
        _("The file that visitors download. Its address stays the same when you replace it."),
    ),
    (
        "cycle-speakers",
        _("Who speaks in the whole cycle, who has answered, and what is missing from whom."),
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
        "content-delete",
        _("Only a draft that nothing names can be deleted. The journal keeps who deleted it."),
    ),
    (
        "registrant-add",
        _("For somebody who telephones: they get the same emails as if they had registered themselves."),
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
        "group-message",
        _(
            "Write once to a group that you choose. You see how many people it reaches, can send yourself a test, "
            "and stop what has not left."
        ),
    ),
    (
        "cycle-detail",
        _(
            "All sessions of the cycle in their order, with what is sent around each. The box beside says what "
            "comes next."
        ),
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
        "session-edit",
        _(
            "What visitors read of this session and who speaks. Open a line of the agenda to write in it; nothing "
            "is saved before “Save”, and “See what this changes” says first which emails it would send."
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
        "content-list",
        _("Everything of this kind that you may edit. Drafts are seen by organisers only."),
    ),
    (
        "content-edit",
        _(
            "What you save of something published is visible at once. Somebody else’s changes are never "
            "overwritten without a word."
        ),
    ),
    (
        "registration",
        _("Who may register, until when, how many places there are, and what the form asks."),
    ),
    (
        "content-new",
        _("Write it in one language at least; it begins as a draft that only organisers see."),
    ),
    (
        "module-runs",
        _(
            "Each time that this module is held. A run begins as a draft; publish it to open its registrations."
        ),
    ),
    (
        "registrants",
        _(
            "Everybody who holds, waits for or gave up a place. The filters stay in the address of the page; the "
            "export takes what you see."
        ),
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
        "registrant",
        _(
            "Everything about one person in this cycle: their sessions, what was sent to them, what you may "
            "change for them."
        ),
    ),
    (
        "deliveries",
        _("Every email: planned, sent, refused, and why. Search a person to see all that they got."),
    ),
    (
        "attendance",
        _(
            "Who came: from the report of your meeting platform, or by hand. It decides who gets the thanks and "
            "who the “sorry we missed you”."
        ),
    ),
    (
        "calendars",
        _("The addresses to which people subscribe, who reads them, and what they contain."),
    ),
    (
        "workshop-",
        _("Opens the registrations of a workshop: it becomes a run of its module."),
    ),
    (
        "training-",
        _("Signatures, attendance and papers of a training action, as funders ask for them."),
    ),
    (
        "question-",
        _("One question of the registration form. Answers already given are kept when it changes."),
    ),
    (
        "contents",
        _(
            "Everything that visitors read: news, resources, programmes, and the names that all of them share."
        ),
    ),
    (
        "mailings",
        _("What each cycle sends: when its reminders leave, what they say, and what has left."),
    ),
    (
        "speaker-",
        _(
            "What this speaker says of themselves and what they agree to. What they wrote themselves stays unless "
            "you change it."
        ),
    ),
    (
        "reminder",
        _(
            "When each reminder leaves, to how many people, at which exact hour. A change shows first what it "
            "moves."
        ),
    ),
    (
        "modules",
        _(
            "Training modules and their runs. A module says what is taught; a run is one time that it is held, "
            "with its half-days, its places and its price."
        ),
    ),
    (
        "message",
        _(
            "The words of each email. Leave one empty to keep the standard text; a preview shows it with a real "
            "session and an invented person."
        ),
    ),
    (
        "stopped",
        _(
            "Addresses that get no more email, and why. One can be taken out of this list when its owner asks."
        ),
    ),
    (
        "members",
        _(
            "Who organises this programme. Invite somebody by email, choose what they may do; a role can be "
            "changed or taken back at any time."
        ),
    ),
    (
        "journal",
        _("Who did what and when in this programme. It cannot be changed."),
    ),
    (
        "cycles",
        _(
            "Your programmes and their cycles. A cycle is a series of sessions with one rhythm, one calendar and "
            "one registration form; begin with a programme, then add its cycle."
        ),
    ),
    (
        "people",
        _(
            "The people registered, cycle by cycle. To find one person, write a name or an address: the search "
            "looks in all your cycles."
        ),
    ),
    (
        "search",
        _(
            "Write a few letters of a name, a theme, a date or of what you want to do, such as “export” or "
            "“waiting list”. Ctrl K opens the search from everywhere."
        ),
    ),
    (
        "status",
        _(
            "Whether the site works: the queue of emails, the worker, the space left. Only site administrators "
            "see it."
        ),
    ),
    (
        "teams",
        _("Who organises each programme, and what each role may do."),
    ),
    (
        "data-",
        _(
            "Find what is held about somebody who asks, hand it over, or erase it. Each step is noted in the "
            "journal."
        ),
    ),
    (
        "home",
        _(
            "What waits for you, most urgent first; each line leads to the page where it is settled. Nothing here "
            "is sent by itself."
        ),
    ),
    (
        "run-",
        _(
            "Half-days, places, price and address of a run. It begins as a draft, and nobody is told before it is "
            "published."
        ),
    ),
    (
        "mail",
        _("Emails of the whole site. What is paused here waits; nothing is lost."),
    ),
)


def text(view: str) -> _StrPromise | str:
    """Return the help of a page of the desk by the name of its address; empty for what is no page of it."""
    page = view.removeprefix("desk:")
    exact = next((words for name, words in TEXTS if name == page), "")
    return exact or next((words for name, words in TEXTS if page.startswith(name)), "")
