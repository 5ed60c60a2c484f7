"""Importing a programme file."""

from django.urls import path

from desk.content.programme_import import views

urlpatterns = [
    path("programmes/import/", views.programme_import, name="programme-import"),
    path("programmes/import/save/", views.programme_import_save, name="programme-import-save"),
]
