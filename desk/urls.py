"""Addresses of the organisers' space. A session's pages stand below its cycle's."""

from django.urls import path, register_converter

from .editors.kinds import KindConverter
from .views import (
    attendance,
    calendars,
    content,
    cycle,
    deliveries,
    home,
    host,
    importing,
    messages,
    plan,
    registrants,
    registration,
    reminders,
    session,
    session_edit,
    team,
)

register_converter(KindConverter, "kind")

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("invitation/<str:token>/", team.invitation, name="invitation"),
    path("programmes/<slug:slug>/members/", team.members, name="members"),
    path("programmes/<slug:slug>/members/leave/", team.leave, name="member-leave"),
    path("programmes/<slug:slug>/members/<int:pk>/role/", team.change, name="member-role"),
    path("programmes/<slug:slug>/members/<int:pk>/remove/", team.remove, name="member-remove"),
    path("programmes/<slug:slug>/invitations/<int:pk>/again/", team.again, name="invitation-again"),
    path("programmes/<slug:slug>/invitations/<int:pk>/withdraw/", team.withdraw, name="invitation-withdraw"),
    path("cycles/<slug:slug>/", cycle.detail, name="cycle-detail"),
    path("cycles/<slug:slug>/plan/", plan.plan, name="cycle-plan"),
    path("cycles/<slug:slug>/next-season/", plan.next_season, name="cycle-next-season"),
    path("cycles/<slug:slug>/import/", importing.import_calendar, name="cycle-import"),
    path("cycles/<slug:slug>/calendars/", calendars.calendars, name="calendars"),
    path("cycles/<slug:slug>/registrants/", registrants.registrants, name="registrants"),
    path("cycles/<slug:slug>/registrants.csv", registrants.export, name="registrants-export"),
    path("cycles/<slug:slug>/registrants/<int:pk>/", registration.registrant, name="registrant"),
    path("cycles/<slug:slug>/registration/", registration.registration, name="registration"),
    path("cycles/<slug:slug>/registration/codes/", registration.codes, name="registration-codes"),
    path("cycles/<slug:slug>/registration/questions/new/", registration.question_new, name="question-new"),
    path(
        "cycles/<slug:slug>/registration/questions/<int:pk>/",
        registration.question_edit,
        name="question-edit",
    ),
    path(
        "cycles/<slug:slug>/registration/questions/<int:pk>/retire/",
        registration.question_retire,
        name="question-retire",
    ),
    path("cycles/<slug:slug>/deliveries/", deliveries.deliveries, name="deliveries"),
    path("cycles/<slug:slug>/deliveries/people/<int:pk>/", deliveries.person, name="deliveries-person"),
    path("cycles/<slug:slug>/deliveries/<int:pk>/retry/", deliveries.retry, name="delivery-retry"),
    path("cycles/<slug:slug>/deliveries/<int:pk>/withdraw/", deliveries.withdraw, name="delivery-withdraw"),
    path("cycles/<slug:slug>/stopped/<int:pk>/allow/", deliveries.allow, name="address-allow"),
    path("cycles/<slug:slug>/messages/", messages.messages, name="messages"),
    path("cycles/<slug:slug>/messages/<slug:kind>/", messages.edit, name="message-edit"),
    path("cycles/<slug:slug>/messages/<slug:kind>/preview/", messages.preview, name="message-preview"),
    path("cycles/<slug:slug>/messages/<slug:kind>/body.html", messages.html, name="message-html"),
    path("cycles/<slug:slug>/messages/<slug:kind>/test/", messages.test, name="message-test"),
    path("mail/pause/", deliveries.pause, name="mail-pause"),
    path("mail/resume/", deliveries.resume, name="mail-resume"),
    path("cycles/<slug:slug>/reminders/", reminders.reminders, name="reminders"),
    path("cycles/<slug:slug>/reminders/<slug:code>/", reminders.change, name="reminder-change"),
    path("cycles/<slug:slug>/reminders/<slug:code>/remove/", reminders.remove, name="reminder-remove"),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/reminders/<slug:code>/skip/",
        reminders.skip,
        name="reminder-skip",
    ),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/reminders/<slug:code>/follow/",
        reminders.follow,
        name="reminder-follow",
    ),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/reminders/<slug:code>/send/",
        reminders.send,
        name="reminder-send",
    ),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/mailings/<int:pk>/stop/",
        reminders.stop,
        name="mailing-stop",
    ),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/", session_edit.edit, name="session-edit"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/move/", session.move, name="session-move"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/cancel/", session.cancel, name="session-cancel"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/restore/", session.restore, name="session-restore"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/confirm/", session.confirm, name="session-confirm"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/publish/", session_edit.publish, name="session-publish"),
    path("content/<kind:kind>/", content.content_list, name="content-list"),
    path("content/<kind:kind>/new/", content.content_new, name="content-new"),
    path("content/<kind:kind>/<slug:slug>/", content.content_edit, name="content-edit"),
    path("content/<kind:kind>/<slug:slug>/publish/", content.content_publish, name="content-publish"),
    path("content/<kind:kind>/<slug:slug>/withdraw/", content.content_withdraw, name="content-withdraw"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/host/", host.host, name="session-host"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/attendance/", attendance.attendance, name="attendance"),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/attendance/import/",
        attendance.bring_in,
        name="attendance-import",
    ),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/attendance/import/<int:pk>/",
        attendance.report,
        name="attendance-report",
    ),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/attendance/absent/",
        attendance.absent,
        name="attendance-absent",
    ),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/attendance.csv", attendance.export, name="attendance-export"
    ),
]
