"""Settings, addresses, middleware and the Celery application: what ties the apps into one site."""

from web import redaction

from .celery import app as celery_app

redaction.install()

__all__ = ["celery_app"]
