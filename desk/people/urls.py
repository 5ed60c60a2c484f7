"""The people registered in a cycle."""

from django.urls import include, path

from desk.people import registrant_views, views
from desk.ui.addresses import CYCLE

of_cycle = [
    path("registrants/", views.registrants, name="registrants"),
    path("registrants.csv", views.export, {"ending": "csv"}, name="registrants-export"),
    path("registrants.xlsx", views.export, {"ending": "xlsx"}, name="registrants-sheet"),
    path("registrants/decide/", views.decide, name="registrants-decide"),
    path("registrants/<int:pk>/", registrant_views.registrant, name="registrant"),
    path("registrants/<int:pk>/correct/", registrant_views.correct, name="registrant-correct"),
    path("registrants/<int:pk>/cancel/", registrant_views.cancel, name="registrant-cancel"),
    path("registrants/<int:pk>/restore/", registrant_views.restore, name="registrant-restore"),
    path(
        "registrants/<int:pk>/stops/<int:session>/cancel/",
        registrant_views.stop_cancel,
        name="registrant-stop-cancel",
    ),
    path(
        "registrants/<int:pk>/stops/<int:session>/take/",
        registrant_views.stop_take,
        name="registrant-stop-take",
    ),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
    path("", include("desk.people.roster.urls")),
]
