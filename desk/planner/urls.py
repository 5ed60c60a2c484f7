"""Planning the sessions of a cycle."""

from django.urls import include, path

from desk.planner import views
from desk.ui.addresses import CYCLE

of_cycle = [
    path("plan/", views.plan, name="cycle-plan"),
    path("plan/create/", views.create, name="cycle-plan-create"),
    path("invite-back/", views.invite_back, name="cycle-invite-back"),
    path("next-season/", views.next_season, name="cycle-next-season"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
]
