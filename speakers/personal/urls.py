"""Addresses of the pages of somebody who speaks; the language stands before them."""

from django.urls import path

from . import calendar, views

urlpatterns = [
    path("speak/<str:token>/", views.page, name="page"),
    path("speak/<str:token>/zone/", views.zone, name="zone"),
    path("speak/<str:token>/<int:session>/yes/", views.yes, name="yes"),
    path("speak/<str:token>/<int:session>/no/", views.no, name="no"),
    path("speak/<str:token>/<int:session>/room/", views.room, name="room"),
    path("speak/<str:token>/<int:session>/card/", views.card, name="card"),
    path("speak/<str:token>/<int:session>/photo.webp", views.photo, name="own-photo"),
    path("speak/<str:token>/<int:session>/slides/", views.slides_file, name="own-slides"),
    path("speak/<str:token>/<int:session>/consents/", views.consents, name="consents"),
    path(
        "speak/<str:token>/<int:session>/consents/<slug:purpose>/withdraw/", views.withdraw, name="withdraw"
    ),
    path("speak/<str:token>/<int:session>/session.ics", views.entry, name="entry"),
    path("speaker-calendar/<str:token>.ics", calendar.feed, name="calendar"),
]
