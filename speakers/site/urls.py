"""Addresses of the public pages of people and themes; the language stands before them."""

from django.urls import path

from . import views

urlpatterns = [
    path("speakers/<slug:slug>/", views.speaker, name="speaker"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
]
