"""What is to come."""

from django.urls import path

from desk.mail.ahead import views
from desk.ui.addresses import CYCLE

urlpatterns = [
    path("mail/", views.coming, name="mail-ahead"),
    path(CYCLE + "rehearsal/", views.rehearse, name="mail-rehearsal"),
]
