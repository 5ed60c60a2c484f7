"""The page of a programme."""

from django.urls import path

from desk.programme import views

urlpatterns = [path("programmes/<slug:slug>/", views.detail, name="programme")]
