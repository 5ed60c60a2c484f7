"""Who came to a session."""

from django.urls import include, path

from desk.attendance import views
from desk.ui.addresses import SESSION

of_session = [
    path("attendance/", views.attendance, name="attendance"),
    path("attendance/import/", views.bring_in, name="attendance-import"),
    path("attendance/import/<int:pk>/", views.report, name="attendance-report"),
    path("attendance/import/<int:pk>/save/", views.report_save, name="attendance-report-save"),
    path("attendance/import/<int:pk>/discard/", views.report_discard, name="attendance-report-discard"),
    path("attendance/absent/", views.absent, name="attendance-absent"),
    path("attendance.pdf", views.signature_list, name="attendance-list"),
    path("attendance.csv", views.export, {"ending": "csv"}, name="attendance-export"),
    path("attendance.xlsx", views.export, {"ending": "xlsx"}, name="attendance-sheet"),
]
urlpatterns = [
    path(SESSION, include(of_session)),
]
