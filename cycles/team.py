"""Who organises a programme: inviting, accepting, changing roles, leaving. The only writer of memberships.

Every verb is one transaction and locks the programme's row, so that two owners who leave at once do not leave
it without one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import addresses, journal, periods
from accounts.models import User

from .models import Invitation, Membership, Programme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import Promise

MOST_INVITATIONS = 50
SALT = "escale.cycles.invitation"
LONGEST_TOKEN = 300
# An invitation that nobody answered is shown a while, so that it can be sent again.
KEPT_EXPIRED = dt.timedelta(days=30)

# What each role is for, in one sentence: the page where roles are given shows it.
MEANING: dict[str, str | Promise] = {
    Membership.Role.OWNER: gettext_lazy("May do everything, and decides who organises."),
    Membership.Role.ORGANISER: gettext_lazy("Plans sessions, writes the texts, sees who registered."),
    Membership.Role.TRAINER: gettext_lazy(
        "Sees the plan and who registered, notes who came; of training runs, those at which they train."
    ),
    Membership.Role.READER: gettext_lazy("Sees the plan and the figures, no names."),
    Membership.Role.PRIVACY: gettext_lazy(
        "Answers for personal data: sees who did what, hands over and erases."
    ),
}


class TeamError(Exception):
    """A change that cannot be made; the message tells why, in the organiser's language."""


def token(invitation: Invitation) -> str:
    """Return the secret of an invitation's link. Sending it again makes a new one; the old one then opens nothing."""
    return signing.dumps([invitation.pk, invitation.sent_at.isoformat()], salt=SALT)


def find(secret: str, *, at: dt.datetime) -> Invitation | None:
    """Return the open invitation that a link names, or None; which reason it is, is not told."""
    if len(secret) > LONGEST_TOKEN:
        return None
    try:
        pk, sent_at = signing.loads(secret, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Invitation.objects.open(at=at).select_related("programme", "invited_by")
    invitation = rows.filter(pk=pk).first()
    return invitation if invitation and invitation.sent_at.isoformat() == sent_at else None


def _locked(programme_id: int) -> Programme:
    return Programme.objects.select_for_update().get(pk=programme_id)


def invite(
    programme: Programme, *, email: str, role: str, language: str, by: User | None, at: dt.datetime
) -> Invitation:
    """Invite an address, or send its invitation anew (the older link then opens nothing).

    Raises TeamError for somebody who is in already, or when too many invitations are open.
    """
    with journal.entry("member.invite", by=by, at=at, detail=role) as entry:
        row = _locked(programme.pk)
        try:
            address = addresses.normal_form(email)
        except addresses.AddressError as error:
            raise TeamError(_("This address cannot be invited: type it again.")) from error
        if row.memberships.filter(user__email=address).exists():
            raise TeamError(_("This person is in the team already: change their role instead."))
        existing = row.invitations.filter(email=address).first()
        if existing is None and row.invitations.open(at=at).count() >= MOST_INVITATIONS:
            raise TeamError(
                _("%(limit)d invitations are open: wait for answers, or withdraw some.")
                % {"limit": MOST_INVITATIONS}
            )
        invitation = existing or Invitation(programme=row, email=address)
        invitation.role = role
        invitation.language = language
        invitation.invited_by = by
        # A link sent again must differ from the one before, even within the same instant.
        invitation.sent_at = max(at, existing.sent_at + dt.timedelta(microseconds=1)) if existing else at
        invitation.expires_at = invitation.sent_at + periods.length("invitation")
        invitation.save()
        entry.about(invitation)
        return invitation


def withdraw(
    invitation: Invitation,
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    """Take an invitation back: its link opens nothing any more."""
    with journal.entry("member.withdraw", invitation, by=by, at=at):
        Invitation.objects.filter(pk=invitation.pk).delete()


@transaction.atomic
def accept(invitation: Invitation, *, name: str, at: dt.datetime) -> Membership:
    """Give the role to the account of the invited address, which is made if there is none.

    Raises TeamError when the invitation has gone meanwhile, or the account is switched off.
    """
    programme = _locked(invitation.programme_id)
    row = Invitation.objects.open(at=at).filter(pk=invitation.pk, sent_at=invitation.sent_at).first()
    if row is None:
        raise TeamError(_("This invitation is no longer open: ask for a new one."))
    user = User.objects.at_address(row.email)
    if user is None:
        try:
            user = User.objects.create_user(row.email, name=name.strip(), language=row.language)
        except addresses.AddressError as error:
            raise TeamError(_("This invitation is no longer open: ask for a new one.")) from error
    elif not user.is_active:
        raise TeamError(_("The account of this address is switched off: ask whoever runs the site."))
    membership, is_new = Membership.objects.get_or_create(
        programme=programme, user=user, defaults={"role": row.role}
    )
    row.delete()
    if is_new:
        journal.record("member.accept", by=user, at=at, target=membership, detail=membership.role)
    return membership


def change_role(
    membership: Membership,
    *,
    role: str,
    by: User | None,
    at: dt.datetime,
) -> Membership:
    """Give another role. Raises TeamError when the programme would have no owner left."""
    with journal.entry("member.role", membership, by=by, at=at, detail=role):
        row = _locked_membership(membership)
        if row.role != role:
            _keep_an_owner(row)
            row.role = role
            row.save(update_fields=["role"])
        return row


def remove(
    membership: Membership,
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    """End what an account may do in a programme; the account stays. Raises TeamError for the last owner."""
    with journal.entry("member.remove", membership, by=by, at=at):
        row = _locked_membership(membership)
        _keep_an_owner(row)
        row.delete()


def _locked_membership(membership: Membership) -> Membership:
    _locked(membership.programme_id)
    row = Membership.objects.filter(pk=membership.pk).first()
    if row is None:
        raise TeamError(_("This person has left in the meantime."))
    return row


def _keep_an_owner(membership: Membership) -> None:
    """Raise TeamError when this is the only owner: a programme is never left to nobody."""
    members = Membership.objects.filter(programme=membership.programme_id).select_related("user")
    if is_only_owner(membership, members=members):
        raise TeamError(_("A programme needs an owner: make someone else owner first."))


def is_only_owner(membership: Membership, *, members: Iterable[Membership]) -> bool:
    """Tell whether nobody else of a team (fetched with their accounts) could decide who is in it."""
    return membership.role == Membership.Role.OWNER and not any(
        one.pk != membership.pk and one.role == Membership.Role.OWNER and one.user.is_active
        for one in members
    )


def purge(*, at: dt.datetime) -> int:
    """Delete the invitations that nobody answered; return how many. An address is not kept for nothing."""
    return Invitation.objects.filter(expires_at__lte=at - KEPT_EXPIRED).delete()[0]
