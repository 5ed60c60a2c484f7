"""Addresses of the runs of modules."""

from django.urls import path

from . import views

urlpatterns = [
    path("modules/<slug:slug>/runs/", views.module_runs, name="module-runs"),
    path("modules/<slug:slug>/runs/new/", views.run_new, name="run-new"),
    path("modules/<slug:slug>/runs/elsewhere/", views.elsewhere_new, name="run-elsewhere"),
    path("workshops/<slug:slug>/open/", views.workshop_open, name="workshop-open"),
    path("cycles/<slug:slug>/half-days/", views.half_days, name="run-half-days"),
    path("cycles/<slug:slug>/facts/", views.facts, name="run-facts"),
    path("cycles/<slug:slug>/repeat/", views.repeat, name="run-repeat"),
]
