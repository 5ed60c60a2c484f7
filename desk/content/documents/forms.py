"""A document to upload: the file of a resource, or a new one of a session with its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.strings import LazyI18nString

from cycles.content import document_words, documents
from cycles.models import Resource
from desk.ui.forms.languages import TextsForm

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LONGEST_TITLE = 300


class FileForm(TextsForm):
    """A file, known by its bytes."""

    file = forms.FileField(
        required=False,
        widget=forms.FileInput(attrs={"accept": document_words.accepted()}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )

    document: documents.Document | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.label = _("File (%(limit)d MB at most)") % {"limit": document_words.megabytes()}
        field.help_text = _(
            "%(kinds)s. Whoever downloads it gets it as it is: look first at what it says of its author, and at "
            "comments and tracked changes. Of a picture only the pixels are kept."
        ) % {"kinds": document_words.kinds()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file: UploadedFile[bytes] | None = data.get("file")
        if file:
            try:
                # One byte more than allowed is enough to refuse it.
                self.document = documents.read(file.read(documents.largest() + 1))
            except documents.DocumentError as error:
                self.add_error("file", document_words.trouble(error.trouble))
        elif "file" not in self.errors:
            self.add_error("file", _("Choose the file first."))
        return data

    @property
    def name(self) -> str:
        """What the file was called where it came from."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        return file.name or ""


class DocumentForm(FileForm):
    """A new document of a session: what it is called, what it is, the file, and whether visitors see it."""

    in_languages = {
        "title": forms.CharField(
            label=gettext_lazy("Title in %(language)s"),
            required=False,
            max_length=LONGEST_TITLE,
        )
    }
    field_order = ("title", "kind", "file", "is_published")
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Resource.Kind.choices, initial=Resource.Kind.SLIDES
    )
    is_published = forms.BooleanField(
        label=gettext_lazy(
            "Publish it: everyone finds it on the page of the session and among the resources"
        ),
        required=False,
        initial=True,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.written("title") and not any(name.startswith("title_") for name in self.errors):
            self.add_error_first("title", _("Give it a title, in one language at least."))
        return data

    @property
    def title(self) -> LazyI18nString:
        return LazyI18nString(self.written("title"))
