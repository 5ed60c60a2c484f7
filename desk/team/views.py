"""Who organises a programme: the list, invitations, roles; and the page that an invitation's link opens."""

from __future__ import annotations

from smtplib import SMTPException
from typing import TYPE_CHECKING, TypeVar

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.collation import alphabetical
from accounts.models import User
from accounts.sign_in import mails
from cycles import access, team
from desk.team.forms import AcceptForm, InviteForm, RoleForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from cycles.models import Invitation, Membership, Programme

View = TypeVar("View", bound="Callable[..., HttpResponse]")


def proved_again(view: View) -> View:
    """Ask who has a second step to use it again before deciding who is in (allauth's "sudo", 15 minutes)."""
    guarded: View = reauthentication_required(allow_get=True, app="allauth.mfa")(view)
    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
@proved_again
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who organises this programme. Every member sees it; who may decides who is in."""
    right = access.Right.MEMBERS if request.method == "POST" else access.Right.SEE
    programme, rights = access.programme_for(request.user, slug, right=right)
    if request.method != "POST":
        return _members_page(request, programme, rights, InviteForm())
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _members_page(request, programme, rights, form, status=422)
    try:
        invitation = team.invite(
            programme, **form.cleaned_data, by=access.account(request.user), at=timezone.now()
        )
    except team.TeamError as error:
        form.add_error(None, str(error))
        return _members_page(request, programme, rights, form, status=422)
    _send(request, invitation)
    return redirect("desk:members", programme.slug)


def _members_page(
    request: HttpRequest,
    programme: Programme,
    rights: frozenset[access.Right],
    form: InviteForm,
    *,
    status: int = 200,
) -> HttpResponse:
    at = timezone.now()
    rows = list(
        programme.memberships.select_related("user").order_by(alphabetical("user__name"), "user__email")
    )
    own = next((row for row in rows if row.user_id == request.user.pk), None)
    may_decide = access.Right.MEMBERS in rights
    context = {
        "programme": programme,
        "may_decide": may_decide,
        "may_audit": access.Right.AUDIT in rights,
        "members": [(row, RoleForm(row), team.MEANING[row.role]) for row in rows],
        "own": own,
        "is_only_owner": own is not None and team.is_only_owner(own, members=rows),
        "invitations": [
            (row, row.expires_at <= at) for row in programme.invitations.select_related("invited_by")
        ]
        if may_decide
        else [],
        "form": form,
        "roles": [(role.label, team.MEANING[role]) for role in RoleForm.ROLES],
    }
    return render(request, "desk/team/members.html", context, status=status)


def _send(request: HttpRequest, invitation: Invitation) -> None:
    """Send an invitation, and say whether it left: it is kept in any case."""
    with translation.override(invitation.language):
        url = settings.ESCALE_BASE_URL + reverse("desk:invitation", args=[team.token(invitation)])
        values = {
            "programme": str(invitation.programme.title),
            "role": invitation.get_role_display(),
            "meaning": str(team.MEANING[invitation.role]),
            "inviter": str(invitation.invited_by or settings.ESCALE_SITE_NAME),
            "url": url,
        }
    try:
        mails.send("invitation", to=invitation.email, language=invitation.language, context=values)
    except (OSError, SMTPException):
        messages.error(
            request, _("The invitation is kept, but its email could not be sent: try “Send again” later.")
        )
    else:
        messages.success(request, _("An invitation has left for %(email)s.") % {"email": invitation.email})


def _member(request: HttpRequest, slug: str, pk: int) -> tuple[Programme, Membership]:
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.MEMBERS)
    return programme, get_object_or_404(programme.memberships.select_related("user"), pk=pk)


def _act(request: HttpRequest, programme: Programme, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except team.TeamError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("desk:members", programme.slug)


@require_POST
@login_required
@proved_again
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give someone another role."""
    programme, member = _member(request, slug, pk)
    form = RoleForm(member, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("desk:members", programme.slug)

    def act() -> None:
        team.change_role(
            member, role=form.cleaned_data["role"], by=access.account(request.user), at=timezone.now()
        )

    return _act(request, programme, act, _("The role is changed."))


@require_POST
@login_required
@proved_again
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """End what someone may do here."""
    programme, member = _member(request, slug, pk)

    def act() -> None:
        team.remove(member, by=access.account(request.user), at=timezone.now())

    return _act(
        request,
        programme,
        act,
        _("%(name)s is no longer in the team of this programme.") % {"name": member.user},
    )


@require_POST
@login_required
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up one's own role."""
    programme, _rights = access.programme_for(request.user, slug)
    member = get_object_or_404(programme.memberships, user=request.user)
    try:
        team.remove(member, by=access.account(request.user), at=timezone.now())
    except team.TeamError as error:
        messages.error(request, str(error))
        return redirect("desk:members", programme.slug)
    messages.success(request, _("You have left “%(programme)s”.") % {"programme": programme.title})
    return redirect("desk:home")


def _invitation(request: HttpRequest, slug: str, pk: int) -> tuple[Programme, Invitation]:
    programme, _rights = access.programme_for(request.user, slug, right=access.Right.MEMBERS)
    return programme, get_object_or_404(programme.invitations, pk=pk)


@require_POST
@login_required
def again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send an invitation anew: seven more days, another link."""
    programme, row = _invitation(request, slug, pk)
    try:
        invitation = team.invite(
            programme,
            email=row.email,
            role=row.role,
            language=row.language,
            by=access.account(request.user),
            at=timezone.now(),
        )
    except team.TeamError as error:
        messages.error(request, str(error))
    else:
        _send(request, invitation)
    return redirect("desk:members", programme.slug)


@require_POST
@login_required
def withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an invitation back."""
    programme, row = _invitation(request, slug, pk)

    def act() -> None:
        team.withdraw(row, by=access.account(request.user), at=timezone.now())

    return _act(request, programme, act, _("The invitation is withdrawn: its link opens nothing any more."))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """What one is invited to; the button accepts. The link proves the address, as a code by mail does."""
    at = timezone.now()
    result = team.find(token, at=at)
    if result is None:
        return render(request, "desk/team/invitation_gone.html", status=404)
    account = User.objects.at_address(result.email)
    is_someone_else = request.user.is_authenticated and request.user != account
    form = AcceptForm(request.POST if request.method == "POST" else None)
    context = {
        "invitation": result,
        "meaning": team.MEANING[result.role],
        "account": account,
        "is_someone_else": is_someone_else,
        "form": form,
    }
    if request.method != "POST":
        return render(request, "desk/team/invitation.html", context)
    if is_someone_else or not form.is_valid():
        return render(request, "desk/team/invitation.html", context, status=403 if is_someone_else else 422)
    try:
        member = team.accept(result, name=form.cleaned_data["name"], at=at)
    except team.TeamError as error:
        form.add_error(None, str(error))
        return render(request, "desk/team/invitation.html", context, status=422)
    messages.success(
        request,
        _("Welcome to the team of “%(programme)s”. Your role: %(role)s.")
        % {"programme": result.programme.title, "role": member.get_role_display()},
    )
    if request.user.is_authenticated:
        return redirect("desk:home")
    return _sign_in(request, member.user)


def _sign_in(request: HttpRequest, user: User) -> HttpResponseBase:
    """Sign in who has just proved an address by a link; an account with a second step is asked for it."""
    record_authentication(request, user, method="invitation", email=user.email)
    response: HttpResponseBase = perform_login(request, Login(user=user, email=user.email))
    return response
