"""News and recaps, training modules, workshops and resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cycles.models import Module, News, Resource, Session, Workshop
from cycles.models.library.news import NEWS_TARGETS
from cycles.models.shared import DatePrecision, Modality
from desk.content.editors.fields import (
    AREA,
    MARKDOWN,
    MARKDOWN_HELP,
    ContentForm,
    Section,
    Words,
    WordsRowForm,
)
from desk.content.editors.lists import lines_in, sentences_of
from desk.content.editors.names import NameField
from desk.content.editors.session import UNKNOWN_ORGANISATION
from desk.ui.forms.fields import date_field
from desk.ui.forms.languages import LANGUAGES
from desk.ui.forms.rows import RowKind

if TYPE_CHECKING:
    from cycles.models import NewsLink
    from cycles.models.shared import FuzzyDated

UNKNOWN_TARGET = _("Nothing has this name: choose it from the list.")
UNKNOWN_SERIES = _("No series has this name: choose one from the list, or add it first.")
UNKNOWN_RESOURCE = _("No resource has this name: choose one from the list.")
UNKNOWN_SESSION = _("No session has this name: choose it from the list.")
DATE_NAMES = ("date_precision", "date_from", "date_until")


class FuzzyDateForm(ContentForm):
    """Anything whose date may be known only as a month, a year, or between two days."""

    date_precision = forms.ChoiceField(
        label=_("How well the date is known"), choices=DatePrecision.choices, initial=DatePrecision.UNKNOWN
    )
    date_from = date_field(
        label=_("Date"), required=False, help_text=_("Any day of the month or of the year, if that is all.")
    )
    date_until = date_field(label=_("Last possible day"), required=False)

    @staticmethod
    def date_initial(row: FuzzyDated) -> dict[str, Any]:
        return {name: getattr(row, name) for name in DATE_NAMES}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        precision, first, last = (data.get(name) for name in DATE_NAMES)
        if precision == DatePrecision.UNKNOWN and "date_from" not in self.errors:
            if first is not None:
                self.add_error("date_precision", _("A date is given: say how well it is known."))
            data["date_until"] = None
        elif first is None and "date_from" not in self.errors:
            self.add_error("date_from", _("Give the date, or say that it is not known."))
        if precision == DatePrecision.BETWEEN and "date_until" not in self.errors:
            if last is None:
                self.add_error("date_until", _("Between this day and which one?"))
            elif first is not None and last < first:
                self.add_error("date_until", _("The last day is before the first: exchange them."))
        elif precision != DatePrecision.BETWEEN:
            data["date_until"] = None
        return data


def programme_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=_("Programme"), coerce=int, empty_value=None, required=False)


def organisations_field(label: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )


class TargetForm(WordsRowForm):
    """One thing that a post is about, or announces."""

    wants = ("targets",)
    lists = {"target": "targets"}
    target = NameField(label=_("What"), list_id="list-targets", unknown=UNKNOWN_TARGET)

    def values(self) -> dict[str, Any]:
        column, pk = self.cleaned_data["target"]
        return {**{f"{name}_id": None for name in NEWS_TARGETS}, f"{column}_id": pk}


class NewsForm(FuzzyDateForm):
    """A post; a recap is one about a session that announces the next."""

    two = {
        "title": Words(label=_("Title"), help=_("Empty: made from what the post is about.")),
        "body": Words(
            label=_("Text"),
            kind=MARKDOWN,
            longest=30_000,
            help=MARKDOWN_HELP,
        ),
    }
    wants = ("programmes", "targets")
    lists = {"programme_id": "programmes"}
    row_kinds = (
        RowKind(
            name="about",
            form=TargetForm,
            title=_("About"),
            row_title=_("About"),
            add=_("Add what it is about"),
        ),
        RowKind(
            name="announces",
            form=TargetForm,
            title=_("Announces"),
            row_title=_("Announces"),
            add=_("Add what it announces"),
        ),
    )
    sections = (
        Section(title=_("Words"), names=("title", "body")),
        Section(
            title=_("Looks back and ahead"),
            names=("about", "announces"),
            help=_("A recap is about a session and announces the next one: its page shows both."),
        ),
        Section(title=_("Where it belongs"), names=("kind", "programme_id", "is_pinned")),
        Section(title=_("Date"), names=DATE_NAMES),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=News.Kind.choices, initial=News.Kind.ANNOUNCEMENT)
    programme_id = programme_field()
    is_pinned = forms.BooleanField(label=_("Kept on top of the news"), required=False)

    @classmethod
    def initial_for(cls, news: News) -> dict[str, Any]:
        links = sorted(news.links.all(), key=lambda link: link.order)
        return {
            **cls.words_initial(news),
            **cls.date_initial(news),
            "kind": news.kind,
            "programme_id": news.programme_id,
            "is_pinned": news.is_pinned,
            **{
                relation: [
                    {"pk": link.pk, "target": _target(link)} for link in links if link.relation == relation
                ]
                for relation in ("about", "announces")
            },
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        has_title = self.is_written("title")
        about = self.row_sets["about"].values_if_valid()
        if not self.errors and not has_title and not about:
            self.add_error(f"title_{LANGUAGES[0]}", _("Give a title, or say what the post is about."))
        if data.get("kind") == News.Kind.RECAP and _is_of_another(
            data.get("programme_id"), [row["session_id"] for row in about]
        ):
            self.add_error(
                "programme_id",
                _("A recap belongs to the programme of its session: choose that one, or another kind."),
            )
        return data


def _is_of_another(programme: int | None, sessions: list[int | None]) -> bool:
    """Tell whether a session is another programme's, on whose pages nothing of this one is shown."""
    rows = Session.objects.filter(pk__in=[pk for pk in sessions if pk])
    return programme is not None and rows.exclude(cycle__programme=programme).exists()


