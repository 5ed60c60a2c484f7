"""One cycle: its page, its publication, its archive."""

from django.urls import include, path

from desk.cycle import views
from desk.ui.addresses import CYCLE

of_cycle = [
    path("", views.detail, name="cycle-detail"),
    path("cancel/", views.cancel, name="cycle-cancel"),
    path("undo/", views.undo, name="cycle-undo"),
    path("delete/", views.delete, name="cycle-delete"),
    path("delete/all/", views.delete_all, name="cycle-delete-all"),
    path("publish/", views.publish, name="cycle-publish"),
    path("withdraw/", views.withdraw, name="cycle-withdraw"),
    path("archive/", views.archive, name="cycle-archive"),
    path("unarchive/", views.unarchive, name="cycle-unarchive"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
]
