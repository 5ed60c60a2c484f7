"""Addresses of training; the language stands before them."""

from .documents import urls as documents
from .signing import urls as signing
from .syllabus import urls as syllabus

app_name = "training"
urlpatterns = [*signing.urlpatterns, *documents.urlpatterns, *syllabus.urlpatterns]
