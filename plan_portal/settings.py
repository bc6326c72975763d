"""Settings, read from the environment by `environment.py`, which refuses nonsense in a sentence
(docs/running.md lists what there is to set). Everything else is decided here."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from core.web.logs import to_stderr
from plan_portal import __version__, environment
from plan_portal.nodes import chosen

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = __version__
VAR_DIR = BASE_DIR / "var"

DEBUG = environment.debug()
SECRET_KEY = environment.text("SECRET_KEY")
# Earlier keys: what was signed or encrypted with them still opens (docs/running.md, “A new key”).
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set SECRET_KEY in the environment, "
            "or DEBUG=1 on a machine of your own."
        )
    SECRET_KEY = "only-for-a-machine-of-your-own-never-for-a-server-on-a-network"  # noqa: S105
ALLOWED_HOSTS = environment.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.origins("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "corsheaders",
    "simple_history",
    "django_htmx",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
    "plan_portal",
    "core",
    "tasks",
    "accounts",
    "communes",
    "programs",
    "trainings",
    "disbursements",
    "monitoring",
    "imports",
    "reports",
]

MIDDLEWARE = [
    "core.web.observed.Observed",
    "core.web.cors.Cors",
    "reports.again.Again",  # the same answer to the same request; looks at who asks itself
    "core.web.cookies.PrefixedCookies",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",  # outside of what answers early: every answer has its policy
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.CompressedPages",
    "core.web.middleware.PrivatePages",
    "accounts.authentication.TokenHeaders",
    "core.api.problems.Problems",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.web.preferences.LanguageMiddleware",
    "core.web.middleware.NoApiWithoutHttps",
    "core.web.practice.Practice",
    "accounts.throttling.PagesPerSession",
    "core.web.body_limit.BodyLimit",
    "core.web.middleware.NoNullCharacters",
    "core.web.middleware.CleanText",
    "core.web.middleware.Addresses",
    "core.web.middleware.PageAbove",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "core.web.middleware.Remarks",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sign_in.second_factor.RequireSecondFactor",
    "core.web.middleware.SetUpFirst",
    "core.web.failures.DatabaseAway",
    "axes.middleware.AxesMiddleware",
    "accounts.sign_in.lockout.CountGuesses",
    "accounts.form_keys.OneEffectPerForm",  # runs the view: nothing may come after it
]

ROOT_URLCONF = "plan_portal.urls"
WSGI_APPLICATION = "plan_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.templatetags.form_key"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plan_portal.site.context.portal",
            ],
        },
    }
]


# The database is reached through PgBouncer in transaction mode: no start-up options (lock_timeout
# is then the role's, docs/scale.md) and no cursors of the server's.
PGBOUNCER = environment.yes_or_no("PGBOUNCER")


def database() -> dict[str, Any]:
    """The database of DATABASE_URL with the options each engine needs (DESIGN, ground rules)."""
    (VAR_DIR).mkdir(exist_ok=True)
    config = environment.database_url(f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
    config["ATOMIC_REQUESTS"] = False
    config["CONN_MAX_AGE"] = 600  # of SQLite see core/services/kept_connections.py
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        return config
    config["CONN_HEALTH_CHECKS"] = True
    config["DISABLE_SERVER_SIDE_CURSORS"] = PGBOUNCER
    started_with = {} if PGBOUNCER else {"options": "-c lock_timeout=10000"}
    config["OPTIONS"] = {**config.get("OPTIONS", {}), **started_with}
    return config


DATABASES = {"default": database()}
# What several nodes share besides (docs/scale.md): limits are counted here.
CACHES = {"default": chosen.cache("CACHE_URL", DATABASES["default"]["ENGINE"])}
# Reads may go to a replica that is at most so many seconds behind (plan_portal/nodes/replica.py).
REPLICA_LAG_SECONDS = environment.whole_number("REPLICA_LAG_SECONDS", 10)
DATABASE_ROUTERS: list[str] = []
if environment.text("REPLICA_URL"):
    DATABASES["replica"] = chosen.replica("REPLICA_URL", DATABASES["default"])
    CACHES["marks"] = chosen.marks()
    DATABASE_ROUTERS = ["plan_portal.nodes.replica.Router"]
    before = MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")
    MIDDLEWARE.insert(before, "plan_portal.nodes.replica.ReadsMayBeElsewhere")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True  # reasons are longer than 100 letters
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - a model's name
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "accounts.sign_in.lockout.LockoutBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Guesses at passwords: so many for a name from one place (sign_in/lockout.py).
AXES_HANDLER = "accounts.sign_in.lockout.Handler"
AXES_LOCKOUT_PARAMETERS = "accounts.sign_in.lockout.counted_by"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "accounts.sign_in.lockout.locked_page"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in when is nobody's to look up
AXES_CLIENT_IP_CALLABLE = "accounts.sign_in.lockout.address_of"
AXES_SENSITIVE_PARAMETERS = [  # never kept with what was counted
    *("username", "ip_address", "code"),
    *("old_password", "new_password1", "new_password2"),
]
# How many proxies of one's own stand in front and add to X-Forwarded-For.
PROXIES = environment.whole_number("PROXIES", 0, most=10)
# Wrong passwords from one address, or for one name, from which on others have fewer tries.
ADDRESS_FAILURE_LIMIT = environment.whole_number("ADDRESS_FAILURE_LIMIT", 60)
# Whether those who approve, or all, must have a second factor.
REQUIRE_SECOND_FACTOR = environment.yes_no_or_all("REQUIRE_SECOND_FACTOR")
MFA_ADAPTER = "accounts.sign_in.second_factor.Adapter"
MFA_TOTP_ISSUER = "Plan Portal"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.sign_in.office_words.NoOfficeWords"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # also of an invitation; a page says three days
SESSION_COOKIE_AGE = environment.whole_number("SESSION_HOURS", 12) * 3600
SESSION_ENGINE = "accounts.sign_in.sessions"
# Without a request for so long somebody signs in again; 0: not before SESSION_HOURS.
SESSION_IDLE_MINUTES = environment.whole_number("SESSION_IDLE_MINUTES", 120)
# People come by HTTPS: a web server of one's own with a certificate stands in front.
HTTPS = environment.yes_or_no("HTTPS") and not DEBUG
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_HTTPONLY = "Lax", True
# Asked from the machine itself; a program is refused and not led on (NoApiWithoutHttps).
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$", "^api/"]
# 0 where browsers do not trust the certificate: with more they let nobody pass.
HSTS_SECONDS = environment.whole_number("HSTS_SECONDS", 31_536_000)
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
if HTTPS and PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Being on the browsers' own list of HTTPS hosts is for who owns the domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["core.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = Path(environment.folder("STATIC_ROOT", VAR_DIR / "static"))
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [
    BASE_DIR / "static",
    ("screens", BASE_DIR / "docs" / "screens"),
]
# Hashed names once `collectstatic` has made them (core/web/static_files.py); plain ones before.
HASHED = not DEBUG and (STATIC_ROOT / "staticfiles.json").exists()
COLLECTS = "collectstatic" in sys.argv
PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "webp", "woff", "woff2", "gz", "br", "map")
STORAGES = {
    "default": chosen.storage("FILE_STORAGE"),
    "staticfiles": {
        "BACKEND": "core.web.static_files.HashedFiles" if HASHED or COLLECTS else PLAIN_FILES
    },
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = environment.folder("MEDIA_ROOT", VAR_DIR / "media")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# How many days is kept what is not kept for ever (plan_portal/retention.py).
NOTICE_DAYS = environment.whole_number("NOTICE_DAYS", 180)  # 0: for ever
FAILED_SIGN_IN_DAYS = environment.whole_number("FAILED_SIGN_IN_DAYS", 30)
IDEMPOTENCY_DAYS = environment.whole_number("IDEMPOTENCY_DAYS", 7)  # a key and its first answer
TASK_DAYS = environment.whole_number("TASK_DAYS", 30)  # what is known of a task that has ended
LETTER_DAYS = environment.whole_number("LETTER_DAYS", 30)  # that a letter went, or failed
UNUSED_WORKBOOK_DAYS = environment.whole_number("UNUSED_WORKBOOK_DAYS", 90)  # 0: for ever
CHANGES_DAYS = environment.whole_number("CHANGES_DAYS", 90)  # for who follows /api/v1/changes/
MAX_BODY_MB = environment.whole_number("MAX_BODY_MB", 210)  # twenty files of 10 MB, and a form
VIRUS_SCANNER = environment.program("VIRUS_SCANNER")  # core/services/virus_scan.py

# Backups (docs/backup.md); what they mean is read in plan_portal/backup/options.py.
BACKUP_DIR = environment.folder("BACKUP_DIR", VAR_DIR / "backups")
BACKUP_SECOND_DIR = environment.folder("BACKUP_SECOND_DIR", "")
BACKUP_KEY = environment.backup_key()
BACKUP_KEEP = environment.backup_keep("7,4,12")  # days, weeks, months
BACKUP_LATE_HOURS = environment.whole_number("BACKUP_LATE_HOURS", 26)  # /readyz says so from then
DISK_RESERVE_MB = environment.whole_number("DISK_RESERVE_MB", 200)  # with less: not ready

# Long work waits in the database (ADR 25). 0 where `manage.py work` runs somewhere by itself.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
WORK_TASKS = environment.yes_or_no("WORK_TASKS", True)

EMAIL_BACKEND = environment.mail_backend("django.core.mail.backends.console.EmailBackend")
EMAIL_TIMEOUT = 20  # seconds
if email_url := environment.text("EMAIL_URL"):
    globals().update(environment.mail_url(email_url))
# Ways by which no letter reaches anybody: pages then show what they would have sent.
MAIL_GOES_NOWHERE = ("console", "dummy", "filebased")
PORTAL_URL = environment.web_address(  # in emails
    "PORTAL_URL", environment.text("PORTAL_URL", "http://127.0.0.1:8000")
)
DEFAULT_FROM_EMAIL = environment.mail_address("DEFAULT_FROM_EMAIL", "plan-portal@localhost")

REST_FRAMEWORK = {
    "NUM_PROXIES": PROXIES,
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.RolePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.PerToken", "accounts.throttling.PerAddress"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.base.Negotiation",
    "DEFAULT_PAGINATION_CLASS": "core.api.base.Pages",
    "DEFAULT_FILTER_BACKENDS": [
        "core.api.filter_backends.Backend",
        "core.api.moments.Since",
        "core.api.filter_backends.Ordering",
    ],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.Described",
    "EXCEPTION_HANDLER": "core.api.base.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.base.JSONBody"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Requests a minute, over all nodes that share a cache; of one in memory in each server process. One
# address may be a whole office behind a router.
API_RATES = {"read": 6000, "write": 1200, "address": 12000, "refused": 60, "shared": 60}
API_RATES["pages"] = 3000  # of one session: nobody reads so fast, a program that crawls does
# Origins whose pages may read the API with a token (https://tinh.example.vn); none unless named.
CORS_ALLOWED_ORIGINS = environment.origins("CORS_ALLOWED_ORIGINS")
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "accept-language", "authorization", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Retry-After", "Token-Expires", "Data-Age"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]
API_ONCE = "accounts.idempotency.idempotently"  # how a write runs once per Idempotency-Key
API_HXL = "plan_portal.hxl.TAGS"  # tags of the columns of a CSV
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Plan Portal",
    "DESCRIPTION": (
        "Plan against disbursement of a programme area, and what belongs to it. Ten minutes from "
        "a token to a chart: docs/api.md. Money is whole đồng. What is outside your scope does not "
        "exist for you.\n\nA list is also a file, every page of it: `format=csv` (`delimiter`, "
        "`decimal`, `hxl=1`), `xlsx` or `jsonl`; `fields=` names those to answer with."
    ),
    "VERSION": "1",
    "LICENSE": {"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"},
    "CONTACT": {"name": "The portal's administrator", "url": PORTAL_URL},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "APPEND_COMPONENTS": yaml.safe_load((BASE_DIR / "core/api/openapi.yaml").read_text())[
        "components"
    ],
    "ENUM_NAME_OVERRIDES": {
        "OutputStateEnum": "programs.models.outputs.OutputState",
        "HandedOnKindEnum": "monitoring.models.handed_on.HandedOnKind",
        "YearStateEnum": "programs.models.YearState",
        "ReportKindEnum": "reports.models.ReportKind",
        "ReportDraftKindEnum": "reports.issued_api.WRITTEN",
        "RecordKindEnum": "monitoring.discussion.kinds.KINDS",
        "UploadKindEnum": "imports.api.NAMES",
        "SharedLinkStateEnum": "reports.shared.api.OPEN_OR_NOT",
        "PlanScopeEnum": "imports.api.SCOPES",
        "UploadStateEnum": "imports.models.UploadState",
    },
    "COMPONENT_SPLIT_REQUEST": True,
    "RENDERER_WHITELIST": ["rest_framework.renderers.JSONRenderer"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.complete",
    ],
    "AUTHENTICATION_WHITELIST": ["accounts.authentication.ApiTokenAuthentication"],
    "SWAGGER_UI_DIST": "SIDECAR",
}

PRACTICE = environment.yes_or_no("PRACTICE")  # to practise on; every page says so

# What the portal says of itself is on standard error (core/web/logs.py), each answer too; Django's
# own setting keeps silent where DEBUG is off.
LOG_FORMAT = environment.one_of("LOG_FORMAT", "text" if DEBUG else "json", ("json", "text"))
LOGGING = to_stderr(LOG_FORMAT)
LOGGING["loggers"] |= {
    "django": {"handlers": [], "propagate": True},
    "django.request": {"level": "ERROR"},  # not what nobody finds or may see
    "django.security.DisallowedHost": {"level": "CRITICAL"},  # whoever tries addresses
}
SLOW_QUERY_MS = environment.whole_number("SLOW_QUERY_MS", 500)  # 0: none is noted
SLOW_QUERY_FILE = VAR_DIR / "slow-queries.jsonl"
METRICS_TOKEN = environment.text("METRICS_TOKEN")  # without it /metrics answers this machine alone
environment.report_to_sentry(VERSION)
