"""Addresses of the organisers' space. A session's pages stand below its cycle's."""

from django.urls import path

from .views import cycle, deliveries, home, plan, registrants, session

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("cycles/<slug:slug>/", cycle.detail, name="cycle-detail"),
    path("cycles/<slug:slug>/plan/", plan.plan, name="cycle-plan"),
    path("cycles/<slug:slug>/registrants/", registrants.registrants, name="registrants"),
    path("cycles/<slug:slug>/registrants.csv", registrants.export, name="registrants-export"),
    path("cycles/<slug:slug>/deliveries/", deliveries.deliveries, name="deliveries"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/", session.edit, name="session-edit"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/move/", session.move, name="session-move"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/cancel/", session.cancel, name="session-cancel"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/restore/", session.restore, name="session-restore"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/confirm/", session.confirm, name="session-confirm"),
]
