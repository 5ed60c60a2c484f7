"""What is written after a session: the recap, the replay, the resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.content import editing
from cycles.models import Resource
from desk.content.editors.fields import (
    LONGEST_MARKDOWN,
    MARKDOWN,
    MARKDOWN_HELP,
    ContentForm,
    Section,
    Words,
    WordsRowForm,
)
from desk.ui.forms.rows import RowKind

if TYPE_CHECKING:
    from cycles.models import Session


class ResourceRowForm(WordsRowForm):
    two = {"title": Words(label=_("Title"), is_needed=True)}
    never_empty = ("kind",)
    kind = forms.ChoiceField(label=_("Kind"), choices=Resource.Kind.choices, initial=Resource.Kind.SLIDES)
    url = forms.URLField(label=_("Web address"), required=False, max_length=500, assume_scheme="https")


class RecapForm(ContentForm):
    """One page for everything that follows a session."""

    two = {
        "title": Words(label=_("Title"), help=_("Empty: “Looking back on” and the theme.")),
        "body": Words(
            label=_("Recap"), kind=MARKDOWN, longest=LONGEST_MARKDOWN, is_needed=True, help=MARKDOWN_HELP
        ),
    }
    row_kinds = (
        RowKind(
            name="resources",
            form=ResourceRowForm,
            title=_("Resources"),
            row_title=_("Resource"),
            add=_("Add a resource"),
        ),
    )
    sections = (
        Section(title=_("The recap"), names=("title", "body")),
        Section(
            title=_("Replay and resources"),
            names=("replay_url", "resources"),
            help=_("Files are uploaded from the page “Slides and documents”: it adds them here."),
        ),
    )
    replay_url = forms.URLField(
        label=_("Address of the replay"), required=False, max_length=500, assume_scheme="https"
    )

    @classmethod
    def initial_for(cls, session: Session) -> dict[str, Any]:
        news = editing.recap_of(session)
        return {
            **(cls.words_initial(news) if news else {}),
            "replay_url": session.replay_url,
            "resources": [
                {"pk": r.pk, **ResourceRowForm.words_initial(r), "kind": r.kind, "url": r.url}
                for r in editing.resources_of(session)
            ],
            "seen": editing.digest_after(session),
        }
