"""Addresses of surveys without an account, room by room."""

from django.urls import include, path

app_name = "surveys"
urlpatterns = [path("", include("surveys.answering.urls"))]
