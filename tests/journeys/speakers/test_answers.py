"""J9: Claire names somebody and invites them; Nadia answers, and the boards say who is missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import pytest
import time_machine
from django.core import mail
from icalendar import Calendar

from accounts.models import AuditEntry
from cycles.models import Organisation, Person, SpeakerSlot
from cycles.schedule import planning
from notifications.delivery.run import sending
from notifications.models import Delivery
from speakers.models import Engagement
from tests import make
from tests.journeys.speakers.acting import AT, DAY, DESK, HOUR, MINUTE, START, get, invited, mails, post

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from cycles.models import Session

pytestmark = pytest.mark.django_db


def test_named_invited_and_announced_as_the_organisation_only(client: Client, desk: Client) -> None:
    page = post(desk, f"{DESK}name/", AT, organisation="Pro Bono Lab", contact_email="nadia@example.org")
    assert "Proposed. Nobody is told" in page
    slot = SpeakerSlot.objects.get()
    assert (slot.state, str(slot.organisation), slot.person) == ("proposed", "Pro Bono Lab", None)
    public = "/en/cycles/tour/escale-02/"
    assert "Pro Bono Lab" not in get(client, public, AT)

    post(desk, f"{DESK}{slot.pk}/invite/", AT)
    shown = get(client, public, AT)
    assert "Pro Bono Lab" in shown
    assert "speaker to be announced" in shown
    assert mails(AT + 9 * MINUTE) == []
    (message,) = mails(AT + 11 * MINUTE)
    assert message.to == ["nadia@example.org"]
    assert message.subject.startswith("Pourriez-vous intervenir le ")
    assert "19 novembre" in str(message.body)
    assert mails(AT + 12 * MINUTE) == []
    assert list(
        AuditEntry.objects.filter(verb__startswith="speaker.").order_by("pk").values_list("verb", flat=True)
    ) == [
        "speaker.name",
        "speaker.invite",
    ]


def test_an_invitation_can_be_stopped_and_made_again(desk: Client) -> None:
    post(desk, f"{DESK}name/", AT, person="Nadia Belkacem", contact_email="nadia@example.org")
    slot = SpeakerSlot.objects.get()
    post(desk, f"{DESK}{slot.pk}/invite/", AT)
    assert "Stop the invitation" in get(desk, DESK, AT + MINUTE)
    post(desk, f"{DESK}{slot.pk}/stop/", AT + MINUTE)
    slot.refresh_from_db()
    assert slot.state == "proposed"
    assert mails(AT + 20 * MINUTE) == []
    post(desk, f"{DESK}{slot.pk}/invite/", AT + HOUR)
    assert [one.to for one in mails(AT + 2 * HOUR)] == [["nadia@example.org"]]
    assert "The invitation has left" in post(desk, f"{DESK}{slot.pk}/stop/", AT + 3 * HOUR)
    assert list(Delivery.objects.order_by("pk").values_list("state", "reason")) == [
        ("skipped", "stopped"),
        ("sent", ""),
    ]


def test_known_names_are_found_and_unknown_ones_made(desk: Client) -> None:
    known = make.organisation(name="Pro Bono Lab", aliases=["ProBonoLab"])
    for name in ("pro bono lab", "  Pro  Bono Lab ", "probonolab", "Les Quais"):
        post(desk, f"{DESK}name/", AT, organisation=name)
    owners = list(SpeakerSlot.objects.order_by("pk").values_list("organisation", flat=True))
    assert owners[:3] == [known.pk] * 3
    assert Organisation.objects.get(pk=owners[3]).name == "Les Quais"
    post(desk, f"{DESK}name/", AT, person="Đặng Thị Hoa")
    assert Person.objects.get().full_name == "Đặng Thị Hoa"
    assert "Name a person, an organisation, or both." in post(
        desk, f"{DESK}name/", AT, contact_email="a@example.org"
    )


def test_one_button_says_yes_and_reading_changes_nothing(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk, person="Nadia Belkacem", organisation="Pro Bono Lab")
    public = "/en/cycles/tour/escale-02/"
    text = get(client, page, AT + HOUR)
    assert "Pouvez-vous intervenir" in text
    assert Engagement.objects.get().answer == ""
    assert "Nadia Belkacem" not in get(client, public, AT + HOUR)
    text = post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    assert "Vous avez dit oui" in text
    assert "Nadia Belkacem" in get(client, public, AT + HOUR)
    row = Engagement.objects.get()
    assert (row.answer, row.answered_at, row.answered_starts_at) == ("accepted", AT + HOUR, START)
    # Once more changes nothing, and no organiser is bothered by a yes.
    post(client, f"{page}{session.pk}/yes/", AT + 2 * HOUR)
    assert Engagement.objects.get().answered_at == AT + HOUR
    assert mails(AT + 2 * HOUR) == []


def test_a_no_goes_back_to_the_organisation_and_tells_whoever_invited_once(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk, person="Nadia Belkacem", organisation="Pro Bono Lab")
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    post(client, f"{page}{session.pk}/no/", AT + 2 * HOUR, reason="Un train")
    post(client, f"{page}{session.pk}/no/", AT + 2 * HOUR, reason="Un train")
    shown = get(client, "/en/cycles/tour/escale-02/", AT + 2 * HOUR)
    assert ("Pro Bono Lab" in shown, "Nadia Belkacem" in shown) == (True, False)
    (told,) = mails(AT + 2 * HOUR)
    assert told.to == ["claire@example.org"]
    assert "Un train" in str(told.body)
    assert "avait dit oui" in str(told.body)
    assert SpeakerSlot.objects.get().state == "withdrawn"
    assert "to be replaced" in get(desk, DESK, AT + 2 * HOUR)
    # They may change their mind as long as the session is ahead.
    post(client, f"{page}{session.pk}/yes/", AT + 3 * HOUR)
    assert SpeakerSlot.objects.get().state == "accepted"


def test_whoever_is_silent_is_chased_at_the_pace_of_the_plan(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    for days in (21, 14, 7):
        due = START - days * DAY
        assert [one.to for one in mails(due + MINUTE)] == [["nadia@example.org"]], days
        assert mails(due + HOUR) == []
    kinds = list(Delivery.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["speaker_invited", "speaker_chased", "speaker_chased", "speaker_chased"]
    post(client, f"{page}{session.pk}/yes/", START - 6 * DAY)
    assert [one.subject for one in mails(START - 3 * DAY + MINUTE)] != []
    assert [one.subject for one in mails(START - HOUR + MINUTE)] != []
    last = list(Delivery.objects.order_by("pk").values_list("kind", "state"))[4:]
    assert last == [("speaker_reminder", "sent"), ("speaker_reminder", "sent")]


def test_who_answers_between_planning_and_sending_is_not_chased(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    due = START - 21 * DAY
    sending.tick(clock=due + MINUTE)
    post(client, f"{page}{session.pk}/yes/", due + MINUTE)
    mail.outbox.clear()
    sending.drain(clock=due + 2 * MINUTE)
    assert mail.outbox == []
    row = Delivery.objects.get(kind="speaker_chased")
    assert (row.state, row.reason) == ("skipped", "answered")


def test_a_new_date_asks_again(client: Client, desk: Client, session: Session, claire: User) -> None:
    page = invited(desk)
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    moved = make.paris(2026, 12, 3)
    session.refresh_from_db()
    planning.move(session, to=moved, by=claire, at=AT + DAY, reason="Grève")
    (message,) = mails(AT + DAY + 11 * MINUTE)
    assert message.to == ["nadia@example.org"]
    assert "la nouvelle date vous convient-elle" in str(message.body)
    assert "has not answered for the new date" in get(desk, DESK, AT + 2 * DAY)
    text = get(client, page, AT + 2 * DAY)
    assert "La date a changé" in text
    post(client, f"{page}{session.pk}/yes/", AT + 2 * DAY)
    assert Engagement.objects.get().answered_starts_at == moved
    assert "La date a changé" not in get(client, page, AT + 2 * DAY)


def test_all_parts_on_one_page_in_the_speakers_own_zone_with_a_feed(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk)
    other = make.session(cycle=session.cycle, slug="escale-03", number=3, starts_at=make.paris(2026, 12, 17))
    slot = make.slot(other, contact_email="NADIA@example.org", state="invited")
    make.slot(other, contact_email="zoe@example.org")
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    post(
        desk,
        f"{DESK}briefing/",
        AT + HOUR,
        notes_fr="Venez **10 minutes** avant.",
        rehearsal_date="2026-11-17",
        rehearsal_time="18:00",
        rehearsal_minutes="30",
    )
    post(client, f"{page}zone/", AT + HOUR, timezone="Indian/Reunion")
    text = get(client, page, AT + HOUR)
    assert text.count('<section class="card stack"') == 2
    assert "16\u202fh\u202f00" in text
    assert "<strong>10 minutes</strong>" in text
    assert "zoe@example.org" not in text
    match = re.search(r"http://testserver(/fr/speaker-calendar/\w+\.ics)", text)
    assert match is not None
    with time_machine.travel(AT + HOUR, tick=False):
        events = Calendar.from_ical(client.get(match[1]).content).events
    assert [(str(cast("Any", event["DTSTART"]).dt), str(event.get("STATUS"))) for event in events] == [
        ("2026-11-17 18:00:00+01:00", "CONFIRMED"),
        ("2026-11-19 13:00:00+01:00", "CONFIRMED"),
        ("2026-12-17 13:00:00+01:00", "TENTATIVE"),
    ]
    with time_machine.travel(AT + HOUR, tick=False):
        one = Calendar.from_ical(client.get(f"{page}{other.pk}/session.ics").content).events
    assert len(one) == 1
    SpeakerSlot.objects.filter(pk=slot.pk).update(contact_email="other@example.org")
    assert get(client, page, AT + HOUR).count('<section class="card stack"') == 1


def test_past_sessions_keep_the_organisation_of_their_time(
    client: Client, desk: Client, session: Session
) -> None:
    page = invited(desk, person="Nadia Belkacem", organisation="Pro Bono Lab")
    post(client, f"{page}{session.pk}/yes/", AT + HOUR)
    person = Person.objects.get()
    later = make.session(cycle=session.cycle, slug="escale-05", number=5, starts_at=make.paris(2027, 2, 18))
    make.slot(later, person=person, organisation=make.organisation(name="Les Quatre Vents"))
    after = START + 2 * DAY
    assert "Nadia Belkacem (Pro Bono Lab)" in get(client, "/en/cycles/tour/escale-02/", after)
    assert "Nadia Belkacem (Les Quatre Vents)" in get(client, "/en/cycles/tour/escale-05/", after)
    shown = get(client, f"/en/speakers/{person.slug}/", after)
    assert [shown.index("Les Quatre Vents") > 0, shown.index("To come") < shown.index("Past")] == [True, True]
    assert f"/en/speakers/{person.slug}/subscribe/" in shown


def test_the_board_of_the_cycle_says_who_is_missing_what(desk: Client) -> None:
    invited(desk)
    post(desk, f"{DESK}name/", AT, organisation="Les Quais")
    text = get(desk, "/en/desk/cycles/tour/speakers/", AT + HOUR)
    assert "1 silent · 1 proposed" in text
    assert "an address to write to" in text
