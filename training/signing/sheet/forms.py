"""What a trainer types about people at a half-day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.addresses.form_fields import AddressField
from training.models import Signature, TrainerNote
from training.signing import verbs

if TYPE_CHECKING:
    from cycles.models import Session
    from training.signing.queries import Trainee

OTHER = "other"
LONGEST_REASON = 80
# What is printed is in French; nobody's health is.
REASONS = {
    "transport": ("transports", _("transport")),
    "work": ("obligation professionnelle", _("work")),
    "family": ("raison personnelle", _("personal reason")),
    "technical": ("problème technique", _("technical problem")),
    "no_phone": ("sans téléphone", _("no phone at hand")),
}


def in_words(reason: str) -> str:
    """Return a reason that is kept as it is printed, in French, in the reader's language."""
    return next((str(words) for french, words in REASONS.values() if french == reason), reason)


class ReasonForm(forms.Form):
    """A short list of reasons, and a few words for the others."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[
            ("", "—"),
            *((key, words) for key, (_french, words) in REASONS.items()),
            (OTHER, _("other")),
        ],
    )
    other = forms.CharField(
        label=_("Other reason, in a few words"),
        required=False,
        max_length=LONGEST_REASON,
        help_text=_("It is printed on the sheet: nothing about anybody’s health."),
    )

    def words(self) -> str:
        """Return the reason as it is printed."""
        key = self.cleaned_data.get("reason", "")
        if key in REASONS:
            return REASONS[key][0]
        return str(self.cleaned_data.get("other", "")).strip()


class PersonForm(ReasonForm):
    """What the trainer decides about one trainee."""

    SEEN, PAPER, CLEAR = "seen", "paper", "clear"

    decision = forms.ChoiceField(
        label=_("What you note"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you note.")},
    )
    arrived = forms.TimeField(
        label=_("Came at (if late)"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    left = forms.TimeField(
        label=_("Left at (if early)"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )

    field_order = ("decision", "arrived", "left", "reason", "other")

    def __init__(self, data: Any = None, *, trainee: Trainee, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.trainee = trainee
        choices: list[tuple[str, Any]] = []
        if trainee.signature is None:
            choices += [
                (self.SEEN, _("was there: I saw them, and say why they did not sign")),
                (self.PAPER, _("signed on paper")),
            ]
        else:
            choices.append((str(TrainerNote.Kind.PARTIAL), _("came late or left early")))
        choices += [
            (str(TrainerNote.Kind.ABSENT), _("was absent")),
            (str(TrainerNote.Kind.EXCUSED), _("was absent and had said so")),
        ]
        if trainee.note is not None or (trainee.signature and trainee.signature.means in verbs.VOUCHED):
            choices.append((self.CLEAR, _("take back what was noted")))
        decision = self.fields["decision"]
        decision.choices = choices  # type: ignore[attr-defined]  # of a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Refuse hours that are typed beside a decision to which they say nothing, rather than lose them."""
        values = super().clean() or self.cleaned_data
        if values.get("decision") in (TrainerNote.Kind.ABSENT, TrainerNote.Kind.EXCUSED, self.CLEAR):
            for name in ("arrived", "left"):
                if values.get(name) is not None and name in self.changed_data:
                    self.add_error(name, _("Hours are noted of somebody who was there: empty this one."))
        return values

    def moment(self, name: str) -> dt.datetime | None:
        """Return an hour of the half-day's first day as an instant, at its place."""
        time = self.cleaned_data[name]
        session: Session = self.trainee.session
        if time is None or session.starts_at is None:
            return None
        return dt.datetime.combine(
            session.starts_at.astimezone(session.zone).date(), time, tzinfo=session.zone
        )

    @property
    def means(self) -> str:
        decision = self.cleaned_data["decision"]
        return str(Signature.Means.PAPER if decision == self.PAPER else Signature.Means.TRAINER)


class CountersignForm(ReasonForm):
    """The name under the sheet; whoever is no trainer of the half-day says why they countersign it."""

    name = forms.CharField(label=_("Your name, as it is printed"), max_length=160)

    field_order = ("name", "reason", "other")

    def __init__(self, data: Any = None, *, is_trainer: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if is_trainer:
            del self.fields["reason"], self.fields["other"]


class UndoForm(forms.Form):
    reason = forms.CharField(label=_("Why is it taken back?"), max_length=300)


class WalkInForm(forms.Form):
    """Somebody who is in the room and on no list."""

    given_name = forms.CharField(label=_("Given name"), max_length=120)
    family_name = forms.CharField(label=_("Family name"), max_length=120)
    email = AddressField(label=_("Email address"))
    organisation_name = forms.CharField(label=_("Organisation"), max_length=200, required=False)


class ScanForm(forms.Form):
    file = forms.FileField(
        label=_("Scan or photo of the signed sheet"),
        help_text=_("PDF, JPEG or PNG, 5 MB at most."),
        error_messages={"required": _("Choose a file.")},
    )
