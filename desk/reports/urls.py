"""Results of a programme, of a cycle and of a session."""

from django.urls import include, path

from desk.reports import views
from desk.ui.addresses import CYCLE, SESSION

of_cycle = [
    path("report/", views.cycle_report, name="cycle-report"),
    *(
        path(f"report.{ending}", views.cycle_file, {"ending": ending}, name=f"cycle-report-{ending}")
        for ending in ("csv", "xlsx", "pdf")
    ),
]
of_programme = [
    path("report/", views.of_programme, name="programme-report"),
    *(
        path(f"report.{ending}", views.programme_file, {"ending": ending}, name=f"programme-report-{ending}")
        for ending in ("csv", "xlsx", "pdf")
    ),
]
urlpatterns = [
    path("programmes/<slug:slug>/", include(of_programme)),
    path(CYCLE, include(of_cycle)),
    path(SESSION + "report/", views.session_report, name="session-report"),
]
