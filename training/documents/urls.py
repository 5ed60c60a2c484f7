"""Addresses of a person's own papers, and of the page that verifies any."""

from django.urls import path

from . import own_views, verify_views

urlpatterns = [
    path("my/<str:token>/papers/", own_views.mine, name="mine"),
    path(
        "my/<str:token>/papers/session/<int:registration>/", own_views.attest_session, name="attest-session"
    ),
    path("my/<str:token>/papers/cycle/<int:registration>/", own_views.attest_cycle, name="attest-cycle"),
    path("my/<str:token>/papers/<slug:code>.pdf", own_views.my_document, name="my-document"),
    path("verify/", verify_views.verify, name="verify"),
    path("verify/<str:code>/", verify_views.verify_document, name="verify-document"),
]
