"""Addresses of training; the language stands before them."""

from .documents import urls as documents
from .signing import urls as signing

app_name = "training"
urlpatterns = [*signing.urlpatterns, *documents.urlpatterns]
