"""The first page."""

from django.urls import path

from desk.home import views

urlpatterns = [
    path("", views.home, name="home"),
]
