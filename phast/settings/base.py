"""Settings that are safe for production. What differs between machines comes from the environment (see `.env.example`)."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF

ROOT = Path(__file__).resolve().parents[2]

env = environ.Env()

# ------------------------------------------------------------------ where we run
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
# The address people type, for links in e-mail and PDFs: there is no request in a worker.
SITE_URL = env("SITE_URL", default=f"https://{ALLOWED_HOSTS[0]}" if ALLOWED_HOSTS else "")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if SITE_URL else [])
DEBUG = False
# Sample data and sign-ins that anyone can read on the sign-in page; a system check refuses it off loopback.
DEMO = env.bool("DEMO", default=False)
DEMO_PASSWORD = env("DEMO_PASSWORD", default="")  # of the demo sign-ins
# Everything that is not in the database: drawn reports and uploaded files.
FILES_ROOT = Path(env("FILES_ROOT", default=str(ROOT / "var" / "files")))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "phast.access.admin_app.PortalAdminConfig",
    "django.forms",
    # Ours come before allauth, so that its pages wear our templates.
    "phast.ui",
    "phast.access",
    "phast.accounts",
    "phast.audit",
    "phast.geo",
    "phast.charts",
    "phast.jobs",
    "phast.mail",
    "phast.reports",
    "phast.redaction",
    "phast.takeout",
    "phast.embedded",
    "coalitions",
    "plans",
    "lbn",
    "deflection",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "import_export",
    "pghistory",
    "pgtrigger",
    "tree_queries",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "phast.access.middleware.PrivateByDefault",
    "phast.ui.middleware.WrongMethod",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "phast.access.middleware.LastPerson",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "phast.urls"
WSGI_APPLICATION = "phast.wsgi.application"
FORM_RENDERER = "phast.ui.forms.PortalRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "phast.ui.context.portal",
            ],
            "builtins": ["phast.ui.templatetags.ui"],
        },
    }
]

# ------------------------------------------------------------------ database, cache, sessions
DATABASES = {"default": env.db("DATABASE_URL")}
# A page of ten queries takes half the time when the connection is kept; the check finds one that died with the server.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database too, so that a lost broker never signs anyone out.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 24 * 3600  # counting on a phone; everything else asks again sooner (REAUTHENTICATE_AFTER)
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
CSRF_FAILURE_VIEW = "phast.ui.views.csrf_failure"
# After this many seconds everything but counting asks who you are again.
REAUTHENTICATE_AFTER = 12 * 3600

# ------------------------------------------------------------------ headers
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # allauth draws the one-time-code picture as data:
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", default=120)  # of one token of a records system
FILE_UPLOAD_PERMISSIONS = 0o640

# ------------------------------------------------------------------ people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "phast.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "phast.accounts.forms.LoginForm",
    "reauthenticate": "phast.accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
# A phone stays signed in for counting: addresses, like the second factor, change only right after showing who one is.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,20/5m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "PHAST portal"
USERSESSIONS_TRACK_ACTIVITY = False  # would write on every page that is only read
# Where an actor's memberships come from; `phast` itself knows no app's nouns.
ACTOR_SOURCE = "coalitions.selectors.actor_for"
MEMBERSHIP_MODEL = "coalitions.Membership"

# ------------------------------------------------------------------ background work
REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # A broker that is down or hangs must not hold up a page: the job row is safe already, the nudge is only speed.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "max_retries": 0,  # without it a message to a broker that is down takes 6 s to fail
        "socket_connect_timeout": 0.5,
        "socket_timeout": 0.5,
        "visibility_timeout": 3600,
    }
else:
    _queue = Path(env("QUEUE_DIR", default=str(ROOT / "var" / "queue")))
    CELERY_BROKER_URL = "filesystem://localhost//"  # without a host every message writes a warning to the log
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "store_processed": False,
        "polling_interval": 0.1,  # 59 ms from nudge to start; the default takes half a second
    }
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "quick"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60  # seconds; a slow machine takes longer than the default 4 to load the portal
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "UTC"
# How long a worker may work on a job without a sign of life before another one takes it over (`phast.jobs`).
JOB_LEASE = env.float("JOB_LEASE", default=120)  # seconds
JOB_SWEEP = env.float("JOB_SWEEP", default=15)  # seconds between two looks for jobs that nobody does
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "phast.jobs.sweep", "schedule": JOB_SWEEP, "options": {"expires": JOB_SWEEP}},
    "open-periods": {"task": "lbn.open_periods", "schedule": 600.0},
    "remind-reports": {"task": "lbn.remind_reports", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "forget-uploads": {"task": "lbn.forget_abandoned", "schedule": 86400.0},
    "forget-takeouts": {"task": "phast.takeout.forget", "schedule": 3600.0},
    "record-coverage": {"task": "coalitions.record_coverage", "schedule": 86400.0},
    "warn-of-expiry": {"task": "coalitions.warn_of_expiry", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "forget-requests": {"task": "coalitions.forget_requests", "schedule": 86400.0},
    "forget-imports": {"task": "plans.forget_imports", "schedule": 86400.0},
    "forget-rosters": {"task": "coalitions.forget_imports", "schedule": 86400.0},
    "forget-lists": {"task": "deflection.forget_imports", "schedule": 86400.0},
    "remind-to-verify": {"task": "deflection.remind_to_verify", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "make-due-reports": {"task": "phast.reports.make_due", "schedule": 3600.0, "options": {"expires": 3600.0}},
    # Seven in the morning comes at another quarter of an hour in some time zones.
    "make-digests": {"task": "plans.make_digests", "schedule": 900.0, "options": {"expires": 900.0}},
}

# ------------------------------------------------------------------ mail
vars().update(env.email("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="PHAST portal <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A provider that reports mail which came back to /mail/bounces/ (`phast.mail.bounces` has their names). The secret, "name:password", stands
# in the address the provider is given: https://name:password@portal.example.org/mail/bounces/. Mailgun and MailerSend also sign.
MAIL_PROVIDER = env("MAIL_PROVIDER", default="")
_signing_key = env("MAIL_WEBHOOK_SIGNING_KEY", default="")
ANYMAIL = {
    "WEBHOOK_SECRET": env("MAIL_WEBHOOK_SECRET", default=""),
    "MAILGUN_WEBHOOK_SIGNING_KEY": _signing_key,
    "MAILERSEND_SIGNING_SECRET": _signing_key,
}

# ------------------------------------------------------------------ language, time, files
LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # each coalition has its own; see `phast.access.guards`
STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(ROOT / "staticfiles")))
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_ROOT = FILES_ROOT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ------------------------------------------------------------------ logs: addresses and methods, never what a person typed
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "phast.access.reporting.PlacesOnlyFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {"keys": {"()": "phast.access.reporting.KeysHidden"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.db.backends": {"level": "WARNING"},
        "django.request": {"filters": ["keys"]},
        "django.security.csrf": {"filters": ["keys"]},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
DEFAULT_EXCEPTION_REPORTER = "phast.access.reporting.PlacesOnly"
DEFAULT_EXCEPTION_REPORTER_FILTER = "phast.access.reporting.NothingTyped"

SILENCED_SYSTEM_CHECKS: list[str] = []
