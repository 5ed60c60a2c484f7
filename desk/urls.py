"""Addresses of the organisers' space. A session's pages stand below its cycle's."""

from django.urls import path, register_converter

from desk.attendance import views as attendance
from desk.calendars import import_views as importing
from desk.calendars import views as calendars
from desk.content import session_views as session_edit
from desk.content import views as content
from desk.content.editors.kinds import KindConverter
from desk.content.pictures import views as pictures
from desk.content.programme_import import views as programme_import
from desk.cycle import views as cycle
from desk.followup import views as after
from desk.home import views as home
from desk.mail.deliveries import refused_views as refused_mailings
from desk.mail.deliveries import views as deliveries
from desk.mail.groups import views as group_messages
from desk.mail.texts import views as messages
from desk.people import registrant_views as registrant
from desk.people import views as registrants
from desk.people.roster import views as roster
from desk.planner import views as plan
from desk.privacy import views as privacy
from desk.reminders import views as reminders
from desk.reports import views as report
from desk.schedule import host_views as host
from desk.schedule import moves_views as moves
from desk.schedule import views as session
from desk.search import views as search
from desk.team import journal_views as journal
from desk.team import views as team
from desk.terms import views as registration

register_converter(KindConverter, "kind")

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("invitation/<str:token>/", team.invitation, name="invitation"),
    path("programmes/<slug:slug>/journal/", journal.journal, name="journal"),
    path("programmes/<slug:slug>/journal.csv", journal.export, name="journal-export"),
    path("programmes/<slug:slug>/members/", team.members, name="members"),
    path("programmes/<slug:slug>/members/leave/", team.leave, name="member-leave"),
    path("programmes/<slug:slug>/members/<int:pk>/role/", team.change, name="member-role"),
    path("programmes/<slug:slug>/members/<int:pk>/remove/", team.remove, name="member-remove"),
    path("programmes/<slug:slug>/invitations/<int:pk>/again/", team.again, name="invitation-again"),
    path("programmes/<slug:slug>/invitations/<int:pk>/withdraw/", team.withdraw, name="invitation-withdraw"),
    path("search/", search.search, name="search"),
    path("data/", privacy.requests, name="data-requests"),
    path("data/<int:pk>/", privacy.person, name="data-person"),
    path("data/<int:pk>/copy.json", privacy.export_json, name="data-json"),
    path("data/<int:pk>/copy.html", privacy.export_html, name="data-html"),
    path("data/<int:pk>/erase/", privacy.erase, name="data-erase"),
    path("cycles/<slug:slug>/", cycle.detail, name="cycle-detail"),
    path("cycles/<slug:slug>/plan/", plan.plan, name="cycle-plan"),
    path("cycles/<slug:slug>/move/", moves.move_several, name="cycle-move"),
    path("cycles/<slug:slug>/cancel/", cycle.cancel, name="cycle-cancel"),
    path("cycles/<slug:slug>/undo/", cycle.undo, name="cycle-undo"),
    path("cycles/<slug:slug>/delete/", cycle.delete, name="cycle-delete"),
    path("cycles/<slug:slug>/publish/", cycle.publish, name="cycle-publish"),
    path("cycles/<slug:slug>/withdraw/", cycle.withdraw, name="cycle-withdraw"),
    path("cycles/<slug:slug>/archive/", cycle.archive, name="cycle-archive"),
    path("cycles/<slug:slug>/unarchive/", cycle.unarchive, name="cycle-unarchive"),
    path("cycles/<slug:slug>/next-season/", plan.next_season, name="cycle-next-season"),
    path("cycles/<slug:slug>/import/", importing.import_calendar, name="cycle-import"),
    path("cycles/<slug:slug>/calendars/", calendars.calendars, name="calendars"),
    path("cycles/<slug:slug>/registrants/", registrants.registrants, name="registrants"),
    path(
        "cycles/<slug:slug>/registrants.csv",
        registrants.export,
        {"ending": "csv"},
        name="registrants-export",
    ),
    path(
        "cycles/<slug:slug>/registrants.xlsx",
        registrants.export,
        {"ending": "xlsx"},
        name="registrants-sheet",
    ),
    path("cycles/<slug:slug>/registrants/import/", roster.bring_in, name="registrants-import"),
    path("cycles/<slug:slug>/registrants/message/", group_messages.new, name="group-message-new"),
    path("cycles/<slug:slug>/group-messages/", group_messages.group_messages_list, name="group-messages"),
    path("cycles/<slug:slug>/group-messages/<int:pk>/", group_messages.look, name="group-message"),
    path("cycles/<slug:slug>/group-messages/<int:pk>/edit/", group_messages.edit, name="group-message-edit"),
    path(
        "cycles/<slug:slug>/group-messages/<int:pk>/body.html",
        group_messages.html,
        name="group-message-html",
    ),
    path("cycles/<slug:slug>/group-messages/<int:pk>/test/", group_messages.test, name="group-message-test"),
    path("cycles/<slug:slug>/group-messages/<int:pk>/send/", group_messages.send, name="group-message-send"),
    path("cycles/<slug:slug>/group-messages/<int:pk>/stop/", group_messages.stop, name="group-message-stop"),
    path(
        "cycles/<slug:slug>/group-messages/<int:pk>/discard/",
        group_messages.discard,
        name="group-message-discard",
    ),
    path("cycles/<slug:slug>/registrants/decide/", registrants.decide, name="registrants-decide"),
    path("cycles/<slug:slug>/registrants/add/", registration.registrant_add, name="registrant-add"),
    path("cycles/<slug:slug>/registrants/<int:pk>/", registrant.registrant, name="registrant"),
    path("cycles/<slug:slug>/registrants/<int:pk>/correct/", registrant.correct, name="registrant-correct"),
    path("cycles/<slug:slug>/registrants/<int:pk>/cancel/", registrant.cancel, name="registrant-cancel"),
    path("cycles/<slug:slug>/registrants/<int:pk>/restore/", registrant.restore, name="registrant-restore"),
    path(
        "cycles/<slug:slug>/registrants/<int:pk>/stops/<int:session>/cancel/",
        registrant.stop_cancel,
        name="registrant-stop-cancel",
    ),
    path(
        "cycles/<slug:slug>/registrants/<int:pk>/stops/<int:session>/take/",
        registrant.stop_take,
        name="registrant-stop-take",
    ),
    path("cycles/<slug:slug>/registration/", registration.registration, name="registration"),
    path("cycles/<slug:slug>/registration/codes/", registration.codes, name="registration-codes"),
    path("cycles/<slug:slug>/registration/crowd/", registration.crowd, name="registration-crowd"),
    path(
        "cycles/<slug:slug>/registration/crowd/end/", registration.crowd_over, name="registration-crowd-end"
    ),
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
    path("cycles/<slug:slug>/report/", report.cycle_report, name="cycle-report"),
    *(
        path(
            f"cycles/<slug:slug>/report.{ending}",
            report.cycle_file,
            {"ending": ending},
            name=f"cycle-report-{ending}",
        )
        for ending in ("csv", "xlsx", "pdf")
    ),
    path("cycles/<slug:slug>/deliveries/", deliveries.deliveries, name="deliveries"),
    path("cycles/<slug:slug>/deliveries/people/<int:pk>/", deliveries.person, name="deliveries-person"),
    path("cycles/<slug:slug>/deliveries/<int:pk>/retry/", deliveries.retry, name="delivery-retry"),
    path("cycles/<slug:slug>/deliveries/<int:pk>/withdraw/", deliveries.withdraw, name="delivery-withdraw"),
    path("cycles/<slug:slug>/refused/<int:pk>/go-on/", refused_mailings.go_on, name="mailing-go-on"),
    path("cycles/<slug:slug>/refused/<int:pk>/lift/", refused_mailings.lift, name="mailing-lift"),
    path("cycles/<slug:slug>/stopped/", deliveries.stopped, name="stopped"),
    path("cycles/<slug:slug>/stopped/<int:pk>/stop/", deliveries.stop, name="address-stop"),
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
    path("cycles/<slug:cycle>/sessions/<slug:slug>/after/", after.after, name="session-after"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/postpone/", session.postpone, name="session-postpone"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/undo/", session.undo, name="session-undo"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/confirm/", session.confirm, name="session-confirm"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/publish/", session_edit.publish, name="session-publish"),
    path("programmes/import/", programme_import.programme_import, name="programme-import"),
    path("content/<kind:kind>/", content.content_list, name="content-list"),
    path("content/<kind:kind>/new/", content.content_new, name="content-new"),
    path("content/<kind:kind>/<slug:slug>/", content.content_edit, name="content-edit"),
    path("content/<kind:kind>/<slug:slug>/picture/", pictures.of_content, name="content-picture"),
    path("content/<kind:kind>/<slug:slug>/publish/", content.content_publish, name="content-publish"),
    path("content/<kind:kind>/<slug:slug>/withdraw/", content.content_withdraw, name="content-withdraw"),
    path("content/<kind:kind>/<slug:slug>/delete/", content.content_delete, name="content-delete"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/picture/", pictures.of_session, name="session-picture"),
    path("cycles/<slug:cycle>/sessions/<slug:slug>/report/", report.session_report, name="session-report"),
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
        "cycles/<slug:cycle>/sessions/<slug:slug>/attendance.csv",
        attendance.export,
        {"ending": "csv"},
        name="attendance-export",
    ),
    path(
        "cycles/<slug:cycle>/sessions/<slug:slug>/attendance.xlsx",
        attendance.export,
        {"ending": "xlsx"},
        name="attendance-sheet",
    ),
]
