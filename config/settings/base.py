"""What every way of running Escale shares. What differs between sites comes from the environment.

Without any variable set, this is the embedded mode: SQLite, one worker without a broker, mail kept in a local mailbox.
`DATABASE_URL`, `REDIS_URL` and `EMAIL_URL` (or an Anymail backend) switch to the real parts.
"""

from __future__ import annotations

import datetime as dt
import os
import ssl
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import service_urls

from .sign_in import *  # noqa: F403 - settings modules are layered this way
from .site import *  # noqa: F403 - likewise
from .site import BASE_DIR, ESCALE_SITE_NAME, VAR_DIR, env

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "anymail",
    "django_htmx",
    "accounts",
    "cycles",
    "registrations",
    "speakers",
    "training",
    "surveys",
    "notifications",
    "desk",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "config.apps.SiteConfig",
]

# A rhythm of a thousand dates (cycles.schedule.recurrence.MOST_OCCURRENCES) is planned in one form, seven fields
# a date: Django's own limit of 1,000 fields would answer with a bare "400".
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8000

MIDDLEWARE = [
    "web.requests.head.BodilessHead",
    "django.middleware.security.SecurityMiddleware",
    "web.requests.headers.SecurityHeadersMiddleware",
    # Before anything reads what was sent.
    "web.requests.bodies.BodiesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Public pages and feeds that are stored and still true are answered here.
    "cycles.site.page_cache.snapshots.StoredFirst",
    "web.logs.RequestIds",
    "web.counting.CountRequests",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # A form sent after the sign-in ended keeps what was typed.
    "accounts.sign_in.kept_forms.KeptForms",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Every page that shows an address shows it as people write it.
            "builtins": ["accounts.templatetags.addresses"],
            # As APP_DIRS does, and the HTML of mails gets its styles written in as it is loaded.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "notifications.mail.parts.styles.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                ),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "accounts:login"

DATABASE_EXAMPLE = "postgres://user:password@host:5432/name"


def database(url: str) -> dict[str, Any]:
    """Return Django's settings for a database address (sqlite:///… or postgres://…). Raises ImproperlyConfigured."""
    try:
        config: dict[str, Any] = env.db_url_config(
            service_urls.read("DATABASE_URL", url, example=DATABASE_EXAMPLE)
        )
    except service_urls.ServiceUrlError as error:
        raise ImproperlyConfigured(str(error)) from None
    if not config.get("ENGINE", "").endswith(("sqlite3", "postgresql")):
        msg = f"DATABASE_URL is no address of a database that Escale runs on: write {DATABASE_EXAMPLE}"
        raise ImproperlyConfigured(msg)
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"].endswith("sqlite3"):
        synchronous = env("SQLITE_SYNCHRONOUS", default="FULL")
        # IMMEDIATE: a transaction that will write takes the lock when it begins, so it waits for the busy
        # timeout instead of failing half-way when it turns from reading to writing. FULL: what was committed as
        # "being sent" or "sent" survives a power cut (NORMAL survives only the end of a process).
        options.update(
            transaction_mode="IMMEDIATE",
            timeout=30,
            init_command=f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON;",
        )
    elif config["ENGINE"].endswith("postgresql"):
        size = env.int("DATABASE_POOL", default=8)
        if size < 1:
            msg = f"DATABASE_POOL={size}: a process needs at least one connection. Write a number from 1 on."
            raise ImproperlyConfigured(msg)
        # A short time to reconnect, after which the next who asks tries anew: with the pool's own five minutes of ever
        # longer pauses a site stays away for as long again after its database came back.
        options.update(pool={"min_size": 1, "max_size": size, "timeout": 10, "reconnect_timeout": 2})
        # Without a number psycopg prepares nothing, whatever is asked for. Django's own cursors never prepare: this is
        # about the statement of each mail (notifications/delivery/run/leases.py).
        options["prepare_threshold"] = 5 if env.bool("DATABASE_PREPARE", default=True) else None
        config["CONN_MAX_AGE"] = 0
        # What an outage broke is found before a request is given it.
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {
    "default": database(env("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'escale.sqlite3'}")
}

REDIS_URL: str = env("REDIS_URL", default="")
if REDIS_URL:
    try:
        REDIS_URL = service_urls.read("REDIS_URL", REDIS_URL, example="redis://:password@host:6379/0")
    except service_urls.ServiceUrlError as error:
        raise ImproperlyConfigured(str(error)) from None
CACHES: dict[str, Any] = (
    {
        "default": {
            "BACKEND": "web.caching.PatientRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "escale",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }
    if REDIS_URL
    else {
        "default": {
            "BACKEND": "web.caching.CountingCache",
            "LOCATION": "escale_cache",
            # Above this, what has expired is deleted; nothing else ever is.
            "OPTIONS": {"MAX_ENTRIES": 1000},
        }
    }
)

# How long personal data are kept (docs/retention.md), counted from the end of what they were for.
ESCALE_RETENTION: dict[str, int] = {
    "needs_days": env.int("ESCALE_KEEP_NEEDS_DAYS", default=30),
    "attendance_months": env.int("ESCALE_KEEP_ATTENDANCE_MONTHS", default=3),
    "mails_months": env.int("ESCALE_KEEP_MAILS_MONTHS", default=6),
    "registrations_months": env.int("ESCALE_KEEP_REGISTRATIONS_MONTHS", default=12),
    "replays_months": env.int("ESCALE_KEEP_REPLAYS_MONTHS", default=12),
    "contacts_months": env.int("ESCALE_KEEP_CONTACTS_MONTHS", default=36),
    "proofs_months": env.int("ESCALE_KEEP_PROOFS_MONTHS", default=72),
}

# How long links live, and for how long a change of date can be undone: what enforces it and every page and mail that
# says so read it here (accounts.periods).
ESCALE_PERIODS: dict[str, dt.timedelta] = {
    "confirm": dt.timedelta(days=env.int("ESCALE_CONFIRM_DAYS", default=7)),
    "prove": dt.timedelta(days=env.int("ESCALE_PROVE_DAYS", default=2)),
    "invitation": dt.timedelta(days=env.int("ESCALE_INVITATION_DAYS", default=7)),
    "login_link": dt.timedelta(hours=env.int("ESCALE_LOGIN_LINK_HOURS", default=24)),
    "grace": dt.timedelta(minutes=env.int("ESCALE_GRACE_MINUTES", default=10)),
    "survey": dt.timedelta(days=env.int("ESCALE_SURVEY_DAYS", default=30)),
}

# Rooms of one's own. A session may always meet at any https address; these open BigBlueButton and Jitsi rooms.
ESCALE_BIGBLUEBUTTON_URL: str = env("ESCALE_BIGBLUEBUTTON_URL", default="")
ESCALE_BIGBLUEBUTTON_SECRET: str = env("ESCALE_BIGBLUEBUTTON_SECRET", default="")
ESCALE_JITSI_URL: str = env("ESCALE_JITSI_URL", default="")
ESCALE_JITSI_APP_ID: str = env("ESCALE_JITSI_APP_ID", default="")
ESCALE_JITSI_SECRET: str = env("ESCALE_JITSI_SECRET", default="")

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
# Our own words first: where Django or allauth say the same in English, theirs would be heard instead.
LOCALE_PATHS = [
    BASE_DIR / app / "locale"
    for app in (
        "accounts",
        "cycles",
        "registrations",
        "speakers",
        "training",
        "surveys",
        "notifications",
        "desk",
    )
]
TIME_ZONE = env.time_zone("ESCALE_TIME_ZONE", default="Europe/Paris")
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
# In an image the collected files lie outside var/, so that an upgrade brings its own.
STATIC_ROOT = Path(env("ESCALE_STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# The most that an uploaded document may have, in MB; a form takes no more than 24 with what stands around it
# (web/requests/bodies.py, and the web server in front).
ESCALE_DOCUMENT_MB: int = min(max(env.int("ESCALE_DOCUMENT_MB", default=20), 1), 24)

# Mail. Without EMAIL_URL nothing leaves the machine: messages are kept for the local mailbox page.
ESCALE_MAILBOX: bool = env.bool(
    "ESCALE_MAILBOX", default=not (env("EMAIL_URL", default="") or env("EMAIL_BACKEND", default=""))
)
ESCALE_MAILBOX_DIR = VAR_DIR / "mail"
if env("EMAIL_URL", default=""):
    try:
        vars().update(env.email_url_config(service_urls.read_mail(env("EMAIL_URL"))))
    except service_urls.ServiceUrlError as error:
        raise ImproperlyConfigured(str(error)) from None
    except (ImproperlyConfigured, ValueError):
        msg = f"EMAIL_URL cannot be read: write {service_urls.MAIL_EXAMPLE}"
        raise ImproperlyConfigured(msg) from None  # what was read may hold the password
else:
    EMAIL_BACKEND = env("EMAIL_BACKEND", default="notifications.transport.mailbox.MailboxBackend")
EMAIL_TIMEOUT = 30
# How many workers a tick wakes when much is due: no more than run.
ESCALE_SENDERS: int = env.int("ESCALE_SENDERS", default=4)
# The most mails that may leave, in all and to single domains: "5/s", "300/min", "10000/h".
ESCALE_MAIL_RATE: str = env("ESCALE_MAIL_RATE", default="")
ESCALE_MAIL_RATE_PER_DOMAIN: dict[str, str] = env.dict("ESCALE_MAIL_RATE_PER_DOMAIN", default={})
# So many unconfirmed requests of one cycle in an hour, and its form asks to come back later; 0: no cap.
ESCALE_UNCONFIRMED_AN_HOUR: int = env.int("ESCALE_UNCONFIRMED_AN_HOUR", default=300)
# So many emails of one mailing refused in the same way, and the rest waits for a person.
ESCALE_REFUSALS_BEFORE_ASKING: int = env.int("ESCALE_REFUSALS_BEFORE_ASKING", default=5)
# Another way out than EMAIL_URL, to tell administrators that the first one refuses us; and whom these come from.
try:
    ESCALE_ALERT_EMAIL: dict[str, Any] = (
        env.email_url_config(
            service_urls.read_mail(env("ESCALE_ALERT_EMAIL_URL"), setting="ESCALE_ALERT_EMAIL_URL")
        )
        if env("ESCALE_ALERT_EMAIL_URL", default="")
        else {}
    )
except service_urls.ServiceUrlError as error:
    raise ImproperlyConfigured(str(error)) from None
except (ImproperlyConfigured, ValueError):
    msg = f"ESCALE_ALERT_EMAIL_URL cannot be read: write {service_urls.MAIL_EXAMPLE}"
    raise ImproperlyConfigured(msg) from None  # what was read may hold the password
ESCALE_ALERT_FROM: str = env("ESCALE_ALERT_FROM", default="")
DEFAULT_FROM_EMAIL: str = env("DEFAULT_FROM_EMAIL", default="Escale <escale@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who is told of errors of the site by email (web/errors/error_mails.py), and where they are reported to
# (web/errors/sentry.py).
ADMINS = [(address, address) for address in env.list("ESCALE_ADMINS", default=[])]
EMAIL_SUBJECT_PREFIX = f"[{ESCALE_SITE_NAME}] "
SENTRY_DSN: str = env("SENTRY_DSN", default="")
# ANYMAIL_RESEND_API_KEY in the environment is Anymail's setting RESEND_API_KEY, and so on for every provider.
ANYMAIL: dict[str, Any] = {
    name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")
}

# Links in mails are sealed; how long each kind lives is decided in registrations/links/sealed_tokens.py.
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "accounts.sign_in.kept_forms.forged"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The ledger in the database is the truth. With Redis, Celery wakes the workers; without it there is no broker, and one
# worker (manage.py send_due --loop) looks at the time of this file.
ESCALE_WAKE_FILE = VAR_DIR / "wake"
CELERY_BROKER_URL = REDIS_URL or "memory://"
if REDIS_URL.startswith("rediss://"):
    # As redis-py does for the cache: the server's certificate is checked.
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "visibility_timeout": 3600,
        "socket_timeout": 15,
        "socket_connect_timeout": 5,
        "health_check_interval": 25,
        "global_keyprefix": "escale:",
    }
    if REDIS_URL
    else {}
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
# Above a drain's minute and the ten that a server may take for its last answer. No soft limit: it would raise
# in the middle of a hand-over.
CELERY_TASK_TIME_LIMIT = 1200
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# With REMAP_SIGTERM=SIGQUIT a stop lets the work in hand end (a drain takes a minute at most), then gives it back.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 75.0
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
# Idempotent: several beats may run. A tick that nobody took within its half minute is worth nothing.
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "notifications.tick", "schedule": 30.0, "options": {"expires": 25}},
    "answer-link-requests": {
        "task": "registrations.answer_link_requests",
        "schedule": 10.0,
        "options": {"expires": 8},
    },
    "settle": {"task": "registrations.settle", "schedule": 60.0, "options": {"expires": 50}},
    "sweep-pictures": {"task": "cycles.sweep_pictures", "schedule": 86400.0, "options": {"expires": 3600}},
    "forget": {"task": "cycles.forget", "schedule": 3600.0, "options": {"expires": 3000}},
    "retention": {
        "task": "notifications.retention",
        "schedule": 24 * 3600.0,
        "options": {"expires": 12 * 3600},
    },
    "organisers": {"task": "notifications.organisers", "schedule": 900.0, "options": {"expires": 800}},
    "speakers": {"task": "speakers.settle", "schedule": 600.0, "options": {"expires": 500}},
    "forget-speakers": {"task": "speakers.purge", "schedule": 86400.0, "options": {"expires": 3600}},
    "purge": {"task": "registrations.purge", "schedule": 3600.0, "options": {"expires": 3000}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")

# Personal links stand in no log line (web/redaction.py is installed with the package) and in no error report.
DEFAULT_EXCEPTION_REPORTER = "web.errors.error_reports.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "web.errors.error_reports.ReporterFilter"
LOG_LEVEL = env.choice("LOG_LEVEL", default="INFO", among=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # LOG_FORMAT=json: one object a line.
    "formatters": {"ours": {"()": "web.logs.formatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "ours"},
        # Errors of pages and tasks, to ESCALE_ADMINS; without any nobody is written to.
        "administrators": {"class": "web.errors.error_mails.ErrorMails", "level": "ERROR"},
    },
    "root": {"handlers": ["console", "administrators"], "level": LOG_LEVEL},
    # A wrong Host header is answered by 400; a traceback for each would let strangers fill the log.
    "loggers": {"django.security.DisallowedHost": {"handlers": [], "propagate": False}},
}
