"""The state of the site, for its administrators."""

from django.urls import path

from desk.status import views

urlpatterns = [
    path("status/", views.status, name="status"),
    path("status/test-mail/", views.test_mail, name="test-mail"),
]
