"""The fields of a programme sheet in words: for the desk, for the public page, and in French for the PDF."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .checklist import FIELDS


class Field(NamedTuple):
    """What a field is called, and what helps to fill it in."""

    label: object
    help: object = ""


WORDS: dict[str, Field] = {
    "audience": Field(_("For whom")),
    "prerequisites": Field(_("Prerequisites"), _("Write “none” if there are none: it must be said.")),
    "objectives": Field(
        _("Objectives"), _("What people will be able to do, with verbs of action. One a line, after a dash.")
    ),
    "content": Field(_("Content"), _("One part a line, after a dash.")),
    "duration": Field(_("Duration")),
    "access": Field(_("Dates or time to get access"), _("Such as: registration up to 7 days before.")),
    "modality": Field(_("How people take part")),
    "price": Field(_("Price")),
    "methods": Field(_("Methods of teaching")),
    "means": Field(_("Means, in teaching and technique")),
    "trainers": Field(_("Trainers"), _("Who, and in what quality.")),
    "assessment": Field(_("How what was learnt is assessed")),
    "validation": Field(
        pgettext_lazy("of a training", "Validation"), _("Such as: a certificate of completion.")
    ),
    "accessibility": Field(
        _("Accessibility for people with a disability"), _("What can be arranged, and whom to ask.")
    ),
    "contact": Field(_("Contact")),
    "results": Field(
        _("Results"), _("With the period, and on how many answers they rest: 92% satisfied in 2025 (n = 24).")
    ),
}

# Legal papers are in French whatever the page.
FRENCH = {
    "audience": "Public",
    "prerequisites": "Prérequis",
    "objectives": "Objectifs",
    "content": "Contenu",
    "duration": "Durée",
    "access": "Dates ou délai d’accès",
    "modality": "Modalité",
    "price": "Tarif",
    "methods": "Méthodes pédagogiques",
    "means": "Moyens pédagogiques et techniques",
    "trainers": "Intervenants",
    "assessment": "Évaluation des acquis",
    "validation": "Validation",
    "accessibility": "Accessibilité aux personnes en situation de handicap",
    "contact": "Contact",
    "results": "Résultats",
}


def label(name: str) -> str:
    """Return what a field is called, in the active language."""
    return str(WORDS[name].label)


def labels(names: list[str]) -> list[str]:
    return [label(name) for name in FIELDS if name in names]
