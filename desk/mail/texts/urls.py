"""The texts of a cycle's mails."""

from django.urls import include, path

from desk.mail.texts import views, words
from desk.ui.addresses import CYCLE

of_cycle = [
    path("messages/", views.messages, name="messages"),
    path("messages/<slug:kind>/", views.edit, name="message-edit"),
    path("messages/<slug:kind>/preview/", views.preview, name="message-preview"),
    path("messages/<slug:kind>/body.html", views.html, name="message-html"),
    path("messages/<slug:kind>/words/", words.words, name="message-words"),
    path("messages/<slug:kind>/test/", views.test, name="message-test"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
]
