"""What the pictures of docs/screens need from the database of the demonstration: personal links, states, mails.

screens.py runs this inside the site (`manage.py shell`); each function prints JSON on its last line.
"""

from __future__ import annotations

import datetime as dt
import json

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from cycles.models import Cycle, Session
from notifications.mail.kinds import KINDS, OF_SURVEYS
from notifications.mail.preview import rehearsal
from notifications.models import Delivery, GroupMessage, ReminderStep
from notifications.plan import planner
from registrations.links import personal_links as links
from registrations.models import CycleRegistration, Participant, Registration, State
from speakers.models import Contact
from speakers.people import links as of_speakers
from surveys.answering import links as of_surveys
from surveys.models import Survey
from training.models import Document
from training.signing import links as signing
from training.signing import verbs

CYCLE, RUN, HELD_NOW = "onze-ponts", "demo-lire-sa-riviere-1", "lire-une-riviere-2"
PERSON = "amina@asso-test.example.org"
# The mails of training are shown with a run that has its half-days before it.
TRAINING_TO_COME = "lire-une-riviere-3"
OF_TRAINING = ("joining_instructions", "countersign_asked", "paper_issued", "paper_withdrawn", *OF_SURVEYS)
# What organisers wrote; a mail that counts what there is to do says nothing of use in a rehearsal.
GROUP = ("group_message", "group_news")
WORDS = "Bonjour {given_name},\n\nL’entrée se fait désormais par la cour.\n\n{manage_link}"
COUNTING = ("organiser_requests", "organiser_room", "organiser_trouble", "organiser_week")


def _path(address: str) -> str:
    return address.removeprefix(settings.ESCALE_BASE_URL)


def _half_day() -> dict[str, str]:
    """Hold the first half-day of a run to come now: two of its trainees have signed."""
    at = timezone.now().replace(second=0, microsecond=0)
    session = Session.objects.filter(cycle__slug=HELD_NOW).earliest("starts_at")
    starts_at = at - dt.timedelta(minutes=5)
    Session.objects.filter(pk=session.pk).update(
        starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=3)
    )
    rows = list(Registration.objects.filter(session=session).select_related("participant").order_by("pk"))
    for row in rows[1:3]:
        verbs.sign(row, means="link", language="fr", at=at)
    sheet = _path(signing.teach(session, email="tariq@demo.example.org", language="fr"))
    return {
        "SIGN": _path(signing.sign(rows[0], language="fr")),
        "SHEET": sheet,
        "ROOM": f"{sheet}room/",
        "TABLET": f"{sheet}tablet/",
        "DESK-SHEET": reverse("desk:training-sheet", args=[HELD_NOW, session.slug]),
    }


def _trained() -> dict[str, str]:
    """Return the pages of papers, and one trainee's own."""
    paper = Document.objects.get(series="CR", number=1)
    row = CycleRegistration.objects.filter(cycle__slug=RUN).select_related("participant").latest("pk")
    own = links.manage_token(row.participant)
    return {
        "VERIFY": reverse("training:verify-document", args=[paper.grouped_code]),
        "PAPERS": reverse("training:mine", args=[own]),
        "SURVEYS": reverse("surveys:mine", args=[own]),
        "TRAINEE": reverse("desk:training-trainee", args=[RUN, row.pk]),
    }


