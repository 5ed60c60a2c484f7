"""Leaving a programme, by an editor or by a file: whoever does it owns both, and both can read it in their journal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.utils import translation

from accounts.models import AuditEntry
from cycles import access
from cycles.content import editing, transfers
from cycles.imports.programme import ImportRefused, bring_in
from cycles.models import Cycle, Event, Membership, Module, News, Programme, Resource, Workshop
from desk.content.editors import choices
from tests import make
from tests.desk.browsing import filled, page

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 10, 2, 9, 0, tzinfo=dt.UTC)
Role = Membership.Role
MOVES = AuditEntry.objects.filter(verb__in=["content.move-out", "content.move-in"])
REFUSED = (
    "Only somebody who is an owner of both programmes moves something from “A” to “B”: "
    "ask an owner, or leave it where it is."
)
NOT_BOTH = [
    (Role.ORGANISER, Role.OWNER),
    (Role.OWNER, Role.ORGANISER),
    (Role.ORGANISER, Role.ORGANISER),
]


@dataclass(frozen=True, kw_only=True)
class Two:
    a: Programme
    b: Programme
    modules: dict[str, Module]

    def who(self, in_a: str, in_b: str) -> User:
        user = make.membership(programme=self.a, role=in_a).user
        make.membership(programme=self.b, user=user, role=in_b)
        return user

    def rows(self) -> dict[str, Any]:
        """One row of every kind that can move, all of A."""
        session = make.session(cycle=make.cycle(slug="autre-a", programme=self.a))
        return {
            "cycles": make.cycle(slug="tour", programme=self.a),
            "modules": Module.objects.create(slug="module", title="Module", programme=self.a),
            "workshops": Workshop.objects.create(slug="atelier", title="Atelier", module=self.modules["a"]),
            "resources": Resource.objects.create(slug="guide", kind="guide", title="G", programme=self.a),
            "beside": Resource.objects.create(slug="replay", kind="replay", title="R", session=session),
            "news": News.objects.create(slug="billet", kind="service", title="Billet", programme=self.a),
        }

    def elsewhere(self, kind: str) -> dict[str, Any]:
        """What an editor sends to move it to B."""
        if kind == "workshops":
            return {"module_id": self.modules["b"].pk}
        if kind == "beside":
            session = make.session(cycle=make.cycle(slug="tour-b", programme=self.b))
            return {"session_id": session.pk}
        return {"programme_id": self.b.pk}


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def two() -> Two:
    a, b = (make.programme(slug=slug, title=slug.upper()) for slug in "ab")
    return Two(
        a=a,
        b=b,
        modules={p.slug: Module.objects.create(slug=f"m-{p.slug}", title="M", programme=p) for p in (a, b)},
    )


KINDS = ["cycles", "modules", "workshops", "resources", "beside", "news"]


def moved_entries(row: Any) -> list[tuple[str, str, int | None]]:
    programmes = dict(Programme.objects.values_list("pk", "slug"))
    result = MOVES.order_by("pk").values_list("verb", "programme_id", "target_id")
    assert set(MOVES.values_list("target_kind", flat=True)) <= {row._meta.label_lower}
    return [(verb, programmes[pk or 0], target) for verb, pk, target in result]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("in_a", "in_b"), NOT_BOTH)
def test_no_verb_moves_what_one_does_not_own_on_both_sides(two: Two, kind: str, in_a: str, in_b: str) -> None:
    row, user = two.rows()[kind], two.who(in_a, in_b)
    with pytest.raises(transfers.TransferError) as refused:
        editing.edit_content(row, values=two.elsewhere(kind), by=user, at=NOW)
    assert str(refused.value) == REFUSED
    assert access.programme_of(type(row).objects.get(pk=row.pk)) == two.a
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_an_owner_of_both_moves_it_and_both_journals_say_so(two: Two, kind: str) -> None:
    row, user = two.rows()[kind], two.who(Role.OWNER, Role.OWNER)
    editing.edit_content(row, values=two.elsewhere(kind), by=user, at=NOW)
    assert access.programme_of(type(row).objects.get(pk=row.pk)) == two.b
    assert moved_entries(row) == [("content.move-out", "a", row.pk), ("content.move-in", "b", row.pk)]


@pytest.mark.parametrize("kind", ["cycles", "modules", "workshops", "resources", "news"])
@pytest.mark.parametrize(("in_a", "in_b"), NOT_BOTH)
def test_the_editor_neither_offers_nor_takes_it(
    client: Client, two: Two, kind: str, in_a: str, in_b: str
) -> None:
    row = two.rows()[kind]
    client.force_login(two.who(in_a, in_b))
    address = page("content-edit", kind, row.slug)
    form = filled(client, address)
    field = next(iter(two.elsewhere(kind)))
    response = client.post(address, form | two.elsewhere(kind) | {"title_fr": "Emporté"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    # What was typed stays in the form.
    assert response.context["form"]["title_fr"].value() == "Emporté"
    assert access.programme_of(type(row).objects.get(pk=row.pk)) == two.a


@pytest.mark.parametrize("act", ["", "preview/fr/"])
def test_a_resource_does_not_follow_a_session_into_a_programme_of_ones_own(
    client: Client, two: Two, act: str
) -> None:
    row = two.rows()["beside"]
    client.force_login(two.who(Role.ORGANISER, Role.OWNER))
    make.session(cycle=make.cycle(slug="b", programme=two.b, title="Tour de B"), number=1)
    address = page("content-edit", "resources", row.slug)
    form = filled(client, address) | {"session_id": "Stop 1: A title: “the trial” (Tour de B)"}
    response = client.post(f"{address}{act}", form)
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [REFUSED]
    assert access.programme_of(Resource.objects.get(pk=row.pk)) == two.a


def test_the_editor_of_an_owner_of_both_offers_and_moves_it(client: Client, two: Two) -> None:
    row, user = two.rows()["cycles"], two.who(Role.OWNER, Role.OWNER)
    third = make.programme(slug="c", title="C")
    make.membership(programme=third, user=user, role=Role.ORGANISER)
    offered = choices.load(("programmes",), user=user, row=row)["programmes"]
    assert sorted(name for _pk, name in offered) == ["A", "B"]
    client.force_login(user)
    address = page("content-edit", "cycles", "tour")
    assert client.post(address, filled(client, address) | two.elsewhere("cycles")).status_code == 302
    assert Cycle.objects.get(slug="tour").programme == two.b
    # A new one is written wherever one plans.
    fresh = choices.load(("programmes",), user=user)["programmes"]
    assert sorted(name for _pk, name in fresh) == ["A", "B", "C"]


HEAD = "schema_version: 1\nprogrammes:\n  - {slug: %s, title: {fr: B, en: B}}\n"
FILES = {
    "cycles": "cycles:\n  - {slug: tour, programme: %s, kind: other_cycle, title: {fr: T, en: T}}\n",
    "modules": "modules:\n  - {slug: module, programme: %s, title: {fr: T, en: T}}\n",
    "resources": "resources:\n  - {slug: guide, programme: %s, kind: guide, title: {fr: T, en: T}}\n",
    "news": "news:\n  - {slug: billet, programme: %s, kind: service, title: {fr: T, en: T}}\n",
    "events": "events:\n  - {slug: forum, programme: %s, kind: forum, title: {fr: T, en: T}}\n",
    "workshops": (
        "modules:\n  - slug: neuf\n    programme: %s\n    title: {fr: N, en: N}\n"
        "    workshops:\n      - {slug: atelier, title: {fr: T, en: T}}\n"
    ),
}


def file(kind: str, programme: str) -> bytes:
    return ((HEAD + FILES[kind]) % (programme, programme)).encode()


def stored(two: Two, kind: str) -> Any:
    if kind == "events":
        return Event.objects.create(slug="forum", title="Forum", programme=two.a)
    if kind == "cycles":
        return make.cycle(
            slug="tour", programme=two.a, kind="other", frequency="", first_date=None, last_date=None
        )
    return two.rows()[kind]


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("target", ["b", "neuf"])
def test_no_file_of_an_organiser_takes_it_away(two: Two, kind: str, target: str) -> None:
    """Neither into a programme that they own, nor into one that the file itself begins."""
    row, user = stored(two, kind), two.who(Role.ORGANISER, Role.OWNER)
    with pytest.raises(ImportRefused) as refused:
        bring_in(file(kind, target), by=user, at=NOW)
    assert [remark.message for remark in refused.value.report.errors] == [REFUSED]
    assert access.programme_of(type(row).objects.get(pk=row.pk)) == two.a
    assert (AuditEntry.objects.count(), Programme.objects.count()) == (0, 2)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_an_owner_of_both_moves_it_and_both_journals_say_so(two: Two, kind: str) -> None:
    row, user = stored(two, kind), two.who(Role.OWNER, Role.OWNER)
    bring_in(file(kind, "b"), by=user, at=NOW)
    assert access.programme_of(type(row).objects.get(pk=row.pk)) == two.b
    assert moved_entries(row) == [("content.move-out", "a", row.pk), ("content.move-in", "b", row.pk)]
    imports = AuditEntry.objects.filter(verb="programme.import")
    assert set(imports.values_list("programme_id", flat=True)) == {two.a.pk, two.b.pk}
