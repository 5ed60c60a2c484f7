"""What confirming a request will record, in the reader's words and complete: they may not have typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cycles.language import wording
from registrations.booking import questions
from registrations.models import Question, SourceCode

if TYPE_CHECKING:
    from registrations.models import CycleRegistration, Participant
    from registrations.people.names import KnownAs


def who(registration: CycleRegistration) -> KnownAs | Participant:
    """Return whose name confirming a request records: what it says, or what a person who proved the address says."""
    person = registration.participant
    return registration.person if person.proved_at is None else person


def recorded(registration: CycleRegistration) -> list[tuple[str, str]]:
    """Return (label, value) of everything typed in a request but its dates; what was left empty is left out.

    Of whoever proved the address before, the details stay as they are: those are shown.
    """
    person = registration.participant
    named = who(registration)
    language = get_language() or settings.LANGUAGE_CODE
    lines = [
        (_("Given name"), named.given_name),
        (_("Family name"), named.family_name),
        (_("Email address"), person.email),
        (_("Organisation"), named.organisation_name),
        (_("Language of the emails"), dict(settings.LANGUAGES).get(person.language, person.language)),
        (
            _("Your time zone"),
            wording.zone_name(person.timezone, language=language) if person.timezone else "",
        ),
    ]
    asked = {str(question.pk): question for question in Question.objects.filter(cycle=registration.cycle_id)}
    lines += [
        (asked[pk].label.localize(language) if pk in asked else _("Your answers"), questions.words(value))
        for pk, value in registration.answers.items()
    ]
    lines.append((_("What makes it easier for you to take part"), registration.accessibility_need))
    if registration.wants_newsletter:
        lines.append((_("Newsletter"), _("Yes, send it to me")))
    if registration.source_code:
        code = SourceCode.objects.filter(cycle=registration.cycle_id, code=registration.source_code).first()
        lines.append(
            (
                _("Code of the link you followed"),
                (code.label if code else "") or registration.source_code,
            )
        )
    return [(label, value) for label, value in lines if value]
