"""The address of a programme sheet, below that of its module."""

from django.urls import path

from . import views

urlpatterns = [path("modules/<slug:slug>/programme-<int:version>.pdf", views.syllabus, name="syllabus")]
