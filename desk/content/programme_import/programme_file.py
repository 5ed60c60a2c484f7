"""The file of a programme, brought in the desk: the form that takes it, and what it would do in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cycles.imports.programme.file import source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.files.uploadedfile import UploadedFile
    from django.utils.functional import Promise

    from cycles.imports.programme import Remark, Report
    from cycles.imports.programme.report import Written

# Shown of each sort; the others are counted.
LISTED = 200

SECTIONS: dict[str, str | Promise] = {
    "programmes": gettext_lazy("Programmes"),
    "cycles": gettext_lazy("Cycles"),
    "exceptions": gettext_lazy("Exceptions to a rhythm"),
    # Django has words of its own for “Sessions”.
    "sessions": pgettext_lazy("entries", "Sessions"),
    "topics": gettext_lazy("Topics"),
    "territories": gettext_lazy("Territories"),
    "organisations": gettext_lazy("Organisations"),
    "people": gettext_lazy("People"),
    "events": gettext_lazy("Events"),
    "modules": gettext_lazy("Modules"),
    "workshops": gettext_lazy("Workshops"),
    "resource_series": gettext_lazy("Series of publications"),
    "resources": gettext_lazy("Resources"),
    "external_databases": gettext_lazy("Databases of others"),
    "news": gettext_lazy("News and recaps"),
}


class ProgrammeFileForm(forms.Form):
    """The file, or its text pasted."""

    file = forms.FileField(
        label=gettext_lazy("Programme file (YAML)"),
        help_text=gettext_lazy("UTF-8, 1 MB at most."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,text/yaml,text/plain"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Or its text, pasted"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )

    def clean_file(self) -> UploadedFile[bytes] | None:
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file and (file.size or 0) > source.LARGEST_FILE:
            raise forms.ValidationError(source.too_large(file.size or 0))
        return file

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        size = len(text.encode())
        if size > source.LARGEST_FILE:
            raise forms.ValidationError(source.too_large(size))
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and not data["file"] and not data["text"].strip():
            self.add_error("file", _("Choose a file, or paste its text."))
        return data

    @property
    def content(self) -> bytes:
        """The bytes that were brought, once the form is valid."""
        file = self.cleaned_data["file"]
        return bytes(file.read()) if file else str(self.cleaned_data["text"]).encode()


def showing(data: bytes) -> ProgrammeFileForm:
    """Return a form that holds a text as it was read, wherever it came from, so that it can be corrected."""
    return ProgrammeFileForm(initial={"text": data.decode(errors="replace")})


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How many rows of a section are created and changed."""

    name: str
    created: int
    changed: int


def counted(report: Report) -> list[Counted]:
    """Return what a report says by section, without those of which nothing is written."""
    return [
        Counted(name=str(name), created=report.created[section], changed=report.changed[section])
        for section, name in SECTIONS.items()
        if report.created[section] or report.changed[section]
    ]


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The first of what there is to tell, and how many more there are."""

    rows: Sequence[Remark] | Sequence[Written]
    more: int


def listing(rows: Sequence[Remark] | Sequence[Written]) -> Listing:
    """Return the first lines of a file that there is something to say about, in its order."""
    ordered: list[Any] = sorted(rows)
    return Listing(rows=ordered[:LISTED], more=max(len(ordered) - LISTED, 0))
