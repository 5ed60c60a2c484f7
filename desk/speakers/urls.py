"""Addresses of the organisers' pages about speakers, below their cycle and session."""

from django.urls import path

from . import card_views, views

SESSION = "cycles/<slug:cycle>/sessions/<slug:slug>/speakers/"

urlpatterns = [
    path("cycles/<slug:slug>/speakers/", views.of_cycle, name="cycle-speakers"),
    path(SESSION, views.of_session, name="session-speakers"),
    path(f"{SESSION}name/", views.name, name="speaker-name"),
    path(f"{SESSION}briefing/", views.brief, name="speaker-briefing"),
    path(f"{SESSION}<int:pk>/invite/", views.invite, name="speaker-invite"),
    path(f"{SESSION}<int:pk>/stop/", views.uninvite, name="speaker-uninvite"),
    path(f"{SESSION}<int:pk>/yes/", views.note, {"answer": "yes"}, name="speaker-yes"),
    path(f"{SESSION}<int:pk>/no/", views.note, {"answer": "no"}, name="speaker-no"),
    path(f"{SESSION}<int:pk>/card/", card_views.card, name="speaker-card"),
    path(f"{SESSION}<int:pk>/card/accept/", card_views.accept, name="speaker-accept"),
    path(f"{SESSION}<int:pk>/photo.webp", card_views.photo, name="speaker-photo"),
    path(f"{SESSION}<int:pk>/slides/", card_views.slides, name="speaker-slides"),
    path(f"{SESSION}<int:pk>/consents/", card_views.consents, name="speaker-consents"),
]
