"""The page of a programme, and the one that deletes a draft of it."""

from django.urls import path

from desk.programme import views

urlpatterns = [
    path("programme/<slug:slug>/", views.detail, name="programme"),
    path("programme/<slug:slug>/delete/", views.delete, name="programme-delete"),
]
