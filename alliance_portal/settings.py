"""Settings, read from the environment (`.env` in PORTAL_HOME works too).

Nothing here is secret: a production install sets SECRET_KEY, DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL and
ALLOWED_HOSTS; without the addresses the embedded servers are used (see `embedded.py` and docs/adr/0002).
"""

import logging
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

from . import embedded, logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
HOME = embedded.home()
environ.Env.read_env(HOME / ".env", overwrite=False)

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or embedded.secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "alliance_portal.urls"
WSGI_APPLICATION = "alliance_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "alliance_portal.apps.PortalConfig",
    "tenants",
    "ledgers",
    "notices",
    "enterprises",
    "alliances",
    "policies",
    "demands",
    "reports",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "alliance_portal.apps.OwnStaticFilesConfig",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "django_filters",
    "django_htmx",
    "csp",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "django_structlog",
    "django_prometheus",
]

MIDDLEWARE = [
    "alliance_portal.request_id.RequestIdMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "alliance_portal.health.MachinePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.middleware.TenantScopeMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "alliance_portal.navigation.page_frame",
            ],
        },
    },
]

# Two roles (docs/adr/0003): the application works as one that row-level security binds; the owner only migrates.
DATABASES = {
    "default": env.db_url_config(env.str("DATABASE_URL", "") or embedded.database_url("portal_app")),
    "owner": env.db_url_config(
        env.str("DATABASE_OWNER_URL", "") or env.str("DATABASE_URL", "") or embedded.database_url("portal_owner")
    ),
}
# Every worker thread keeps its connection for a while instead of a pool (docs/adr/0010).
DATABASES["default"] |= {"ATOMIC_REQUESTS": True, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASE_ROUTERS: list[str] = []
REDIS_URL = env.str("REDIS_URL", "") or embedded.redis_url()
# Seconds after which a Valkey that does not answer counts as down, so that no request waits for it without end.
CACHE_TIMEOUT, BROKER_TIMEOUT = 2, 5
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"{REDIS_URL}/1",
        "KEY_FUNCTION": "tenants.scope.cache_key",
        "OPTIONS": {"socket_connect_timeout": CACHE_TIMEOUT, "socket_timeout": CACHE_TIMEOUT},
    },
}
CACHES["sessions"] = CACHES["default"] | {"BACKEND": "alliance_portal.session_cache.SessionCache"}
SESSION_CACHE_ALIAS = "sessions"

# Accounts
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = [
    "tenants.accounts.PortalBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "tenants.passwords.LengthValidator",
        "OPTIONS": {"min_length": env.int("PASSWORD_MIN_LENGTH", 10)},
    },
    {
        "NAME": "tenants.passwords.CharacterClassesValidator",
        "OPTIONS": {"classes": env.int("PASSWORD_CLASSES", 3)},
    },
    {"NAME": "tenants.passwords.UncommonValidator"},
    {
        "NAME": "tenants.passwords.UnlikeValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "phone")},
    },
    {"NAME": "tenants.passwords.NotUsedBeforeValidator"},
]
PASSWORD_MAX_AGE = timedelta(days=env.int("PASSWORD_MAX_AGE_DAYS", 90))
PASSWORD_HISTORY = env.int("PASSWORD_HISTORY", 5)
INVITATION_VALIDITY = timedelta(days=env.int("INVITATION_DAYS", 7))
CRYPTO_SUITE = env.str("CRYPTO_SUITE", "sm")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "account_login"
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
ACCOUNT_ADAPTER = "tenants.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "tenants.forms.SignInForm",
    "change_password": "tenants.forms.PasswordForm",
    "reauthenticate": "tenants.forms.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False
