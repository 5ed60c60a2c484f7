"""Addresses of signing in and out."""

from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("enter/<str:token>/", views.enter, name="enter"),
    path("logout/", views.logout, name="logout"),
]
