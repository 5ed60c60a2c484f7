"""Addresses of programme sheets."""

from django.urls import path

from . import views

urlpatterns = [
    path("modules/<slug:slug>/programme/", views.syllabus, name="syllabus"),
    path("modules/<slug:slug>/programme/publish/", views.publish, name="syllabus-publish"),
    path("modules/<slug:slug>/programme/draft.pdf", views.draft_file, name="syllabus-draft"),
    path("modules/<slug:slug>/programme/<int:version>.pdf", views.version_file, name="syllabus-version"),
    path("modules/<slug:slug>/programme/<int:version>/codes/", views.codes, name="syllabus-codes"),
    path("cycles/<slug:slug>/programme/", views.give, name="syllabus-give"),
]
