"""Help for the pages about emails: what leaves, when, in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAILS: tuple[tuple[str, _StrPromise], ...] = (
    (
        "mail-ahead",
        _(
            "Every email that will leave, of all your cycles, with the number of people who get it. Nothing is "
            "sent from here."
        ),
    ),
    (
        "mail-rehearsal",
        _("All emails in the order in which one person gets them. It is a rehearsal: nothing is sent."),
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
        "group-message",
        _(
            "Write once to a group that you choose. You see how many people it reaches, can send yourself a test, "
            "and stop what has not left."
        ),
    ),
    (
        "deliveries",
        _("Every email: planned, sent, refused, and why. Search a person to see all that they got."),
    ),
    (
        "mailings",
        _("What each cycle sends: when its reminders leave, what they say, and what has left."),
    ),
    (
        "reminder",
        _(
            "When each reminder leaves, to how many people, at which exact hour. A change shows first what it "
            "moves."
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
        "mail",
        _("Emails of the whole site. What is paused here waits; nothing is lost."),
    ),
)
