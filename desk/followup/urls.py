"""What follows a session."""

from django.urls import path

from desk.followup import views
from desk.ui.addresses import SESSION

urlpatterns = [
    path(SESSION + "after/", views.after, name="session-after"),
    path(SESSION + "after/arrange/", views.arrange, name="session-after-arrange"),
    path(SESSION + "after/preview/<slug:language>/", views.see_page, name="session-after-preview"),
    path(SESSION + "after/publish/", views.publish, name="session-after-publish"),
]
