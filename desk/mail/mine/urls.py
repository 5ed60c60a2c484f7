"""One's own mails as an organiser."""

from django.urls import path

from desk.mail.mine import views

urlpatterns = [
    path("mail/mine/", views.mine, name="my-mails"),
]
