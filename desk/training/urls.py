"""Addresses of training in the desk; part of its namespace."""

from django.urls import path

from . import run_views, sheet_views

SHEET = "cycles/<slug:cycle>/sessions/<slug:slug>/sheet/"

urlpatterns = [
    path(SHEET, sheet_views.sheet, name="training-sheet"),
    path(f"{SHEET}people/<int:registration>/", sheet_views.person, name="training-person"),
    path(f"{SHEET}absent/", sheet_views.absent, name="training-absent"),
    path(f"{SHEET}countersign/", sheet_views.countersign, name="training-countersign"),
    path(f"{SHEET}ask/", sheet_views.ask, name="training-ask"),
    path(f"{SHEET}undo/", sheet_views.undo, name="training-undo"),
    path(f"{SHEET}add/", sheet_views.walk_in, name="training-walk-in"),
    path(f"{SHEET}room/", sheet_views.room, name="training-room"),
    path(f"{SHEET}tablet/", sheet_views.tablet, name="training-tablet"),
    path(f"{SHEET}trainers/", sheet_views.trainers, name="training-trainers"),
    path(f"{SHEET}paper/", sheet_views.paper, name="training-paper"),
    path(f"{SHEET}paper/<int:scan>/", sheet_views.scan, name="training-scan"),
    path(f"{SHEET}paper.pdf", sheet_views.blank, name="training-blank"),
    path(f"{SHEET}versions/<int:document>.pdf", sheet_views.sheet_file, name="training-sheet-file"),
    path("cycles/<slug:slug>/training/", run_views.run, name="training-run"),
    path("cycles/<slug:slug>/training/settings/", run_views.run_settings, name="training-settings"),
    path("cycles/<slug:slug>/training/certificates/", run_views.issue_all, name="training-issue-all"),
    path("cycles/<slug:slug>/training/people/<int:pk>/", run_views.trainee, name="training-trainee"),
    path("cycles/<slug:slug>/training/people/<int:pk>/<slug:paper>/", run_views.issue, name="training-issue"),
    path(
        "cycles/<slug:slug>/training/papers/<int:document>/withdraw/",
        run_views.withdraw,
        name="training-withdraw",
    ),
    path(
        "cycles/<slug:slug>/training/papers/<int:document>.pdf",
        run_views.document_file,
        name="training-paper-file",
    ),
    path("programmes/<slug:slug>/provider/", run_views.provider, name="training-provider"),
]
