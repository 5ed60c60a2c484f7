"""Addresses of registering and of a person's own pages; the language stands before them."""

from django.urls import path

from registrations.calendar import feed
from registrations.pages.form import sent_views, views
from registrations.pages.own import choice_views, data_views, finding_views, join_views, my_views, offer_views

app_name = "registrations"
urlpatterns = [
    path("register/<slug:cycle>/", views.register, name="register"),
    path("register/<slug:cycle>/sent/", sent_views.register_sent, name="register-sent"),
    path("link/", finding_views.find_link, name="find-link"),
    path("link/sent/", finding_views.link_sent, name="link-sent"),
    path("link/ended/", my_views.links_ended, name="links-ended"),
    path("link/<str:token>/", finding_views.send_link, name="send-link"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("offer/<str:token>/", offer_views.offer, name="offer"),
    path("offer/<str:token>/accept/<int:registration>/", offer_views.accept, name="offer-accept"),
    path("offer/<str:token>/decline/<int:registration>/", offer_views.decline, name="offer-decline"),
    path("offer/<str:token>/accept/", offer_views.accept, name="offer-accept-cycle"),
    path("offer/<str:token>/decline/", offer_views.decline, name="offer-decline-cycle"),
    path("join/<str:token>/", join_views.join, name="join"),
    path("my/<str:token>/", my_views.my_registrations, name="my-registrations"),
    path("my/<str:token>/prove/", my_views.my_prove, name="my-prove"),
    path("my/<str:token>/links/end/", my_views.my_links_end, name="my-links-end"),
    path("my/<str:token>/dates.ics", my_views.my_dates, name="my-dates"),
    path("my/<str:token>/cancel/<int:registration>/", my_views.my_cancel, name="my-cancel"),
    path("my/<str:token>/take/<int:registration>/<int:session>/", my_views.my_take, name="my-take"),
    path("my/<str:token>/cancel-all/<int:registration>/", my_views.my_cancel_all, name="my-cancel-all"),
    path("my/<str:token>/restore/<int:registration>/", my_views.my_restore, name="my-restore"),
    path("my/<str:token>/take-all/<int:registration>/", my_views.my_take_all, name="my-take-all"),
    path("my/<str:token>/reminders/stop/", choice_views.my_reminders_stop, name="my-reminders-stop"),
    path("my/<str:token>/reminders/resume/", choice_views.my_reminders_resume, name="my-reminders-resume"),
    path("my/<str:token>/newsletter/join/", choice_views.my_newsletter_join, name="my-newsletter-join"),
    path("my/<str:token>/newsletter/leave/", choice_views.my_newsletter_leave, name="my-newsletter-leave"),
    path("my/<str:token>/person/", my_views.my_person, name="my-person"),
    path("my/<str:token>/calendar/", my_views.my_feed_reset, name="my-feed-reset"),
    path("my/<str:token>/calendar/alarm/", my_views.my_feed_alarm, name="my-feed-alarm"),
    path("my/<str:token>/address/", my_views.my_address, name="my-address"),
    path("my/<str:token>/copy/", data_views.my_copy, name="my-copy"),
    path("my/<str:token>/export.json", data_views.my_export, name="my-export"),
    path("my/<str:token>/erase/", data_views.my_erase, name="my-erase"),
    path("address/<str:token>/", data_views.confirm_address, name="confirm-address"),
    path("erased/", data_views.erased, name="erased"),
    path("calendar/<str:token>.ics", feed.private_feed, name="private-feed"),
]