def _registered() -> dict[str, str]:
    """Return one invented person's own pages, and the way in of several at several times."""
    person = Participant.objects.get(email_key=PERSON)
    row = person.cycle_registrations.get(cycle__slug=CYCLE)
    own = links.manage_token(person)
    places = Registration.objects.filter(session__cycle__slug=CYCLE).order_by("session__starts_at", "pk")
    next_place = (
        Registration.objects.confirmed()
        .filter(session__starts_at__gt=timezone.now())
        .earliest("session__starts_at", "pk")
    )
    waiting = places.filter(state=State.WAITLISTED)[0]
    return {
        "MY": links.manage(person, language="fr"),
        "MY-DATA": reverse("registrations:my-copy", args=[own]),
        "MY-ERASE": reverse("registrations:my-erase", args=[own]),
        "CANCEL-ALL": reverse("registrations:my-cancel-all", args=[own, row.pk]),
        "STOP": _path(links.unsubscribe(person, cycle_id=row.cycle_id)),
        "MY-WAITING": reverse(
            "registrations:my-registrations", args=[links.manage_token(waiting.participant)]
        ),
        "JOIN": _path(links.join(next_place, language="fr")),
        "JOIN-OVER": _path(links.join(places.filter(state=State.CONFIRMED)[0], language="fr")),
        "JOIN-WAITING": _path(links.join(waiting, language="fr")),
        "DATA-PERSON": reverse("desk:data-person", args=[person.pk]),
        "MAILS-OF-PERSON": reverse("desk:deliveries-person", args=[CYCLE, person.pk]),
    }


def _organised() -> dict[str, str]:
    """Return pages of the desk and of speakers whose addresses hold a number."""
    sent = Delivery.objects.filter(text__isnull=False, cycle_registration__cycle__slug=CYCLE).first()
    speaker = Contact.objects.get(email="contact-moulins@demo.example.org")
    return {
        "SPEAK": reverse("speakers:page", args=[of_speakers.token(speaker)]),
        **({"SENT-TEXT": reverse("desk:delivery-text", args=[CYCLE, sent.pk])} if sent else {}),
    }


def paths() -> None:
    """Print the paths that screens.py knows by name."""
    # Whoever looks at the pages of training is a person of the site.
    User.objects.get(email="claire@example.org")
    with translation.override("fr"):
        print(json.dumps({**_half_day(), **_trained(), **_registered(), **_organised()}))


def confirmation(email: str) -> None:
    """Print the path by which somebody who has just registered confirms."""
    row = CycleRegistration.objects.filter(participant__email_key=email).latest("pk")
    print(json.dumps(_path(links.confirm(row, language="fr"))))


def survey_to_answer() -> None:
    """Let one trainee answer again; print the way to their survey."""
    survey = Survey.objects.get(cycle__slug=RUN)
    row = CycleRegistration.objects.filter(cycle__slug=RUN).latest("pk")
    survey.turns.filter(cycle_registration=row).delete()
    with translation.override("fr"):
        print(json.dumps(reverse("surveys:answer", args=[of_surveys.token(survey, row)])))


def open_room() -> None:
    """Let the next session of the cycle begin in ten minutes; print the way in of one person."""
    at = timezone.now().replace(second=0, microsecond=0)
    session = Session.objects.get(cycle__slug=CYCLE, slug="pont-06")
    starts_at = at + dt.timedelta(minutes=10)
    Session.objects.filter(pk=session.pk).update(
        starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1)
    )
    place = session.registrations.filter(state=State.CONFIRMED).earliest("pk")
    print(json.dumps(_path(links.join(place, language="fr"))))


def mails() -> None:
    """Print the HTML part of each kind of mail, by its name."""
    at = timezone.now()
    cycles = {slug: Cycle.objects.get(slug=slug) for slug in (CYCLE, TRAINING_TO_COME)}
    with translation.override("fr"):
        shown = {
            kind: rehearsal.rehearse(
                _scene(kind, cycles[TRAINING_TO_COME if kind in OF_TRAINING else CYCLE], at=at), at=at
            ).html
            for kind in KINDS
            if kind not in COUNTING
        }
    print(json.dumps(shown))


def _scene(kind: str, cycle: Cycle, *, at: dt.datetime) -> rehearsal.Scene:
    lines = planner.cycle_steps(cycle) if kind in ReminderStep.Message.values else []
    written = GroupMessage(cycle=cycle, subjects={"fr": "La salle change"}, bodies={"fr": WORDS})
    return rehearsal.Scene(
        cycle=cycle,
        kind=kind,
        session=rehearsal.sessions(cycle, at=at)[0],
        language="fr",
        step=next((line for line in lines if line.kind == kind), None),
        group_message=written if kind in GROUP else None,
    )
