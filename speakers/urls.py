"""Addresses of speakers: their own pages behind a link, and the public ones."""

from .personal import urls as personal
from .site import urls as site

app_name = "speakers"
urlpatterns = [*personal.urlpatterns, *site.urlpatterns]
