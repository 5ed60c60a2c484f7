"""The readers of a programme's newsletter, and what proves that they agreed (GDPR, article 7(1))."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from registrations.links import personal_links
from registrations.models import Consent, ConsentText, CycleRegistration
from registrations.people.data import notices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from cycles.models import Programme


def consents(programme: Programme) -> QuerySet[Consent]:
    """Return the living agreements of people who registered, and proved it, for something of a programme."""
    registered = CycleRegistration.objects.filter(
        participant=OuterRef("participant"), cycle__programme=programme, confirmed_at__isnull=False
    )
    return (
        Consent.objects.filter(
            Exists(registered),
            text__purpose=ConsentText.Purpose.NEWSLETTER,
            withdrawn_at=None,
            participant__proved_at__isnull=False,
            participant__erased_at=None,
            participant__anonymised_at=None,
        )
        .select_related("participant", "text")
        .order_by("participant__email_key", "given_at")
    )


def count(programme: Programme) -> int:
    """Return how many people the list has: one for each address, however often they agreed."""
    return consents(programme).order_by().values("participant").distinct().count()


def header() -> list[str]:
    return [
        _("Email address"),
        _("Given name"),
        _("Family name"),
        _("Organisation"),
        _("Language"),
        _("Agreed on"),
        _("Where"),
        _("Words that were shown"),
        _("Version of the words"),
        _("Link that leaves the newsletter"),
    ]


def rows(programme: Programme) -> Iterator[list[object]]:
    """Yield a line for each reader: their first living agreement is the proof. Moments are those of the site's zone."""
    zone = ZoneInfo(settings.TIME_ZONE)
    languages = dict(settings.LANGUAGES)
    last = 0
    for consent in consents(programme).iterator(chunk_size=500):
        person = consent.participant
        if person.pk == last:
            continue
        last = person.pk
        yield [
            person.email,
            person.given_name,
            person.family_name,
            person.organisation_name,
            languages.get(person.language, person.language),
            consent.given_at.astimezone(zone).strftime("%Y-%m-%d %H:%M %z"),
            notices.form_in_words(consent.form),
            str(consent.text.text.localize(person.language)),
            consent.text.version,
            personal_links.leave_newsletter(person),
        ]
