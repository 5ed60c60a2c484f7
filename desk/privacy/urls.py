"""Requests of people about their data."""

from django.urls import path

from desk.privacy import views

urlpatterns = [
    path("data/", views.requests, name="data-requests"),
    path("data/forget-contact/", views.forget_contact, name="data-contact-forget"),
    path("data/<int:pk>/", views.person, name="data-person"),
    path("data/<int:pk>/copy.json", views.export_json, name="data-json"),
    path("data/<int:pk>/copy.html", views.export_html, name="data-html"),
    path("data/<int:pk>/erase/", views.erase, name="data-erase"),
]
