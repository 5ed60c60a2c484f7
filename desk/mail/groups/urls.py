"""Messages to a group of people."""

from django.urls import include, path

from desk.mail.groups import views
from desk.ui.addresses import CYCLE

of_cycle = [
    path("registrants/message/", views.new, name="group-message-new"),
    path("group-messages/", views.group_messages_list, name="group-messages"),
    path("group-messages/<int:pk>/", views.look, name="group-message"),
    path("group-messages/<int:pk>/edit/", views.edit, name="group-message-edit"),
    path("group-messages/<int:pk>/body.html", views.html, name="group-message-html"),
    path("group-messages/<int:pk>/test/", views.test, name="group-message-test"),
    path("group-messages/<int:pk>/send/", views.send, name="group-message-send"),
    path("group-messages/<int:pk>/stop/", views.stop, name="group-message-stop"),
    path("group-messages/<int:pk>/discard/", views.discard, name="group-message-discard"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
]
