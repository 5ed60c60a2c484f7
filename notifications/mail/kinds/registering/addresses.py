"""Mails about an address: to prove it, of who has it already, that it was changed or corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from cycles.models import Cycle
from notifications.mail.kinds import Group, Kind, register
from registrations.links import personal_links
from registrations.pages.own import my_pages

if TYPE_CHECKING:
    from notifications.mail.draft import Draft


def _to_confirm(draft: Draft) -> dict[str, Any]:
    """Return the link that proves an address, and what pressing its button can promise."""
    row, cycle = draft.delivery.cycle_registration, draft.cycle
    if row is None:
        return {}
    return {
        "confirm_url": personal_links.confirm(row, language=draft.language, person=draft.participant),
        "needs_approval": cycle.registration_mode == cycle.RegistrationMode.APPROVAL,
        "may_wait": my_pages.may_wait(cycle),
        "is_daily": cycle.kind == Cycle.Kind.DAILY,
    }


def _to_prove(draft: Draft) -> dict[str, Any]:
    email = draft.delivery.to_address
    return {
        "prove_url": personal_links.prove_address(draft.participant, email=email, language=draft.language)
    }


def _own_page(draft: Draft) -> dict[str, Any]:
    return {"manage_url": personal_links.manage(draft.participant, language=draft.language)}


register(
    Kind(
        name="confirm_address",
        label=_("Address to confirm"),
        readers=_("whoever fills in the form, until the address is confirmed"),
        group=Group.ADDRESS,
        facts=_to_confirm,
        is_whole=True,
        is_unproved=True,
    )
)
register(
    Kind(
        name="address_to_prove",
        label=_("New address to prove"),
        readers=_("whoever reads the new address that a participant asked for"),
        group=Group.ADDRESS,
        facts=_to_prove,
        is_personal=True,
        is_unproved=True,
        stays_at_address=True,
    )
)
register(
    Kind(
        name="address_in_use",
        label=_("Address with its own registrations"),
        readers=_("whoever has the address already that somebody asked for"),
        group=Group.ADDRESS,
        facts=_own_page,
        is_personal=True,
        stays_at_address=True,
    )
)
register(
    Kind(
        name="address_changed",
        label=_("Address changed"),
        readers=_("a participant, at the address that they no longer use"),
        group=Group.ADDRESS,
        is_personal=True,
        stays_at_address=True,
    )
)
register(
    Kind(
        name="own_link",
        label=_("Somebody’s own link, asked for"),
        readers=_("a participant who asks for the link of their page"),
        group=Group.ADDRESS,
        facts=_own_page,
        is_personal=True,
    )
)
register(
    Kind(
        name="address_corrected",
        label=_("Address corrected"),
        readers=_("a participant whose address an organiser corrected, at the new one"),
        group=Group.ADDRESS,
    )
)
