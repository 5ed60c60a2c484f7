"""Changes of dates: one session, several, all that is left."""

from django.urls import include, path

from desk.schedule import confirm_views, host_views, moves_views, views
from desk.ui.addresses import CYCLE, SESSION

of_session = [
    path("move/", views.move, name="session-move"),
    path("move/save/", views.move_save, name="session-move-save"),
    path("cancel/", views.cancel, name="session-cancel"),
    path("restore/", views.restore, name="session-restore"),
    path("postpone/", views.postpone, name="session-postpone"),
    path("undo/", views.undo, name="session-undo"),
    path("confirm/", views.confirm, name="session-confirm"),
    path("host/", host_views.host, name="session-host"),
]
urlpatterns = [
    path(CYCLE + "confirm/", confirm_views.confirm_dates, name="cycle-confirm"),
    path(CYCLE + "confirm/save/", confirm_views.confirm_dates_save, name="cycle-confirm-save"),
    path(CYCLE + "move/", moves_views.move_several, name="cycle-move"),
    path(CYCLE + "move/save/", moves_views.move_several_save, name="cycle-move-save"),
    path(SESSION, include(of_session)),
]
