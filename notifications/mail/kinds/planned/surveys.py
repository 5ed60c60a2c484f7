"""Mails that ask for a survey around a training: those registered, and guests whose address organisers gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cycles.language import wording
from notifications.mail.kinds import OF_SURVEYS, Group, Kind, register
from notifications.mail.own_texts.variable_sets import BASE
from notifications.models import Delivery
from surveys.answering import links
from surveys.asking import standing
from surveys.models import Guest, Survey

if TYPE_CHECKING:
    import datetime as dt

    from notifications.mail.draft import Draft
    from notifications.mail.preview.samples import Sample

FOR_GUESTS = ("given_name", "cycle", "site", "cycle_link", "survey_link")


def _facts(draft: Draft) -> dict[str, Any]:
    """Return the reader's own link, until when it takes answers, and whether they were asked before."""
    survey = _survey(draft)
    if isinstance(draft.reader, Guest):
        token = links.guest_token(draft.reader)
    elif (row := draft.delivery.cycle_registration) is not None:
        token = links.token(survey, row, person=draft.delivery.participant)
    else:
        return {"survey_url": ""}
    span = standing.window_of(survey, None)
    return {
        "survey_url": links.address(token, language=draft.language),
        "answer_until": _day(span.closes_at, draft) if span is not None else "",
        "is_again": _was_asked(draft),
    }


def _survey(draft: Draft) -> Survey:
    if isinstance(draft.reader, Guest):
        survey = draft.reader.survey
    else:
        survey = Survey.objects.get(cycle=draft.cycle, moment=OF_SURVEYS[draft.kind.name])
    survey.cycle = draft.cycle
    return survey


def _day(moment: dt.datetime, draft: Draft) -> str:
    zone = draft.cycle.zone
    return wording.long_date(moment.astimezone(zone).date(), language=draft.language)


def _was_asked(draft: Draft) -> bool:
    """Tell whether an earlier mail asked the same person."""
    mail = draft.delivery
    sent = Delivery.objects.filter(kind=mail.kind, cycle=draft.cycle, state=Delivery.State.SENT)
    sent = (
        sent.filter(to_address=mail.to_address)
        if draft.kind.is_to_guest
        else sent.filter(cycle_registration=mail.cycle_registration)
    )
    return sent.exclude(pk=mail.pk).exists()


def _sample(sample: Sample) -> None:
    """Open the survey that a preview shows."""
    Survey.objects.get_or_create(
        cycle=sample.session.cycle,
        moment=OF_SURVEYS[sample.mailing.kind],
        defaults={"opened_at": sample.at},
    )


for name, label, readers in (
    ("survey_needs", _("Needs questionnaire"), _("trainees, before a training, until they answer")),
    ("survey_hot", _("Survey at the end of a training"), _("trainees who came, until they answer")),
    ("survey_cold", _("Survey three months after"), _("trainees who came, until they answer")),
):
    register(
        Kind(
            name=name,
            label=label,
            readers=readers,
            group=Group.BEFORE if name == "survey_needs" else Group.AFTER,
            variables=(*BASE, "survey_link"),
            facts=_facts,
            sample=_sample,
            survey=OF_SURVEYS[name],
            needs_seat=True,
            is_whole=True,
            follows_plan=True,
            comes_after=name != "survey_needs",
            stops_with_reminders=True,
        )
    )
for name, label in (
    ("survey_employer", _("Survey to employers")),
    ("survey_funder", _("Survey to funders")),
    ("survey_trainer", _("Survey to trainers")),
):
    register(
        Kind(
            name=name,
            label=label,
            readers=_("whoever organisers asked for their opinion of a training, until they answer"),
            group=Group.AFTER,
            variables=FOR_GUESTS,
            facts=_facts,
            sample=_sample,
            survey=OF_SURVEYS[name],
            is_to_guest=True,
            follows_plan=True,
            comes_after=True,
        )
    )
