"""Results of a cycle and of a session."""

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
urlpatterns = [
    path(CYCLE, include(of_cycle)),
    path(SESSION + "report/", views.session_report, name="session-report"),
]
