"""The mails of a cycle: what was sent, the texts, messages to a group."""

from django.urls import include, path

urlpatterns = [
    path("", include("desk.mail.deliveries.urls")),
    path("", include("desk.mail.texts.urls")),
    path("", include("desk.mail.groups.urls")),
]
