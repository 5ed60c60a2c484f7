"""Pictures of contents and sessions."""

from django.urls import path

from desk.content.pictures import views
from desk.ui.addresses import SESSION

urlpatterns = [
    path("content/<kind:kind>/<slug:slug>/picture/", views.of_content, name="content-picture"),
    path(
        "content/<kind:kind>/<slug:slug>/picture/remove/",
        views.remove_of_content,
        name="content-picture-remove",
    ),
    path(SESSION + "picture/", views.of_session, name="session-picture"),
    path(SESSION + "picture/remove/", views.remove_of_session, name="session-picture-remove"),
]
