"""Settings, read from the environment (DESIGN section 4): DATABASE_URL, SECRET_KEY, DEBUG,
ALLOWED_HOSTS, MEDIA_ROOT. Everything else is decided here."""

import sys
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from plan_portal import __version__

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = __version__
VAR_DIR = BASE_DIR / "var"

env = environ.Env()


def whole_number(name: str, default: int) -> int:
    """A setting that is a whole number from 0."""
    text = env.str(name, default=str(default)).strip()
    if not text.isascii() or not text.isdigit():
        raise ImproperlyConfigured(f"{name} is “{text}”: give a whole number.")
    return int(text)


DEBUG = env.str("DEBUG", default="0") == "1"
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set SECRET_KEY in the environment, "
            "or DEBUG=1 on a machine of your own."
        )
    SECRET_KEY = "only-for-a-machine-of-your-own-never-for-a-server-on-a-network"  # noqa: S105
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

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
    "plan_portal",
    "core",
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
    "core.web.cors.Cors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.CompressedPages",
    "core.web.middleware.PrivatePages",
    "accounts.authentication.TokenHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.web.preferences.LanguageMiddleware",
    "core.web.middleware.NoNullCharacters",
    "core.web.middleware.CleanText",
    "core.web.middleware.Addresses",
    "core.web.middleware.PageAbove",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "core.web.middleware.Remarks",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
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
                "plan_portal.frame.context.portal",
            ],
        },
    }
]


def database_url(text: str) -> dict:
    """What DATABASE_URL says; one sentence where it cannot be meant. A password is never shown."""
    shape = "Write postgresql://user:password@host:5432/name or sqlite:////folder/file.sqlite3."
    try:
        config = env.db_url_config(text) if "://" in text else {}
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL is not understood. {shape}") from error
    engine = config.get("ENGINE", "").rpartition(".")[2]
    if engine not in ("sqlite3", "postgresql") or "." not in config["ENGINE"]:
        raise ImproperlyConfigured(f"DATABASE_URL names no PostgreSQL or SQLite. {shape}")
    if not config["NAME"]:
        raise ImproperlyConfigured(f"DATABASE_URL names no database. {shape}")
    folder = Path(config["NAME"]).parent
    if engine == "sqlite3" and config["NAME"] != ":memory:" and not folder.is_dir():
        raise ImproperlyConfigured(f"The folder of DATABASE_URL is not there: {folder}")
    return config


def database() -> dict:
    """The database of DATABASE_URL with the options each engine needs (DESIGN, ground rules)."""
    (VAR_DIR).mkdir(exist_ok=True)
    config = database_url(env.str("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"))
    config["ATOMIC_REQUESTS"] = False
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        config["CONN_MAX_AGE"] = 600
        config["CONN_HEALTH_CHECKS"] = True
        config["OPTIONS"] = {"options": "-c lock_timeout=10000"}
    return config


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True  # reasons are longer than 100 letters
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - a model's name
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "accounts.backends.LockoutBackend",
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
PROXIES = env.int("PROXIES", default=0)
# Wrong passwords from one address, or for one name, from which on others have fewer tries.
ADDRESS_FAILURE_LIMIT = env.int("ADDRESS_FAILURE_LIMIT", default=60)
# Whether those who approve must have a second factor.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=False)
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
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # also of an invitation; a page says three days
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG and env.bool("HTTPS", default=False)
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
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Hashed names once `collectstatic` has made them (core/web/static_files.py); plain ones before.
HASHED = not DEBUG and (STATIC_ROOT / "staticfiles.json").exists()
COLLECTS = "collectstatic" in sys.argv
PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "webp", "woff", "woff2", "gz", "br", "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "core.web.static_files.HashedFiles" if HASHED or COLLECTS else PLAIN_FILES
    },
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Backups (docs/backup.md); what they mean is read in plan_portal/backup/options.py.
BACKUP_DIR = env.str("BACKUP_DIR", default=str(VAR_DIR / "backups"))
BACKUP_SECOND_DIR = env.str("BACKUP_SECOND_DIR", default="")
BACKUP_KEY = env.str("BACKUP_KEY", default="")
BACKUP_KEEP = env.str("BACKUP_KEEP", default="7,4,12")  # days, weeks, months
BACKUP_LATE_HOURS = whole_number("BACKUP_LATE_HOURS", 26)  # /readyz says so from then on
DISK_RESERVE_MB = whole_number("DISK_RESERVE_MB", 200)  # with less, /readyz is not ready


def mail_url(text: str) -> dict:
    """The settings that EMAIL_URL stands for; one sentence where it cannot be meant."""
    shape = "Write smtp+tls://user:password@host:587 or smtp+ssl://user:password@host:465."
    try:
        found = env.email_url_config(text)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"EMAIL_URL is not understood. {shape}") from error
    if found["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not found["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"EMAIL_URL names no host. {shape}")
    if found["EMAIL_PORT"] == 465:  # where TLS begins at once, whatever the address calls it
        found |= {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True}
    if found["EMAIL_FILE_PATH"]:
        found["EMAIL_FILE_PATH"] = f"/{found['EMAIL_FILE_PATH']}"
    return {name: value for name, value in found.items() if value not in (None, "")}


EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
EMAIL_TIMEOUT = 20  # seconds
if email_url := env.str("EMAIL_URL", default=""):
    globals().update(mail_url(email_url))
# Ways by which no letter reaches anybody: pages then show what they would have sent.
MAIL_GOES_NOWHERE = ("console", "dummy", "filebased")
PORTAL_URL = env.str("PORTAL_URL", default="http://127.0.0.1:8000")  # in emails
MAIL_IN_BACKGROUND = True
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="plan-portal@localhost")

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
# Requests a minute, in each server process. One address may be a whole office behind a router.
API_RATES = {"read": 6000, "write": 1200, "address": 12000, "refused": 60}
# Origins whose pages may read the API with a token (https://tinh.example.vn); none unless named.
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/v1/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "accept-language", "authorization", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Retry-After", "Token-Expires"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]
API_ONCE = "accounts.idempotency.idempotently"  # how a write runs once per Idempotency-Key
IDEMPOTENCY_DAYS = 7  # how long a key and its first answer are kept
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Plan Portal",
    "DESCRIPTION": (
        "Plan against disbursement of a programme area, and what belongs to it. Ten minutes from "
        "a token to a chart: docs/api.md. Money is whole đồng. What is outside your scope does not "
        "exist for you."
    ),
    "VERSION": "1",
    "LICENSE": {"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"},
    "CONTACT": {"name": "The portal's administrator", "url": PORTAL_URL},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "core.api.schema.InEnglish",
    "ENUM_NAME_OVERRIDES": {"OutputStateEnum": "programs.models.outputs.OutputState"},
    "COMPONENT_SPLIT_REQUEST": True,
    "GET_LIB_DOC_EXCLUDES": "core.api.schema.no_descriptions",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.complete",
    ],
    "AUTHENTICATION_WHITELIST": ["accounts.authentication.ApiTokenAuthentication"],
    "SWAGGER_UI_DIST": "SIDECAR",
}

# What goes wrong is said on standard error, with its traceback: Django's own setting keeps silent
# where DEBUG is off.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # not what nobody finds or may see
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # whoever tries addresses
    },
}
