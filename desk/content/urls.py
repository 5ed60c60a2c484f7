"""The editors of content."""

from django.urls import include, path, register_converter

from desk.content import session_views, views
from desk.content.editors.kinds import KindConverter
from desk.ui.addresses import SESSION

register_converter(KindConverter, "kind")

of_session = [
    path("", session_views.edit, name="session-edit"),
    path("publish/", session_views.publish, name="session-publish"),
]
of_kind = [
    path("", views.content_list, name="content-list"),
    path("new/", views.content_new, name="content-new"),
    path("<slug:slug>/", views.content_edit, name="content-edit"),
    path("<slug:slug>/publish/", views.content_publish, name="content-publish"),
    path("<slug:slug>/withdraw/", views.content_withdraw, name="content-withdraw"),
    path("<slug:slug>/delete/", views.content_delete, name="content-delete"),
]
urlpatterns = [
    path(SESSION, include(of_session)),
    path("content/<kind:kind>/", include(of_kind)),
    path("", include("desk.content.pictures.urls")),
    path("", include("desk.content.programme_import.urls")),
]
