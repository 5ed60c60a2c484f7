"""What organisers type about a provider, a run and its trainees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from training.documents.issued import codes
from training.models import RunSettings, TraineeFile, TrainingProvider

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cycles.models import Organisation

NDA_DIGITS = 11


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    """The organisation as the law knows it."""

    class Meta:
        model = TrainingProvider
        fields = (
            "organisation",
            "legal_name",
            "siret",
            "nda",
            "address",
            "city",
            "signatory_name",
            "signatory_quality",
        )
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "siret": _("14 digits."),
            "nda": _("11 digits. Without it, no certificate of completion is issued."),
            "signatory_name": _("A person: a legal person signs nothing itself."),
            "signatory_quality": _("Such as: president, director."),
        }

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]  # of a ModelChoiceField
        for name in ("siret", "nda"):
            # People paste them with blanks.
            self.fields[name].max_length = None  # type: ignore[attr-defined]  # of a CharField
            self.fields[name].widget.attrs.pop("maxlength", None)
            self.fields[name].validators = []

    def clean_siret(self) -> str:
        digits = re.sub(r"[\s.\-]", "", self.cleaned_data["siret"])
        if digits and not codes.is_siret(digits):
            raise ValidationError(_("This is no SIRET: 14 digits, of which the last checks the others."))
        return digits

    def clean_nda(self) -> str:
        digits = re.sub(r"[\s.\-]", "", self.cleaned_data["nda"])
        if digits and not (len(digits) == NDA_DIGITS and digits.isascii() and digits.isdigit()):
            raise ValidationError(_("A declaration of activity has 11 digits."))
        return digits


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    class Meta:
        model = RunSettings
        fields = ("threshold", "asks_room_code", "proofs_months", "is_subcontracted", "is_entrusted")
        help_texts = {
            "threshold": _(
                "From 1 to 100. Below it you may still issue one by one, with the hours attended."
            ),
            "proofs_months": _("Empty: as long as the site keeps them. 120 where the EU funds a part."),
        }


class TraineeForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    class Meta:
        model = TraineeFile
        fields = ("kind", "employer_name", "assessment")
        help_texts = {
            "employer_name": _("Printed on the certificate; empty for who has none."),
            "assessment": _("Printed on the statement of training, if an assessment was planned."),
        }


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)
