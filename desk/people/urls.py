"""The people registered in a cycle."""

from django.urls import include, path

from desk.people import note_views, place_views, registrant_views, views
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
        place_views.take_back,
        name="registrant-stop-cancel",
    ),
    path("registrants/<int:pk>/give/", place_views.give, name="registrant-give"),
    path(
        "registrants/<int:pk>/stops/<int:session>/give/",
        place_views.give,
        name="registrant-stop-give",
    ),
    path("registrants/<int:pk>/notes/", note_views.write, name="registrant-note"),
    path("registrants/<int:pk>/notes/<int:note>/delete/", note_views.erase, name="registrant-note-delete"),
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