# The other sessions end with the old password; whoever has just proved himself goes on working.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Per account strict, per address generous: one office is one address behind NAT (security.md "People").
LOGIN_ATTEMPTS, LOCKOUT_MINUTES = env.int("LOGIN_ATTEMPTS", 5), env.int("LOCKOUT_MINUTES", 15)
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"{LOGIN_ATTEMPTS}/{LOCKOUT_MINUTES}m/key,200/10m/ip",
    "login": "600/m/ip",
}
# How many proxies of our own stand in front: the client's address is taken from X-Forwarded-For that far back.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "产业链党建联盟"
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "tenants.accounts.SecondStepAdapter"
MFA_FORMS = {
    "authenticate": "tenants.forms.SecondStepForm",
    "reauthenticate": "tenants.forms.SecondStepAgainForm",
    "activate_totp": "tenants.forms.SecondStepSetupForm",
}
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(hours=env.int("SESSION_HOURS", 12)).total_seconds())
SESSION_ABSOLUTE_TIMEOUT = timedelta(seconds=SESSION_COOKIE_AGE)
SESSION_IDLE_TIMEOUT = timedelta(minutes=env.int("SESSION_IDLE_MINUTES", 60))
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# HTTPS stands in front of every production install; the embedded demo speaks plain HTTP on loopback.
HTTPS = env.bool("HTTPS", False)
# Two-step verification of administrators, city staff and operators: on in production, off in the demo.
MFA_REQUIRED = env.bool("MFA_REQUIRED", HTTPS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "alliance_portal.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# How many proxies of ours stand in front: with 0 the address of the connection counts in sign-in limits.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
# Checks that do not apply, each with its reason.
SILENCED = {
    "security.W005": "HSTS for subdomains: the portal speaks for its own host name only, not for its neighbours'.",
    "security.W008": "SECURE_SSL_REDIRECT: the proxy redirects to HTTPS (deploy/nginx.conf).",
    "security.W021": "HSTS preload lists are for public hosts; offices run on closed networks.",
}
SILENCED_SYSTEM_CHECKS = list(SILENCED)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_MAX_BYTES = env.int("FILE_MAX_MB", 20) * 1024 * 1024
# What one tenant's files may take in all.
FILE_QUOTA_BYTES = env.int("FILE_QUOTA_MB", 10_240) * 1024 * 1024
IMAGE_MAX_PIXELS = env.int("IMAGE_MAX_MEGAPIXELS", 50) * 1_000_000
LEDGER_MAX_BYTES = env.int("LEDGER_MAX_MB", 50) * 1024 * 1024
# Out of the portal (docs/adr/0067): a mail server if there is one, e.g. smtp+tls://user:password@mail.example:587.
MAIL_SERVER = env.email_url("EMAIL_URL", default="dummymail://")
vars().update(MAIL_SERVER)
HAS_MAIL_SERVER = not MAIL_SERVER["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "portal@localhost")
EMAIL_TIMEOUT = 20
# The address by which people know the portal, for texts that are written without a request.
PORTAL_URL = env.str("PORTAL_URL", "")
ROBOT_ADDRESSES = {"wecom": "wecombot://{key}", "dingtalk": "dingtalk://{key}"}

# Jobs: acks late, so a killed worker's task starts again; the hard limit stays below the visibility timeout, else
# the broker would start a task that still runs a second time (security.md "Jobs").
CELERY_BROKER_URL = f"{REDIS_URL}/0"
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_TASK_TIME_LIMIT = 30 * 60
# A broker that does not answer must not hold up the request that enqueues: the relay sends its job later.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60,
    "socket_connect_timeout": BROKER_TIMEOUT,
    "socket_timeout": BROKER_TIMEOUT,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "relay-jobs": {"task": "tenants.jobs_relay", "schedule": 30.0},
    "beat-heartbeat": {"task": "tenants.beat_heartbeat", "schedule": 30.0},
    "send-messages": {"task": "notices.deliveries", "schedule": 60.0},
    # Terms change with the day, so at midnight in Shanghai; every further hour repairs what is amiss.
    "turn-rotations": {"task": "alliances.rotations_turn", "schedule": crontab(minute=0)},
    # Once a day is enough for plans a year ahead; a missed day is made up on the next.
    "plan-meetings": {"task": "alliances.meetings_ahead", "schedule": crontab(hour=6, minute=15)},
    "remind-certificates": {"task": "enterprises.certificates_remind", "schedule": crontab(hour=6, minute=30)},
    "remind-of-agreements": {"task": "alliances.agreements_remind", "schedule": crontab(hour=7, minute=30)},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tenants.api.ScopedTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "tenants.api.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {"TITLE": "产业链党建联盟 API", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# Logs and metrics: no addresses, and one line per request or task instead of two (logs.py).
LOGGING = logs.config(json=not DEBUG)
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # set by our own RequestIdMiddleware
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
DEMO_PORT = env.int("PORT", 8000)
