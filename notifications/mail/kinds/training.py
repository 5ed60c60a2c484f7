"""The mails of a training run that no webinar has: joining instructions, asking to countersign, papers of trainees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from notifications.joining import letter, owing
from notifications.mail.own_texts.variable_sets import BASE
from notifications.mail.preview import samples
from notifications.notices.training import countersigning, papers
from surveys.answering import links as survey_links
from surveys.models import Answer, Survey
from training.signing import links as signing_links

from . import Group, Kind, register

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifications.mail.draft import Draft


def _facts(draft: Draft) -> dict[str, Any]:
    # A run is followed as a whole: all its half-days are the reader's.
    sessions = draft.cycle.sessions.upcoming(at=draft.at).select_related("cycle")
    return {
        "stops": [draft.stop(session) for session in sessions],
        **letter.context(draft.cycle),
        "survey_url": _needs(draft),
    }


def _needs(draft: Draft) -> str:
    """Return the reader's link to the needs questionnaire while it waits for their answer.

    Whoever registers too late for its own mails is asked here.
    """
    row = draft.delivery.cycle_registration
    survey = Survey.objects.filter(cycle=draft.cycle, moment=Survey.Moment.NEEDS, closed_at=None).first()
    if row is None or survey is None or Answer.objects.filter(survey=survey, cycle_registration=row).exists():
        return ""
    token = survey_links.token(survey, row, person=draft.delivery.participant)
    return survey_links.address(token, language=draft.language)


def _page(draft: Draft) -> Iterator[tuple[str, bytes, str]]:
    content = letter.pdf(draft.cycle, draft.participant, contact=draft.voice.contact, at=draft.at)
    yield letter.file_name(), content, "application/pdf"


def _sheet(draft: Draft) -> dict[str, Any]:
    session = draft.session
    if session is None:
        return {}
    return {
        "teach_url": signing_links.teach(session, email=draft.delivery.to_address, language=draft.language)
    }


register(
    Kind(
        name=countersigning.KIND,
        label=_("Asking trainers to countersign"),
        readers=_("whoever trained at a half-day whose sheet is not countersigned, when an organiser asks"),
        group=Group.SPEAKERS,
        facts=_sheet,
        comes_after=True,
        is_to_speaker=True,
    )
)
register(
    Kind(
        name=owing.KIND,
        label=_("Joining instructions"),
        readers=_("whoever has a place in a training run, a week before it; nobody can stop them"),
        group=Group.REGISTRATION,
        variables=(*BASE, "dates", "survey_link"),
        facts=_facts,
        pages=_page,
        needs_seat=True,
        is_whole=True,
    )
)
register(
    Kind(
        name=papers.ISSUED,
        label=_("Certificate or statement issued"),
        readers=_("the trainee whose paper is issued, or issued anew; nobody can stop it"),
        group=Group.AFTER,
        facts=papers.facts,
        sample=samples.paper_issued,
        comes_after=True,
        is_whole=True,
    )
)
register(
    Kind(
        name=papers.WITHDRAWN,
        label=_("Certificate or statement withdrawn"),
        readers=_("the trainee whose paper is withdrawn; nobody can stop it"),
        group=Group.AFTER,
        facts=papers.facts,
        sample=samples.paper_withdrawn,
        comes_after=True,
        is_whole=True,
    )
)
