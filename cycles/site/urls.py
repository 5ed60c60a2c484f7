"""Addresses of the public pages and feeds; the language stands before them."""

from django.urls import path

from cycles.calendars import feeds, filter_views
from cycles.library import views as library
from cycles.runs import views as run_views

from . import finding, local_times, views
from .look import cards
from .machines import atom

app_name = "cycles"
urlpatterns = [
    path("", views.home, name="home"),
    path("calendar.ics", feeds.catalogue_feed, name="catalogue-feed"),
    path("subscribe/", views.subscribe, name="subscribe"),
    path("agenda/", views.agenda, name="agenda"),
    path("agenda/<int:year>-<int:month>/", views.agenda, name="agenda-month"),
    path("filter/", filter_views.choose, name="filter"),
    path("filter/<path:choice>.ics", filter_views.filter_feed, name="filter-feed"),
    path("filter/<path:choice>/", filter_views.filter_subscribe, name="filter-subscribe"),
    path("changes.atom", atom.changes_atom, name="changes"),
    path("programmes/", views.programme_list, name="programme-list"),
    path("programmes/<slug:slug>.ics", feeds.programme_feed, name="programme-feed"),
    path("programmes/<slug:slug>/", views.programme_detail, name="programme-detail"),
    path("programmes/<slug:slug>/subscribe/", views.programme_subscribe, name="programme-subscribe"),
    path("topics/<slug:slug>.ics", feeds.topic_feed, name="topic-feed"),
    path("topics/<slug:slug>/subscribe/", views.topic_subscribe, name="topic-subscribe"),
    path("speakers/<slug:slug>.ics", feeds.speaker_feed, name="speaker-feed"),
    path("speakers/<slug:slug>/subscribe/", views.speaker_subscribe, name="speaker-subscribe"),
    path("cycles/<slug:slug>.ics", feeds.cycle_feed, name="cycle-feed"),
    path("cycles/<slug:slug>/", views.cycle_detail, name="cycle-detail"),
    path("cycles/<slug:slug>/changes.atom", atom.cycle_changes_atom, name="cycle-changes"),
    path("cycles/<slug:slug>/subscribe/", views.cycle_subscribe, name="cycle-subscribe"),
    path("cycles/<slug:slug>/card.png", cards.cycle_card, name="cycle-card"),
    path("cycles/<slug:cycle>/<slug:slug>/card.png", cards.session_card, name="session-card"),
    path("cycles/<slug:slug>/tracks/<slug:track>/", views.cycle_track, name="cycle-track"),
    path("cycles/<slug:cycle>/<slug:slug>.ics", feeds.session_calendar, name="session-calendar"),
    path("cycles/<slug:cycle>/<slug:slug>/", views.session_detail, name="session-detail"),
    path("cycles/<slug:cycle>/<slug:slug>/times/", local_times.session_times, name="session-times"),
    path("modules/", run_views.module_list, name="module-list"),
    path("modules/<slug:slug>.ics", run_views.module_feed, name="module-feed"),
    path("modules/<slug:slug>/", run_views.module_detail, name="module-detail"),
    path("modules/<slug:slug>/subscribe/", run_views.module_subscribe, name="module-subscribe"),
    path("upcoming/", views.upcoming, name="upcoming"),
    path("upcoming/chosen/", views.upcoming_chosen, name="upcoming-chosen"),
    path("search/", finding.search, name="search"),
    path("resources/", library.resource_list, name="resource-list"),
    path("resources/series/<slug:slug>/", library.series_detail, name="series-detail"),
    path("resources/<slug:slug>/", library.resource_detail, name="resource-detail"),
    path("events/<slug:slug>/", library.event_detail, name="event-detail"),
    path("organisations/<slug:slug>/", library.organisation_detail, name="organisation-detail"),
    path("news.atom", atom.news_atom, name="news-atom"),
    path("news/", views.news_list, name="news-list"),
    path("news/<slug:slug>/", views.news_detail, name="news-detail"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
