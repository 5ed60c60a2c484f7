"""What follows a session."""

from django.urls import path

from desk.followup import views
from desk.ui.addresses import SESSION

urlpatterns = [
    path(SESSION + "after/", views.after, name="session-after"),
]
