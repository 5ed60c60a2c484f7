"""Settings of the floor: the same database and its pool, CSRF, and nothing else."""

from .settings import *  # noqa: F403 - settings modules are layered this way

INSTALLED_APPS = ["bench.floor"]
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
ROOT_URLCONF = "bench.floor.urls"
