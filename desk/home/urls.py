"""The first page, and the first pages of the menu's other entries."""

from django.urls import path

from desk.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("cycles/", views.cycles, name="cycles"),
    path("modules/", views.modules, name="modules"),
    path("content/", views.contents, name="contents"),
    path("people/", views.people, name="people"),
    path("mailings/", views.mailings, name="mailings"),
    path("teams/", views.teams, name="teams"),
]
