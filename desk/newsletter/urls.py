"""The readers of a programme's newsletter."""

from django.urls import path

from desk.newsletter import views

urlpatterns = [
    path("programmes/<slug:slug>/newsletter/", views.newsletter, name="newsletter"),
    path("programmes/<slug:slug>/newsletter.csv", views.export, {"ending": "csv"}, name="newsletter-export"),
    path("programmes/<slug:slug>/newsletter.xlsx", views.export, {"ending": "xlsx"}, name="newsletter-sheet"),
]
