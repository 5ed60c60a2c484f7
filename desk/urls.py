"""Addresses of the organisers' space, room by room."""

from django.urls import include, path

app_name = "desk"
urlpatterns = [
    path("", include("desk.home.urls")),
    path("", include("desk.team.urls")),
    path("", include("desk.search.urls")),
    path("", include("desk.status.urls")),
    path("", include("desk.privacy.urls")),
    path("", include("desk.programme.urls")),
    path("", include("desk.cycle.urls")),
    path("", include("desk.runs.urls")),
    path("", include("desk.syllabus.urls")),
    path("", include("desk.evidence.urls")),
    path("", include("desk.training.urls")),
    path("", include("desk.planner.urls")),
    path("", include("desk.schedule.urls")),
    path("", include("desk.calendars.urls")),
    path("", include("desk.people.urls")),
    path("", include("desk.newsletter.urls")),
    path("", include("desk.terms.urls")),
    path("", include("desk.reminders.urls")),
    path("", include("desk.mail.urls")),
    path("", include("desk.speakers.urls")),
    path("", include("desk.content.urls")),
    path("", include("desk.followup.urls")),
    path("", include("desk.attendance.urls")),
    path("", include("desk.reports.urls")),
    path("", include("desk.surveys.urls")),
]
