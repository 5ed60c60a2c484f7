"""The search of the desk."""

from django.urls import path

from desk.search import views

urlpatterns = [
    path("search/", views.search, name="search"),
]
