"""Addresses of the mailbox page, the probes and the unsubscribe link. They carry no language."""

from __future__ import annotations

from django.urls import path

from . import metrics, probes
from .mail.parts import unsubscribe
from .transport import mailbox_views

app_name = "notifications"
urlpatterns = [
    path("livez", probes.livez, name="livez"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("stop/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    # As it stands in the mails of before docs/decisions/0085.
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe-before"),
    path("mailbox/", mailbox_views.mailbox, name="mailbox"),
    path("mailbox/<str:name>/", mailbox_views.mailbox_mail, name="mailbox-mail"),
    path("mailbox/<str:name>/body.html", mailbox_views.mailbox_html, name="mailbox-html"),
]
