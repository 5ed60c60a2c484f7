"""Addresses of surveys for those who answer; the desk has its own for those who ask."""

from django.urls import path

from . import views

urlpatterns = [
    path("survey/<str:token>/", views.answer, name="answer"),
    path("survey/<str:token>/answered/", views.answered, name="answered"),
    path("my/<str:token>/surveys/", views.mine, name="mine"),
]
