"""Addresses of the evidence of runs, and of the yearly report."""

from django.urls import path

from . import views

urlpatterns = [
    path("cycles/<slug:slug>/training/evidence.zip", views.run_archive, name="training-archive"),
    path("programmes/<slug:slug>/yearly/", views.latest, name="yearly-latest"),
    path("programmes/<slug:slug>/yearly/<int:year>/", views.report, name="yearly"),
    path("programmes/<slug:slug>/yearly/<int:year>.csv", views.report_file, name="yearly-file"),
    path("programmes/<slug:slug>/yearly/<int:year>/trainers/", views.report_trainers, name="yearly-trainers"),
]
