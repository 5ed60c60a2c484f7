"""Who organises a programme, and who did what in it."""

from django.urls import include, path

from desk.team import journal_views, views

of_programme = [
    path("journal/", journal_views.journal, name="journal"),
    path("journal.csv", journal_views.export, name="journal-export"),
    path("members/", views.members, name="members"),
    path("members/leave/", views.leave, name="member-leave"),
    path("members/<int:pk>/role/", views.change, name="member-role"),
    path("members/<int:pk>/remove/", views.remove, name="member-remove"),
    path("invitations/<int:pk>/again/", views.again, name="invitation-again"),
    path("invitations/<int:pk>/withdraw/", views.withdraw, name="invitation-withdraw"),
]
urlpatterns = [
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("programmes/<slug:slug>/", include(of_programme)),
]
