"""The administration pages: they open, they keep schedules out of reach, and calendars follow what they change."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib import admin
from django.urls import reverse

from cycles.models import Membership, News, Resource, Segment, Session
from tests import make

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
OURS = ("accounts", "cycles", "registrations")
MODELS = [model for model in admin.site._registry if model._meta.app_label in OURS]


@pytest.fixture
def site_admin(client: Client) -> Client:
    client.force_login(make.user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_and_searches_open(site_admin: Client, model: type) -> None:
    make.registration()
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]  # a model class
    assert site_admin.get(address, {"q": "x"}).status_code == 200


def test_an_organiser_is_not_an_administrator(client: Client) -> None:
    client.force_login(make.membership(role=Membership.Role.OWNER).user)
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_session_keeps_its_schedule_and_calendars_follow(site_admin: Client) -> None:
    session = make.session()
    address = reverse("admin:cycles_session_change", args=[session.pk])
    assert site_admin.get(address).status_code == 200
    form = {
        "slug": session.slug,
        "title_0": "Nouveau titre",
        "title_1": "",
        "has_theme": "on",
        "legal_frame": "information",
        "room_kind": "link",
        "room_opens_minutes": "15",
        "certainty": "stated",
        "starts_at_0": "2027-01-01",
        "starts_at_1": "10:00",
        "status": "cancelled",
        "segments-TOTAL_FORMS": "0",
        "segments-INITIAL_FORMS": "0",
    }
    with time_machine.travel(NOW, tick=False):
        response = site_admin.post(address, form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    session.refresh_from_db()
    assert session.title.localize("fr") == "Nouveau titre"
    assert (session.status, session.starts_at, session.revision) == ("confirmed", make.paris(2026, 11, 19), 0)
    assert session.revised_at == NOW


@pytest.mark.parametrize(
    "name", ["cycles_session", "registrations_participant", "registrations_registration"]
)
def test_what_has_verbs_of_its_own_is_not_added_here(site_admin: Client, name: str) -> None:
    assert site_admin.get(reverse(f"admin:{name}_add")).status_code == 403


@pytest.mark.parametrize("name", ["programme", "cycle", "session", "person", "segment", "news", "resource"])
def test_pages_to_change_things_open(site_admin: Client, name: str) -> None:
    session = make.session(cycle=make.cycle(programme=make.programme()))
    rows: dict[str, Model | None] = {
        "programme": session.cycle.programme,
        "cycle": session.cycle,
        "session": session,
        "person": make.person(),
        "segment": Segment.objects.create(session=session, order=1),
        "news": News.objects.create(slug="post", kind=News.Kind.RECAP),
        "resource": Resource.objects.create(slug="guide", kind=Resource.Kind.GUIDE, title={"fr": "Guide"}),
    }
    row = rows[name]
    assert row is not None
    assert site_admin.get(reverse(f"admin:cycles_{name}_change", args=[row.pk])).status_code == 200


def test_a_registration_can_only_be_looked_at(site_admin: Client) -> None:
    registration = make.registration()
    address = reverse("admin:registrations_registration_change", args=[registration.pk])
    assert site_admin.get(address).status_code == 200
    assert site_admin.post(address, {"state": "cancelled"}).status_code == 403
    assert Session.objects.get().registrations.live().count() == 1