def _target(link: NewsLink) -> tuple[str, int]:
    return next((name, pk) for name in NEWS_TARGETS if (pk := getattr(link, f"{name}_id")) is not None)


class ModuleForm(ContentForm):
    two = {
        "title": Words(label=_("Title"), is_needed=True),
        "summary": Words(label=_("Summary"), kind=AREA, longest=5000),
        "audience": Words(label=_("For whom")),
    }
    wants = ("programmes", "organisations")
    lists = {
        "programme_id": "programmes",
        "platform_id": "organisations",
        "owners": "organisations",
        "partners": "organisations",
    }
    sections = (
        Section(title=_("Words"), names=("title", "summary", "audience")),
        Section(title=_("State"), names=("kind", "status", "legal_frame", "programme_id")),
        Section(title=_("Who"), names=("owners", "partners")),
        Section(title=_("Where"), names=("is_external", "platform_id", "url")),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Module.Kind.choices)
    status = forms.ChoiceField(label=_("State"), choices=Module.Status.choices)
    legal_frame = forms.ChoiceField(
        label=_("Frame"),
        choices=Session.LegalFrame.choices,
        initial=Session.LegalFrame.INFORMATION,
        help_text=_("A training action asks for signatures by half-day and gives certificates."),
    )
    programme_id = programme_field()
    owners = organisations_field(_("Built by"))
    partners = organisations_field(_("With"))
    is_external = forms.BooleanField(label=_("Run elsewhere"), required=False)
    platform_id = NameField(label=_("Platform"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION)
    url = forms.URLField(label=_("Web address"), required=False, assume_scheme="https")

    @classmethod
    def initial_for(cls, module: Module) -> dict[str, Any]:
        return cls.row_initial(module)


class WorkshopForm(FuzzyDateForm):
    two = {
        "title": Words(label=_("Title"), is_needed=True),
        "place": Words(label=_("Place")),
    }
    wants = ("modules", "organisations")
    lists = {"module_id": "modules", "hosts": "organisations"}
    sections = (
        Section(title=_("Words"), names=("title", "module_id")),
        Section(title=_("Where"), names=("modality", "place", "hosts")),
        Section(title=_("Date"), names=(*DATE_NAMES, "starts_at")),
    )
    module_id = forms.TypedChoiceField(label=_("Module"), coerce=int)
    modality = forms.ChoiceField(label=_("Modality"), choices=Modality.choices)
    starts_at = forms.DateTimeField(
        label=_("Day and hour, when they are known"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    hosts = organisations_field(_("Hosts"))

    @classmethod
    def initial_for(cls, workshop: Workshop) -> dict[str, Any]:
        return {
            **cls.words_initial(workshop),
            **cls.date_initial(workshop),
            "module_id": workshop.module_id,
            "modality": workshop.modality,
            "starts_at": workshop.starts_at,
            "hosts": list(workshop.hosts.values_list("pk", flat=True)),
        }


class ResourceForm(FuzzyDateForm):
    two = {
        "title": Words(label=_("Title"), is_needed=True),
        "summary": Words(label=_("Summary"), kind=AREA, longest=5000),
        "audience": Words(label=_("For whom")),
        "key_figures": Words(
            label=_("Key figures"),
            kind=AREA,
            longest=10_000,
            help=_("One on each line, translated line by line."),
        ),
        "questions": Words(
            label=_("Questions treated"),
            kind=AREA,
            longest=10_000,
            help=_("One on each line, translated line by line."),
        ),
    }
    wants = ("programmes", "organisations", "sessions", "topics", "series", "resources", "events", "cycles")
    lists = {
        "series_id": "series",
        "version_of_id": "resources",
        "launched_at_id": "events",
        "concludes_id": "cycles",
        "coordinated_by_id": "organisations",
        "programme_id": "programmes",
        "session_id": "sessions",
        "publishers": "organisations",
        "partners": "organisations",
        "topics": "topics",
    }
    sections = (
        Section(title=_("Words"), names=("title", "title_variant", "kind", "summary", "audience")),
        Section(
            title=_("Where"),
            names=("url", "is_downloadable"),
            help=_(
                "The address elsewhere, if there is one: without, no dead link is shown. A file is uploaded from the "
                "page “File”, once this is saved."
            ),
        ),
        Section(title=_("Where it belongs"), names=("programme_id", "session_id", "topics")),
        Section(title=_("Who"), names=("publishers", "partners", "coordinated_by_id")),
        Section(title=_("Date"), names=DATE_NAMES),
        Section(
            title=_("Series and context"),
            names=("series_id", "issue", "version_of_id", "launched_at_id", "concludes_id"),
        ),
        Section(title=_("What it says"), names=("key_figures", "questions")),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Resource.Kind.choices)
    title_variant = forms.CharField(label=_("Other title"), required=False, max_length=300)
    series_id = NameField(label=_("Part of the series"), list_id="list-series", unknown=UNKNOWN_SERIES)
    issue = forms.IntegerField(label=_("Issue"), required=False, min_value=1, max_value=9999)
    version_of_id = NameField(
        label=_("Another version of"), list_id="list-resources", unknown=UNKNOWN_RESOURCE
    )
    launched_at_id = NameField(label=_("Launched at"), list_id="list-events", unknown=UNKNOWN_TARGET)
    concludes_id = NameField(label=_("Concludes the cycle"), list_id="list-cycles", unknown=UNKNOWN_TARGET)
    coordinated_by_id = NameField(
        label=_("Coordinated by"), list_id="list-organisations", unknown=UNKNOWN_ORGANISATION
    )
    url = forms.URLField(label=_("Web address"), required=False, max_length=500, assume_scheme="https")
    is_downloadable = forms.BooleanField(label=_("Can be downloaded"), required=False)
    programme_id = programme_field()
    session_id = NameField(label=_("Session"), list_id="list-sessions", unknown=UNKNOWN_SESSION)
    topics = organisations_field(_("Topics"))
    publishers = organisations_field(_("Publishers"))
    partners = organisations_field(_("With"))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if _is_of_another(data.get("programme_id"), [data.get("session_id")]):
            self.add_error(
                "session_id",
                _("This session belongs to another programme: choose that programme, or no session."),
            )
        return data

    def values(self) -> dict[str, Any]:
        values = super().values()
        for name in ("key_figures", "questions"):
            values[name] = sentences_of({code: self.cleaned_data[f"{name}_{code}"] for code in LANGUAGES})
        return values

    @classmethod
    def initial_for(cls, resource: Resource) -> dict[str, Any]:
        plain = (
            *(
                "kind",
                "url",
                "is_downloadable",
                "programme_id",
                "session_id",
                "title_variant",
                "series_id",
                "issue",
            ),
            *("version_of_id", "launched_at_id", "concludes_id", "coordinated_by_id"),
        )
        sentences = ("key_figures", "questions")
        sets = ("topics", "publishers", "partners")
        return {
            **cls.texts_of(resource, ("title", "summary", "audience")),
            **{
                f"{name}_{code}": lines_in(getattr(resource, name), code)
                for name in sentences
                for code in LANGUAGES
            },
            **cls.date_initial(resource),
            **{name: getattr(resource, name) for name in plain},
            **{name: list(getattr(resource, name).values_list("pk", flat=True)) for name in sets},
        }
