"""Files of resources, and documents of sessions."""

from django.urls import path

from desk.content.documents import views
from desk.ui.addresses import SESSION

urlpatterns = [
    path("content/resources/<slug:slug>/file/", views.of_resource, name="content-file"),
    path("content/resources/<slug:slug>/file/remove/", views.remove, name="content-file-remove"),
    path("content/resources/<slug:slug>/file/download/", views.download, name="content-file-download"),
    path(SESSION + "documents/", views.of_session, name="session-documents"),
]
