"""Help for the pages about people: who registers, who speaks, who organises, and what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PEOPLE: tuple[tuple[str, _StrPromise], ...] = (
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
        "session-speakers",
        _(
            "Propose people, invite them, note what they answer. Nobody is written to before you press “Invite”."
        ),
    ),
    (
        "cycle-speakers",
        _("Who speaks at all these dates, who has answered, and what is missing from whom."),
    ),
    (
        "registrant-add",
        _("For somebody who telephones: they get the same emails as if they had registered themselves."),
    ),
    (
        "registration",
        _("Who may register, until when, how many places there are, and what the form asks."),
    ),
    (
        "registrants",
        _(
            "Everybody who holds, waits for or gave up a place. The filters stay in the address of the page; the "
            "export takes what you see."
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
        "attendance",
        _(
            "Who came: from the report of your meeting platform, or by hand. It decides who gets the thanks and "
            "who the “sorry we missed you”."
        ),
    ),
    (
        "question-",
        _("One question of the registration form. Answers already given are kept when it changes."),
    ),
    (
        "speaker-",
        _(
            "What this speaker says of themselves and what they agree to. What they wrote themselves stays unless "
            "you change it."
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
)
