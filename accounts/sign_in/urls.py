"""Addresses of signing in and out, and of one's own account; allauth's own names stand in `allauth_urls`."""

from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("login/", views.login, name="login"),
    path("enter/<str:token>/", views.enter, name="enter"),
    path("signed-in/", views.signed_in, name="signed-in"),
    path("logout/", views.logout, name="logout"),
]
