"""Writing to a group of people: the form, the group as it stands, what is told before anything leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.people import registrants
from desk.schedule.consequences import language
from desk.ui.forms.editor import EDITED
from desk.ui.forms.languages import LANGUAGES, TextsForm, language_name
from desk.ui.forms.seen import SeenForm
from notifications.mail.own_texts import texts
from notifications.mail.preview import rehearsal
from notifications.models import GroupMessage
from notifications.notices import group_messages

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from cycles.models import Cycle, Session
    from notifications.mail.parts.envelope import Mail
    from registrations.models import CycleRegistration

# What of an address says who is meant.
CHOICE = ("q", "stop", "state", "person")
MOST_TICKED = 500
LISTED = 50


class GroupForm(TextsForm, SeenForm):
    """Subject and text in one language at least, and what the message is about."""

    about = forms.ChoiceField(
        label=gettext_lazy("What it is about"),
        choices=GroupMessage.About.choices,
        initial=GroupMessage.About.ORGANISATION,
        widget=forms.RadioSelect,
    )
    in_languages = {
        "subject": forms.CharField(
            label=gettext_lazy("Subject in %(language)s"), required=False, strip=False
        ),
        "body": forms.CharField(
            label=gettext_lazy("Text in %(language)s"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 10, **EDITED}),
        ),
    }

    @staticmethod
    def initial_for(message: GroupMessage) -> dict[str, str]:
        words = {f"subject_{code}": message.subjects.get(code, "") for code in LANGUAGES}
        return {
            "seen": group_messages.digest(message),
            "about": message.about,
            **words,
            **{f"body_{code}": message.bodies.get(code, "") for code in LANGUAGES},
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for code in LANGUAGES:
            subject, body = ((data.get(f"{name}_{code}") or "").strip() for name in ("subject", "body"))
            for name, written in (("subject", subject), ("body", body)):
                for problem in texts.problems(written, kind="group_message", one_line=name == "subject"):
                    self.add_error(f"{name}_{code}", problem)
            if bool(subject) != bool(body):
                missing = "body" if subject else "subject"
                self.add_error(f"{missing}_{code}", _("Write both the subject and the text, or neither."))
        if not self.errors and not any(data.get(f"body_{code}") for code in LANGUAGES):
            self.add_error_first("subject", _("Write a subject and a text, in one language at least."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What `group_messages.write` keeps."""
        data = self.cleaned_data
        return {
            "about": data["about"],
            "subjects": {code: data[f"subject_{code}"].strip() for code in LANGUAGES},
            "bodies": {code: data[f"body_{code}"].strip() for code in LANGUAGES},
        }


def selection(query: QueryDict) -> dict[str, list[str]]:
    """Return what an address says of who is meant, to be kept with a draft."""
    return {name: query.getlist(name)[:MOST_TICKED] for name in CHOICE if query.getlist(name)}


def chosen(cycle: Cycle, kept: dict[str, list[str]]) -> QuerySet[CycleRegistration]:
    """Return the people whom a kept selection means now."""
    query = QueryDict(mutable=True)
    for name, values in kept.items():
        query.setlist(name, values)
    return registrants.chosen(cycle, query)


def stop(message: GroupMessage) -> Session | None:
    """Return the session by which a draft's people were chosen, if they were."""
    slugs = message.selection.get("stop", [])
    return message.cycle.sessions.filter(slug=slugs[-1]).first() if slugs else None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Who would get a draft now: how many by language, those left out, and who they are."""

    count: int
    languages: tuple[tuple[str, int], ...]
    left_out: int
    listed: tuple[CycleRegistration, ...]

    @property
    def unlisted(self) -> int:
        return self.count - len(self.listed)


def group(message: GroupMessage) -> Group:
    """Return who would get a draft, in four queries whatever their number."""
    everyone = chosen(message.cycle, message.selection)
    readers = group_messages.readers(message, everyone)
    counted = group_messages.by_language(readers)
    count = sum(counted.values())
    return Group(
        count=count,
        languages=tuple(
            (_("in %(language)s") % {"language": language_name(code)}, number)
            for code, number in sorted(counted.items())
        ),
        left_out=everyone.count() - count,
        listed=tuple(readers.select_related("participant")[:LISTED]),
    )


def shown(message: GroupMessage, *, reader_language: str, at: dt.datetime) -> Mail | None:
    """Return the mail of a message as an invented person gets it; None while the cycle has no dated session."""
    result = scene(message, reader_language=reader_language, at=at)
    return None if result is None else rehearsal.rehearse(result, at=at)


def scene(message: GroupMessage, *, reader_language: str, at: dt.datetime) -> rehearsal.Scene | None:
    sessions = rehearsal.sessions(message.cycle, at=at)
    if not sessions:
        return None
    return rehearsal.Scene(
        cycle=message.cycle,
        kind=group_messages.KIND_OF[GroupMessage.About(message.about)],
        session=sessions[0],
        language=reader_language,
        group_message=message,
    )


def language_of(query: QueryDict) -> str:
    asked = query.get("language", "")
    return str(asked) if asked in LANGUAGES else language()
