"""A picture and what somebody who does not see it reads instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.strings import LazyI18nString

from cycles.content import pictures
from desk.ui.forms.languages import LANGUAGES, TextsForm

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from cycles.models import Picture

LONGEST_ALT = 300


def trouble_in_words(trouble: pictures.Trouble) -> str:
    """Return what is wrong with a picture, and what to do."""
    return {
        pictures.Trouble.TOO_LARGE: _(
            "This file is larger than %(limit)d MB: save it smaller, as JPEG for instance."
        )
        % {"limit": pictures.LARGEST // 2**20},
        pictures.Trouble.TOO_MANY_PIXELS: _(
            "This picture has too many pixels: %(jpeg)d million at most for a JPEG, %(other)d million for a PNG, a "
            "WebP or a progressive JPEG. Make it smaller first."
        )
        % {
            "jpeg": pictures.MOST_PIXELS // 1_000_000,
            "other": pictures.MOST_WHOLE_PIXELS // 1_000_000,
        },
        pictures.Trouble.TOO_LONG: _(
            "This picture is a strip: one side may be %(limit)d times as long as the other at most. Crop it first."
        )
        % {"limit": pictures.LONGEST_SHAPE},
        pictures.Trouble.TOO_SMALL: _("This picture is too small: %(limit)d pixels each way at least.")
        % {"limit": pictures.SMALLEST},
        pictures.Trouble.NO_PICTURE: _(
            "This is no picture that pages can show: choose a JPEG, PNG or WebP file (not SVG, HEIC, GIF or PDF)."
        ),
        pictures.Trouble.BROKEN: _(
            "This picture is damaged, or not complete: save it again and choose that file."
        ),
    }[trouble]


class PictureForm(TextsForm):
    """The file, its description in both languages or the word that it only decorates, and a credit."""

    file = forms.FileField(
        label=gettext_lazy("Picture (JPEG, PNG or WebP, 5 MB at most)"),
        help_text=gettext_lazy("It is made anew in three sizes; where and when it was taken is not kept."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    in_languages = {
        "alt": forms.CharField(
            label=gettext_lazy("Description in %(language)s"),
            help_text=gettext_lazy("What somebody who does not see the picture must know of it."),
            required=False,
            max_length=LONGEST_ALT,
        )
    }
    field_order = ("file", "alt", "is_decorative", "credit")
    is_decorative = forms.BooleanField(
        label=gettext_lazy("It only decorates: whoever does not see it misses nothing"), required=False
    )
    credit = forms.CharField(label=gettext_lazy("Credit"), required=False, max_length=200)

    prepared: pictures.Prepared | None = None

    def __init__(self, *args: Any, has_picture: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_picture = has_picture

    @staticmethod
    def initial_for(picture: Picture | None) -> dict[str, Any]:
        if picture is None:
            return {}
        return {
            **PictureForm.texts_initial({"alt": picture.alt}),
            "is_decorative": picture.is_decorative,
            "credit": picture.credit,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file: UploadedFile[bytes] | None = data.get("file")
        if file:
            try:
                # One byte more than allowed is enough to refuse it.
                self.prepared = pictures.prepare(file.read(pictures.LARGEST + 1))
            except pictures.PictureError as error:
                self.add_error("file", trouble_in_words(error.trouble))
        elif not self.has_picture and "file" not in self.errors:
            self.add_error("file", _("Choose the file first."))
        if not self.written("alt") and not data.get("is_decorative"):
            self.add_error_first("alt", _("Describe the picture, or say that it only decorates."))
        return data

    @property
    def alt(self) -> LazyI18nString:
        if self.cleaned_data["is_decorative"]:
            return LazyI18nString("")
        return LazyI18nString(
            {code: text for code in LANGUAGES if (text := self.cleaned_data[f"alt_{code}"].strip())}
        )
