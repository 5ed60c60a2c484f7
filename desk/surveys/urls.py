"""Surveys of a cycle, and what came out after a session."""

from django.urls import include, path

from desk.surveys import views
from desk.ui.addresses import CYCLE, SESSION

MOMENT = "surveys/<slug:moment>/"
of_cycle = [
    path("surveys/", views.surveys, name="surveys"),
    path(MOMENT, views.results, name="survey-results"),
    *(
        path(f"surveys/<slug:moment>.{ending}", views.export, {"ending": ending}, name=f"survey-{ending}")
        for ending in ("csv", "xlsx")
    ),
    path(f"{MOMENT}open/", views.open_one, name="survey-open"),
    path(f"{MOMENT}close/", views.close, name="survey-close"),
    path(f"{MOMENT}guests/", views.guests, name="survey-guests"),
    path(f"{MOMENT}questions/new/", views.question_new, name="survey-question-new"),
    path(f"{MOMENT}questions/<int:pk>/", views.question, name="survey-question"),
    path(f"{MOMENT}questions/<int:pk>/retire/", views.question_retire, name="survey-question-retire"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
    path(SESSION + "survey/", views.session_results, name="session-survey"),
]
