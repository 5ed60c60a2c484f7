"""What somebody who speaks may send in: a card, decisions, a zone, a reason. Everything is optional."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cycles.content import document_words, documents
from cycles.content.pictures import LARGEST as LARGEST_PHOTO
from cycles.content.pictures import PictureError
from cycles.language.normal_form import nfc
from cycles.schedule import time_zones
from registrations.pages.form.fields import LineField, NameField, RadioSelect
from speakers.cards import photos, slides, words
from speakers.cards.verbs import Change
from speakers.consents import terms
from speakers.consents.verbs import Given
from speakers.models import LONGEST_BIO, SpeakerConsent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.files.uploadedfile import UploadedFile

    from cycles.content.documents import Document
    from cycles.content.pictures import Prepared
    from speakers.models import SpeakerCard


class BioField(forms.CharField):
    """A few plain sentences: shown as they are written, so no mark-up means anything and no link can be pressed."""

    widget = forms.Textarea(attrs={"rows": 5})

    def to_python(self, value: Any) -> str:
        text = nfc(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n").strip()
        return "".join(c for c in text if c.isprintable() or c == "\n")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > LONGEST_BIO:
            raise forms.ValidationError(
                _("This is too long: %(most)d characters at most (it has %(count)d).")
                % {"most": LONGEST_BIO, "count": len(value)},
                code="max_length",
            )


class CardForm(forms.Form):
    """Who somebody is, a photo, slides. Each may be left empty, and sent in later."""

    public_name = NameField(
        label=gettext_lazy("Your name as it is shown in public"), required=False, max_length=120
    )
    role = LineField(
        label=gettext_lazy("Your role"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("For instance: director, volunteer, researcher."),
    )
    bio = BioField(
        label=gettext_lazy("About you, in a few sentences"),
        required=False,
        help_text=gettext_lazy("400 characters at most, plain text."),
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo (JPEG, PNG or WebP, 5 MB at most)"),
        help_text=gettext_lazy("It is made anew, upright; where and when it was taken is not kept."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    photo_alt = LineField(
        label=gettext_lazy("Description of the photo"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For whoever does not see it: “Nadia Belkacem, smiling, in a garden”."),
    )
    without_photo = forms.BooleanField(label=gettext_lazy("Take my photo away"), required=False)
    slides = forms.FileField(
        help_text=gettext_lazy(
            "Only the organisers see them, until the session is over and you agree to their publication."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.odp,.pptx"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    without_slides = forms.BooleanField(label=gettext_lazy("Take my slides away"), required=False)
    accessibility_note = LineField(
        label=gettext_lazy("Accessibility of your slides"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Videos without subtitles, pictures to describe aloud, a sign-language interpreter who needs the text…"
        ),
    )

    def __init__(self, *args: Any, card: SpeakerCard | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card = card
        self.prepared_photo: Prepared | None = None
        self.read_slides: Document | None = None
        self.fields["slides"].label = _("Slides (PDF, ODP or PPTX, %(limit)d MB at most)") % {
            "limit": document_words.megabytes()
        }
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"{name}-notes"
        if not (card and card.photo):
            del self.fields["without_photo"]
        if not (card and card.slides):
            del self.fields["without_slides"]

    @staticmethod
    def initial_for(card: SpeakerCard | None) -> dict[str, Any]:
        names = ("public_name", "role", "bio", "photo_alt", "accessibility_note")
        return {name: getattr(card, name) for name in names} if card else {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        photo: UploadedFile[bytes] | None = data.get("photo")
        if photo:
            try:
                # One byte more than allowed is enough to refuse it.
                self.prepared_photo = photos.prepare(photo.read(LARGEST_PHOTO + 1))
            except PictureError as error:
                self.add_error("photo", words.photo_trouble(error.trouble))
        file: UploadedFile[bytes] | None = data.get("slides")
        if file:
            try:
                self.read_slides = slides.read(file.read(documents.largest() + 1))
            except documents.DocumentError as error:
                self.add_error("slides", document_words.trouble(error.trouble, endings=slides.KINDS))
        has_photo = self.prepared_photo or (self.card and self.card.photo and not data.get("without_photo"))
        if has_photo and not data.get("photo_alt") and "photo_alt" not in self.errors:
            self.add_error(
                "photo_alt", _("Say in a few words what the photo shows, for whoever does not see it.")
            )
        return data

    @property
    def change(self) -> Change:
        data = self.cleaned_data
        file: UploadedFile[bytes] | None = data.get("slides")
        names = ("public_name", "role", "bio", "photo_alt", "accessibility_note")
        return Change(
            words={name: data[name] for name in names},
            photo=self.prepared_photo,
            slides=self.read_slides,
            slides_name=self.read_slides.safe_name(file.name or "", otherwise="slides")
            if file and self.read_slides
            else "",
            without_photo=bool(data.get("without_photo")) and self.prepared_photo is None,
            without_slides=bool(data.get("without_slides")) and self.read_slides is None,
        )


class ConsentForm(forms.Form):
    """One purpose: yes or no, and for a yes how long, where and on what."""

    decision = forms.ChoiceField(
        choices=[("yes", gettext_lazy("I agree")), ("no", gettext_lazy("I do not agree"))],
        widget=RadioSelect,
        required=False,
    )
    months = forms.TypedChoiceField(
        label=gettext_lazy("For how long"), coerce=int, choices=words.durations, required=False
    )
    territory = forms.ChoiceField(
        label=gettext_lazy("Where"), choices=SpeakerConsent.Territory.choices, required=False
    )
    supports = forms.MultipleChoiceField(
        label=gettext_lazy("On what"),
        choices=words.supports,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, purpose: str, last: SpeakerConsent | None) -> None:
        initial: dict[str, Any] = {
            "months": terms.DURATIONS[0],
            "territory": SpeakerConsent.Territory.WORLD,
            "supports": list(terms.USUAL_SUPPORTS),
        }
        if last is not None and last.ended_at is None:
            initial["decision"] = "yes" if last.is_given else "no"
            if last.is_given:
                initial |= {"months": last.months, "territory": last.territory, "supports": last.supports}
        super().__init__(data, initial=initial, prefix=purpose)
        self.purpose, self.last = purpose, last
        self.label = str(SpeakerConsent.Purpose(purpose).label)
        self.sentence = words.consent_text(purpose)
        self.fields["decision"].label = self.label[:1].upper() + self.label[1:]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == "yes" and not self.errors:
            if not data.get("months") or not data.get("territory"):
                self.add_error("decision", _("Say for how long and where."))
            elif not data.get("supports"):
                self.add_error("supports", _("Tick at least one, or say that you do not agree."))
        return data

    @property
    def given(self) -> Given | None:
        """The decision as it is kept, with the words that were shown; None while nothing was chosen."""
        data = self.cleaned_data
        if not data.get("decision"):
            return None
        if data["decision"] == "no":
            return Given(is_given=False, text=words.consent_text(self.purpose))
        chosen = tuple(code for code in terms.SUPPORTS if code in data["supports"])
        return Given(
            is_given=True,
            text=words.consent_text(self.purpose)
            + " "
            + words.limits(months=data["months"], territory=data["territory"], supports=chosen),
            months=data["months"],
            territory=data["territory"],
            supports=chosen,
        )


def consent_forms(
    last: Mapping[str, SpeakerConsent], data: Mapping[str, Any] | None = None
) -> list[ConsentForm]:
    """Return a form for each purpose."""
    return [
        ConsentForm(data, purpose=purpose, last=last.get(purpose))
        for purpose in SpeakerConsent.Purpose.values
    ]


class ZoneForm(forms.Form):
    """In which zone somebody wants to read hours."""

    timezone = forms.CharField(max_length=60, required=False)

    def clean_timezone(self) -> str:
        written = self.cleaned_data["timezone"]
        zone = time_zones.read(written)
        if written and not zone:
            raise forms.ValidationError(_("This zone is not known: choose one of the list."))
        return zone


class NoForm(forms.Form):
    """Why somebody cannot speak, if they wish to say it."""

    reason = LineField(required=False, max_length=500)
