"""The editors of content."""

from django.urls import include, path, register_converter

from desk.content import session_views, views, words
from desk.content.editors.kinds import KindConverter
from desk.ui.addresses import SESSION

register_converter(KindConverter, "kind")

of_session = [
    path("", session_views.edit, name="session-edit"),
    path("arrange/", session_views.arrange, name="session-edit-arrange"),
    path("effect/", session_views.see_effect, name="session-edit-effect"),
    path("preview/<slug:language>/", session_views.see_page, name="session-edit-preview"),
    path("publish/", session_views.publish, name="session-publish"),
]
of_kind = [
    path("", views.content_list, name="content-list"),
    path("new/", views.content_new, name="content-new"),
    path("new/arrange/", views.content_new_arrange, name="content-new-arrange"),
    path("new/preview/<slug:language>/", views.content_new_preview, name="content-new-preview"),
    path("<slug:slug>/", views.content_edit, name="content-edit"),
    path("<slug:slug>/arrange/", views.content_edit_arrange, name="content-edit-arrange"),
    path("<slug:slug>/preview/<slug:language>/", views.content_edit_preview, name="content-edit-preview"),
    path("<slug:slug>/publish/", views.content_publish, name="content-publish"),
    path("<slug:slug>/withdraw/", views.content_withdraw, name="content-withdraw"),
    path("<slug:slug>/delete/", views.content_delete, name="content-delete"),
]
urlpatterns = [
    path(SESSION, include(of_session)),
    path("content/words/", words.words, name="words"),
    path("content/<kind:kind>/", include(of_kind)),
    path("", include("desk.content.documents.urls")),
    path("", include("desk.content.pictures.urls")),
    path("", include("desk.content.programme_import.urls")),
]
