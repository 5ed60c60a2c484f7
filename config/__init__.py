"""Settings, addresses, middleware and the Celery application: what ties the apps into one site."""

from .celery import app as celery_app

__all__ = ["celery_app"]
