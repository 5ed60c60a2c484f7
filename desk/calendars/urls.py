"""The calendars of a cycle: how they are read, and importing one."""

from django.urls import include, path

from desk.calendars import import_views, views
from desk.ui.addresses import CYCLE

of_cycle = [
    path("import/", import_views.import_calendar, name="cycle-import"),
    path("import/save/", import_views.import_calendar_save, name="cycle-import-save"),
    path("calendars/", views.calendars, name="calendars"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
]
