"""How a cycle takes registrations."""

from django.urls import include, path

from desk.terms import views
from desk.ui.addresses import CYCLE

of_cycle = [
    path("registrants/add/", views.registrant_add, name="registrant-add"),
    path("registration/", views.registration, name="registration"),
    path("registration/codes/", views.codes, name="registration-codes"),
    path("registration/crowd/", views.crowd, name="registration-crowd"),
    path("registration/crowd/end/", views.crowd_over, name="registration-crowd-end"),
    path("registration/questions/new/", views.question_new, name="question-new"),
    path("registration/questions/<int:pk>/", views.question_edit, name="question-edit"),
    path("registration/questions/<int:pk>/retire/", views.question_retire, name="question-retire"),
]
urlpatterns = [
    path(CYCLE, include(of_cycle)),
]
