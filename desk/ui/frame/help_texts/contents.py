"""Help for the pages about contents and training: what visitors read, what is taught."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONTENTS: tuple[tuple[str, _StrPromise], ...] = (
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
        "programme-import",
        _("Reads a programme file (YAML) and shows what it would change before it is taken over."),
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
        "content-delete",
        _("Only a draft that nothing names can be deleted. The journal keeps who deleted it."),
    ),
    (
        "session-edit",
        _(
            "What visitors read of this session and who speaks. Open a line of the agenda to write in it; nothing "
            "is saved before “Save”, and “See what this changes” says first which emails it would send."
        ),
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
        "workshop-",
        _("Opens the registrations of a workshop: it becomes a run of its module."),
    ),
    (
        "training-",
        _("Signatures, attendance and papers of a training action, as funders ask for them."),
    ),
    (
        "contents",
        _(
            "Everything that visitors read: news, resources, programmes, and the names that all of them share."
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
        "run-",
        _(
            "Half-days, places, price and address of a run. It begins as a draft, and nobody is told before it is "
            "published."
        ),
    ),
)
