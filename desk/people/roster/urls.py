"""Importing a list of people."""

from django.urls import path

from desk.people.roster import views
from desk.ui.addresses import CYCLE

urlpatterns = [
    path(CYCLE + "registrants/import/", views.bring_in, name="registrants-import"),
    path(CYCLE + "registrants/import/save/", views.bring_in_save, name="registrants-import-save"),
]
