"""Addresses of the public pages and feeds; the language stands before them."""

from django.urls import path

from . import feeds, views

app_name = "cycles"
urlpatterns = [
    path("", views.home, name="home"),
    path("calendar.ics", feeds.catalogue_feed, name="catalogue-feed"),
    path("programmes/<slug:slug>/", views.programme_detail, name="programme-detail"),
    path("cycles/<slug:slug>.ics", feeds.cycle_feed, name="cycle-feed"),
    path("cycles/<slug:slug>/", views.cycle_detail, name="cycle-detail"),
    path("cycles/<slug:slug>/subscribe/", views.cycle_subscribe, name="cycle-subscribe"),
    path("cycles/<slug:cycle>/<slug:slug>.ics", feeds.session_calendar, name="session-calendar"),
    path("cycles/<slug:cycle>/<slug:slug>/", views.session_detail, name="session-detail"),
    path("modules/<slug:slug>/", views.module_detail, name="module-detail"),
    path("resources/", views.resource_list, name="resource-list"),
    path("news/", views.news_list, name="news-list"),
    path("news/<slug:slug>/", views.news_detail, name="news-detail"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
