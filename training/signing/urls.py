"""Addresses of signing for those without an account; the desk has its own for the sheet."""

from django.urls import path

from .room import own_views, tablet_views
from .sheet import teach_views

urlpatterns = [
    path("sign/<str:token>/", own_views.sign, name="sign"),
    path("my/<str:token>/sign/<int:registration>/", own_views.sign_from_mine, name="sign-from-mine"),
    path("room/<slug:cycle>/<slug:slug>/<slug:code>/", own_views.room, name="room"),
    path("teach/<str:token>/", teach_views.sheet, name="teach-sheet"),
    path("teach/<str:token>/people/<int:registration>/", teach_views.person, name="teach-person"),
    path("teach/<str:token>/absent/", teach_views.absent, name="teach-absent"),
    path("teach/<str:token>/countersign/", teach_views.countersign, name="teach-countersign"),
    path("teach/<str:token>/add/", teach_views.walk_in, name="teach-walk-in"),
    path("teach/<str:token>/room/", teach_views.room, name="teach-room"),
    path("teach/<str:token>/tablet/", teach_views.tablet, name="teach-tablet"),
    path("teach/<str:token>/sheet.pdf", teach_views.file, name="teach-file"),
    path("teach/<str:token>/paper.pdf", teach_views.blank, name="teach-blank"),
    path("speaker/<str:token>/sheet/<int:session>/", teach_views.from_speaker, name="teach-from-speaker"),
    path("tablet/<str:token>/<str:by_name>/", tablet_views.tablet, name="tablet"),
    path(
        "tablet/<str:token>/<str:by_name>/<int:registration>/", tablet_views.tablet_sign, name="tablet-sign"
    ),
]
