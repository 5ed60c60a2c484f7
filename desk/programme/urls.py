"""The page of a programme."""

from django.urls import path

from desk.programme import views

urlpatterns = [path("programme/<slug:slug>/", views.detail, name="programme")]
