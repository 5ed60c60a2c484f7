"""The least that a registration can be: a form, a place and a row, a page that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from .models import Entry, Event

if TYPE_CHECKING:
    from django.http import HttpRequest

FORM = engines["django"].from_string(
    "<!doctype html><title>Register</title><form method=post>{% csrf_token %}"
    "<input name=name><input name=email type=email><button>Register</button></form>"
)


def form(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(FORM.render({}, request))
    with transaction.atomic():
        if not Event.objects.filter(pk=1, free__gt=0).update(free=F("free") - 1):
            return HttpResponse("full", status=409)
        Entry.objects.create(event_id=1, name=request.POST["given_name"], email=request.POST["email"])
    return redirect("/floor/done/")


def done(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("<!doctype html><title>Thank you</title><p>You are registered.")


urlpatterns = [path("floor/", form), path("floor/done/", done)]
