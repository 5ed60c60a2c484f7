"""Mails: what was sent and what is to come, the texts, messages to a group."""

from django.urls import include, path

urlpatterns = [
    path("", include("desk.mail.deliveries.urls")),
    path("", include("desk.mail.ahead.urls")),
    path("", include("desk.mail.mine.urls")),
    path("", include("desk.mail.texts.urls")),
    path("", include("desk.mail.groups.urls")),
]
