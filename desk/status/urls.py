"""The state of the site, for its administrators."""

from django.urls import path

from desk.status import pause_views, views

urlpatterns = [
    path("status/", views.status, name="status"),
    path("status/test-mail/", views.test_mail, name="test-mail"),
    path("mail/pause/", pause_views.pause, name="mail-pause"),
    path("mail/resume/", pause_views.resume, name="mail-resume"),
]
