"""The administration pages: what the desk has no page for, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib import admin
from django.urls import reverse

from cycles.models import Membership
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

MODELS = list(admin.site._registry)


@pytest.fixture
def site_admin(client: Client) -> Client:
    client.force_login(make.user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_lists_and_searches_open(site_admin: Client, model: type) -> None:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]  # a model class
    assert site_admin.get(address, {"q": "x"}).status_code == 200


def test_an_organiser_is_not_an_administrator(client: Client) -> None:
    client.force_login(make.membership(role=Membership.Role.OWNER).user)
    assert client.get(reverse("admin:index")).status_code == 302


def test_only_what_the_desk_cannot_do_is_here() -> None:
    assert [model._meta.label for model in MODELS] == ["accounts.User"]


def test_an_account_is_switched_off_and_on_again(site_admin: Client) -> None:
    claire = make.user(name="Claire")
    address = reverse("admin:accounts_user_change", args=[claire.pk])
    form = {"email": "claire.new@example.org", "name": "Claire", "language": "fr"}
    assert site_admin.post(address, form).status_code == 302
    claire.refresh_from_db()
    assert (claire.email, claire.is_active) == ("claire.new@example.org", False)
    site_admin.post(address, {**form, "is_active": "on"})
    claire.refresh_from_db()
    assert claire.is_active
