"""Which mails somebody wants: reminders of sessions, and the newsletter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from registrations.pages.form.views import my_page
from registrations.pages.own.my_views import own_page
from registrations.people import participants

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from registrations.models import Participant


@require_POST
@own_page
def my_reminders_stop(_request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    participants.stop_reminders(participant, at=timezone.now())
    return redirect(my_page(token, done="reminders-stopped"))


@require_POST
@own_page
def my_reminders_resume(_request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    participants.resume_reminders(participant)
    return redirect(my_page(token, done="reminders-resumed"))


@require_POST
@own_page
def my_newsletter_join(_request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    participants.join_newsletter(participant, form="my-registrations", at=timezone.now())
    return redirect(my_page(token, done="newsletter-joined"))


@require_POST
@own_page
def my_newsletter_leave(_request: HttpRequest, participant: Participant, token: str) -> HttpResponse:
    participants.leave_newsletter(participant, at=timezone.now())
    return redirect(my_page(token, done="newsletter-left"))
