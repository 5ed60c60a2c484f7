"""The reminder plan."""

from django.urls import include, path

from desk.reminders import session_views, views
from desk.ui.addresses import CYCLE, SESSION

of_cycle = [
    path("reminders/", views.reminders, name="reminders"),
    path("reminders/save/", views.reminders_save, name="reminders-save"),
    path("reminders/<slug:code>/", views.change, name="reminder-change"),
    path("reminders/<slug:code>/remove/", views.remove, name="reminder-remove"),
    path("reminders/<slug:code>/save/", views.change_save, name="reminder-change-save"),
    path("reminders/<slug:code>/remove/save/", views.remove_save, name="reminder-remove-save"),
]
of_session = [
    path("reminders/<slug:code>/skip/", session_views.skip, name="reminder-skip"),
    path("reminders/<slug:code>/follow/", session_views.follow, name="reminder-follow"),
    path("reminders/<slug:code>/send/", session_views.send, name="reminder-send"),
    path("mailings/<int:pk>/stop/", session_views.stop, name="mailing-stop"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
    path(SESSION, include(of_session)),
]
