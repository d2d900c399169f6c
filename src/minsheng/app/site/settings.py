"""Settings, all from the environment. docs/operations.md lists the variables; nothing here knows a city."""

from __future__ import annotations

import os
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import django_htmx
from csp.constants import NONCE, NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from minsheng.core.features.loading import load
from minsheng.gateways import database

HERE = Path(__file__).resolve().parent
ENV = os.environ


def _flag(name: str) -> bool:
    return ENV.get(name, "") == "1"


def _whole(name: str, default: int, *, least: int = 0, most: int) -> int:
    """Return a setting that is a whole number. Raises: ValueError naming it, which the commands say in Chinese."""
    text = ENV.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:12]) <= most:
        raise ValueError(f"{name} 应为 {least} 到 {most} 的整数")
    return int(text)


# Seconds that a request waits in vain for the database, being let in and answered together, set where requests are
# served (`site.wsgi`); a command may take longer. The server ends a statement a little before, the client a server that
# stands still.
PATIENCE = _whole("MINSHENG_PATIENCE", 0, most=3600)


def _database(url: str) -> dict[str, object]:
    """Return Django's form of a connection URL; what Django has no word for goes to the driver."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "minsheng.app.site.database",
        "PATIENCE": PATIENCE or None,
        "NAME": str(parts.pop("dbname", "minsheng")),
        "USER": str(parts.pop("user", "")),
        "PASSWORD": str(parts.pop("password", "")),
        "HOST": str(parts.pop("host", "")),
        "PORT": str(parts.pop("port", "")),
        # Kept connections: without reuse the rate falls to a fifth. The health check lets a process live through a
        # restart of the server.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3 if PATIENCE else 5,
            "prepare_threshold": 5,
            "options": f"-c lock_timeout=10s -c statement_timeout={max(1, PATIENCE - 1) if PATIENCE else 60}s"
            " -c idle_in_transaction_session_timeout=120s",
            **parts,
        },
    }


VAR = Path(ENV.get("MINSHENG_VAR", "var")).resolve()
# What readiness asks of the disk, in bytes: with less, what is registered may be lost.
ROOM_NEEDED = 256 * 1024 * 1024
DEMO = _flag("MINSHENG_DEMO")
DEBUG = _flag("MINSHENG_DEBUG")
PLAIN_HTTP = DEMO or DEBUG or _flag("MINSHENG_PLAIN_HTTP")

# An empty key makes Django refuse to start; there is no default to forget about.
SECRET_KEY = ENV.get("MINSHENG_SECRET_KEY", "")
SECRET_KEY_FALLBACKS = [key for key in ENV.get("MINSHENG_SECRET_KEY_FALLBACKS", "").split(",") if key]
VAULT_KEY = ENV.get("MINSHENG_VAULT_KEY", "")
VAULT_OLD_KEYS = [key for key in ENV.get("MINSHENG_VAULT_OLD_KEYS", "").split(",") if key]
VAULT_CIPHER = ENV.get("MINSHENG_VAULT_CIPHER", "aes")

ALLOWED_HOSTS = ["*"] if DEMO else ENV.get("MINSHENG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in ENV.get("MINSHENG_ORIGINS", "").split(",") if origin]
BEHIND_PROXY = _flag("MINSHENG_BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Event streams have a process and a port of their own (`minsheng.app.site.live`). An empty address means the same host
# and that port, or behind a proxy the same origin (`minsheng.cases.live.origins`).
WEB_PORT = _whole("MINSHENG_PORT", 8000, most=65_535)
LIVE_PORT = _whole("MINSHENG_LIVE_PORT", WEB_PORT + 1, most=65_536)
LIVE_URL = ENV.get("MINSHENG_LIVE_URL", "")

ROOT_URLCONF = "minsheng.app.site.urls"
WSGI_APPLICATION = "minsheng.app.site.wsgi.application"
# What the product is made of: each `feature.py` says all that it brings, to the ledger, to the pages, to the lake. The
# relay tells them in this order, and the last one holds the lock that numbers signals.
FEATURES = [
    "minsheng.core.ledger",
    "minsheng.core.policies",
    "minsheng.core.lifecycles",
    "minsheng.core.files",
    "minsheng.core.people",
    "minsheng.core.snippets",
    "minsheng.core.words",
    "minsheng.core.reach",
    "minsheng.core.drafts",
    "minsheng.core.jobs",
    "minsheng.core.messages",
    "minsheng.cases.knowledge",
    "minsheng.cases.appeals",
    "minsheng.cases.orders",
    "minsheng.cases.checks",
    "minsheng.cases.notices",
    "minsheng.cases.coordination",
    "minsheng.cases.monitoring",
    "minsheng.cases.accountability",
    "minsheng.cases.inquiries",
    "minsheng.cases.sanctions",
    "minsheng.cases.registers",
    "minsheng.cases.library",
    "minsheng.cases.reviews",
    "minsheng.cases.questions",
    "minsheng.cases.forum",
    "minsheng.cases.incoming",
    "minsheng.cases.mystery",
    "minsheng.cases.honors",
    "minsheng.cases.surveys",
    "minsheng.cases.telephony",
    "minsheng.public.citizens",
    "minsheng.public.publication",
    "minsheng.public.encyclopaedia",
    "minsheng.public.questions",
    "minsheng.public.forum",
    "minsheng.public.portal",
    "minsheng.public.open311",
    "minsheng.public.surveys",
    "minsheng.public.apps",
    "minsheng.public.ratings",
    "minsheng.public.talks",
    "minsheng.figures.lake",
    "minsheng.figures.reports",
    "minsheng.workbench.things",
    "minsheng.desks",
    "minsheng.app.operation",
    "minsheng.desks.administration",
    "minsheng.desks.records",
    "minsheng.desks.help",
    "minsheng.cases.live",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "axes",
    "csp",
    "procrastinate.contrib.django",
    *[feature.app for feature in load(FEATURES) if feature.app],
    "minsheng.app.demo",
    "minsheng.app.site",
]
MIDDLEWARE = [
    "minsheng.app.operation.requests.identified",
    "minsheng.app.operation.measures.measured",
    "minsheng.app.site.middleware.headers",
    "minsheng.app.site.middleware.ContentPolicy",
    "minsheng.core.people.preferences.speak",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "minsheng.app.site.middleware.session_limits",
    "minsheng.app.site.uploads.body_limit",
    "minsheng.app.site.middleware.CleanForms",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "minsheng.app.site.context.frame",
                "minsheng.cases.live.context.stream",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# The named database, or the embedded one under MINSHENG_VAR (`minsheng.gateways.database` starts it).
URLS = database.current()
DATABASES = {"default": _database(URLS.app)}
if URLS.owner != URLS.app:
    # `minsheng migrate` uses this one; the application's role may not change tables.
    DATABASES["owner"] = _database(URLS.owner)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# The style sheet and the like are few and small: a view with a year's cache serves them (`site.pages.asset`), and
# `minsheng serve` may mount the same folder in granian. Nothing has to be collected first.
STATIC_URL = "/static/"
STATIC_FOLDER = HERE / "static"
# htmx comes with the wheel of django-htmx.
STATIC_FOLDERS = [STATIC_FOLDER, Path(django_htmx.__file__).parent / "static"]

AUTH_USER_MODEL = "people.Staff"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "minsheng.core.people.signin.StaffBackend"]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "minsheng.core.people.signin.OneCoreArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# What every policy refuses; length, classes and age are the city's own (`people.passwords`).
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "minsheng.core.people.signin.UnlikeTheAccountValidator"},
]

# Five failures lock the account for half an hour (GB/T 22239-2019 8.1.4.1 b); addresses are counted in `people.limits`.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "minsheng.core.people.signin.client_address"
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
# The page itself says that an account is locked (W002); the account is what is locked, from whatever address (W006).
SILENCED_SYSTEM_CHECKS = ["axes.W002", "axes.W006"]

SESSION_IDLE = timedelta(minutes=15)
SESSION_LONGEST = timedelta(hours=8)
# A citizen's account; what was filled in stays for as long as a draft does (`portal.drafts`).
CITIZEN_IDLE = timedelta(hours=2)
SESSION_ENGINE = "minsheng.core.people.sessions"
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_NAME = "minsheng" if PLAIN_HTTP else "__Host-minsheng"
CSRF_COOKIE_NAME = "minsheng_csrf" if PLAIN_HTTP else "__Host-minsheng_csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "minsheng.app.site.pages.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
# A script runs if the page's own nonce stands on it, and not otherwise; nothing is fetched from elsewhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "script-src": [NONCE],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 30
# The first keeps odd names recognizable; the others are Django's own.
FILE_UPLOAD_HANDLERS = [
    "minsheng.app.site.uploads.NamesAsTheyCame",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Files of more than this go to temporary files while they arrive.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Attachments (docs/adr/0010-attachments.md).
_MEGABYTE = 1024 * 1024
FILES_FOLDER = VAR / "files"
CLAMD = ENV.get("MINSHENG_CLAMD", "")
ANTIVIRUS_OFF = ENV.get("MINSHENG_ANTIVIRUS", "") == "off"
UPLOAD_LIMITS = {
    "file": _whole("MINSHENG_UPLOAD_FILE_MB", 20, most=100_000) * _MEGABYTE,
    "video": _whole("MINSHENG_UPLOAD_VIDEO_MB", 100, most=100_000) * _MEGABYTE,
    "order_files": _whole("MINSHENG_UPLOAD_ORDER_FILES", 10, most=10_000),
    "order": _whole("MINSHENG_UPLOAD_ORDER_MB", 200, most=100_000) * _MEGABYTE,
}
# What citizens have uploaded and not filed yet; it never lies among the records.
DRAFTS_FOLDER = VAR / "draft-files"

# Where citizens reach the portal, for links in text messages and for the way back from the register of real names.
PUBLIC_URL = ENV.get("MINSHENG_PUBLIC_URL", "").rstrip("/")
# The register of real names (OpenID Connect); without one, none, and in a demonstration an invented one.
OPENID = (
    {
        "issuer": ENV["MINSHENG_OIDC_ISSUER"],
        "client_id": ENV.get("MINSHENG_OIDC_CLIENT", ""),
        "client_secret": ENV.get("MINSHENG_OIDC_SECRET", ""),
        "scope": ENV.get("MINSHENG_OIDC_SCOPE", "openid profile"),
    }
    if ENV.get("MINSHENG_OIDC_ISSUER")
    else {}
)

# The file that names the providers of text messages, and that of boxes and servers of mail; empty for none.
SMS_FILE = ENV.get("MINSHENG_SMS_FILE", "")
SWITCH_FILE = ENV.get("MINSHENG_SWITCH_FILE", "")
CTI_FILE = ENV.get("MINSHENG_CTI_FILE", "")
MAIL_FILE = ENV.get("MINSHENG_MAIL_FILE", "")
# Where scanners put what came by post, a folder with the code of each city in it; empty: nowhere.
SCANS_FOLDER = ENV.get("MINSHENG_SCANS_FOLDER", "")
# The file that names the accounts in WeChat, WeCom and Alipay; empty for none.
WECHAT_FILE = ENV.get("MINSHENG_WECHAT_FILE", "")
# The collector outside that `minsheng audit send` tells of facts and refusals.
AUDIT_SYSLOG = ENV.get("MINSHENG_AUDIT_SYSLOG", "")

# Where `minsheng backup run` keeps the backups; its state is looked at, nothing is written there by the web.
BACKUP_FOLDER = Path(ENV["MINSHENG_BACKUP"]).resolve() if ENV.get("MINSHENG_BACKUP") else None
# The city's own service by which staff may sign in (OpenID Connect, too); none, no such way.
OPENID_STAFF = (
    {
        "issuer": ENV["MINSHENG_STAFF_OIDC_ISSUER"],
        "client_id": ENV.get("MINSHENG_STAFF_OIDC_CLIENT", ""),
        "client_secret": ENV.get("MINSHENG_STAFF_OIDC_SECRET", ""),
        "scope": ENV.get("MINSHENG_STAFF_OIDC_SCOPE", "openid"),
    }
    if ENV.get("MINSHENG_STAFF_OIDC_ISSUER")
    else {}
)

# The lake that figures are counted from, and the office's licensed fonts, taken before ours (docs/reports.md).
LAKE_FOLDER = Path(ENV.get("MINSHENG_LAKE") or VAR / "lake")
FONTS_FOLDER = ENV.get("FONTS_DIR", "")

# Procrastinate: of its application for Django we use the tables alone.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
# How many streams of each kind are compared with the ledger's digests once a day.
LEDGER_SAMPLE = 200

# Who may read `/metrics`: addresses and networks, this machine without a word; the office's error tracker, if any.
METRICS_FROM = [ip_network(each.strip()) for each in ENV.get("MINSHENG_METRICS_FROM", "127.0.0.0/8,::1").split(",")]
FAULTS_DSN = ENV.get("MINSHENG_SENTRY_DSN", "")
FAULTS_ENVIRONMENT = ENV.get("MINSHENG_SENTRY_ENVIRONMENT", "production")

LOG_FORMAT = ENV.get("MINSHENG_LOG_FORMAT") or "line"
if LOG_FORMAT not in ("line", "json"):
    raise ValueError("MINSHENG_LOG_FORMAT 应为 line 或 json")
LOG_LEVEL = ENV.get("MINSHENG_LOG", "")
if LOG_LEVEL not in ("", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ValueError("MINSHENG_LOG 应为 DEBUG、INFO、WARNING、ERROR、CRITICAL 之一")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "minsheng.app.operation.logs.Lines", "style": LOG_FORMAT},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL or "WARNING"},
    "loggers": {
        "minsheng": {"level": LOG_LEVEL or "INFO"},
        # A 404 or 403 is an answer, not a fault, and its line would carry addresses.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "axes": {"level": "ERROR"},
        # It says every address that it asks, and some of them hold a token.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # Jobs log their own faults, with words that are masked (`core.jobs.tasks`).
        "procrastinate": {"level": "CRITICAL"},
    },
}
