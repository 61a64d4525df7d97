"""What is true everywhere. Each of dev, test and prod changes little."""

from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from ntm_portal import env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"

INSTALLED_APPS = [
    "ntm_portal.core",
    "communes",
    "ntm_portal.accounts",
    "criteria",
    "directives",
    "reports",
    "ntm_portal.dashboard",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "ntm_portal.api.gate.ConditionalAnswerMiddleware",
    "ntm_portal.core.hardening.FixedHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "ntm_portal.core.hardening.SizeLimitMiddleware",
    "ntm_portal.dashboard.packing.PageGZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "ntm_portal.accounts.sessions.KeepSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "ntm_portal.accounts.steps.EntryStepsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ntm_portal.core.audit.AuditMiddleware",
    "ntm_portal.core.readonly.ReadOnlyGetMiddleware",
    "ntm_portal.dashboard.faults.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ntm_portal.urls"
WSGI_APPLICATION = "ntm_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "ntm_portal.dashboard.context.portal",
            ],
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "ntm_portal.accounts.permissions.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "full_name", "email", "phone")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
# Proxies of our own in front of the portal; each adds one entry to X-Forwarded-For. 0: that header is not believed.
TRUSTED_PROXIES = env.integer("NTM_PROXY_COUNT", 1) if env.flag("NTM_BEHIND_PROXY") else 0
AXES_FAILURE_LIMIT = env.integer("NTM_LOCKOUT_FAILURES", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env.integer("NTM_LOCKOUT_MINUTES", 15))
# One account from one address: neither a colleague in the same office nor the same person at home is locked out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# The time that was told stays true, however often one tries meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "ntm_portal.core.address.address_of"
AXES_LOCKOUT_CALLABLE = "ntm_portal.accounts.lockout.locked_out"
AXES_HANDLER = "ntm_portal.accounts.lockout.LockoutHandler"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "next"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "dashboard:province"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ntm_portal.dashboard.faults.stale_form"
# Whether administrators and coordinators must use a second factor.
REQUIRE_2FA = env.flag("NTM_REQUIRE_2FA")
# Without marks: they would make the QR code half as large again.
OTP_TOTP_ISSUER = "Nong thon moi"
SESSION_ENGINE = "ntm_portal.accounts.sessions"
SESSION_COOKIE_AGE = 60 * env.integer("NTM_SESSION_IDLE_MINUTES", 60)
SESSION_LONGEST = timedelta(hours=12)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "ntm_portal" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = ["ntm_portal.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ntm_portal.core.static.PortalStaticStorage"},
}

# Files of the office: outside of everything that is served by name; only a view that asks for rights opens one.
FILES_DIR = Path(env.text("NTM_FILES_DIR", str(VAR_DIR / "files")))
_MEGABYTE = 1024 * 1024
UPLOAD_LIMITS = {
    "PDF": env.integer("NTM_DOCUMENT_MB", 20) * _MEGABYTE,
    "DOCX": env.integer("NTM_DOCUMENT_MB", 20) * _MEGABYTE,
    "XLSX": env.integer("NTM_WORKBOOK_MB", 10) * _MEGABYTE,
    "PNG": env.integer("NTM_IMAGE_MB", 10) * _MEGABYTE,
    "JPEG": env.integer("NTM_IMAGE_MB", 10) * _MEGABYTE,
}
# A form with files may be a little larger than the largest file.
UPLOAD_MOST_BYTES = max(UPLOAD_LIMITS.values()) + _MEGABYTE

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-src": [NONE],
        "worker-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

SQLITE_OPTIONS = {
    # IMMEDIATE: a transaction that will write waits for its turn at the start instead of failing at its end.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def database_at(url: str) -> dict:
    """Connection settings for a DATABASE_URL; SQLite gets the options without which it loses or refuses writes."""
    found = dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = {**SQLITE_OPTIONS, **found.get("OPTIONS", {})}
    return found


REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ntm_portal.api.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["ntm_portal.api.auth.MayReadStatus"],
    "DEFAULT_THROTTLE_CLASSES": ["ntm_portal.api.auth.CallerThrottle"],
    "DEFAULT_RENDERER_CLASSES": [
        "ntm_portal.api.renderers.JsonRenderer",
        "ntm_portal.api.renderers.CsvRenderer",
        "ntm_portal.api.renderers.XlsxRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    # OPTIONS would tell the docstrings; the description is at schema/.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "ntm_portal.api.schema.PortalSchema",
    "EXCEPTION_HANDLER": "ntm_portal.api.problems.problem_for",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "ntm_portal.api.renderers.NamedFormatNegotiation",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cổng nông thôn mới: API trạng thái",
    "DESCRIPTION": "Trạng thái xã, mục tiêu, bộ tiêu chí nông thôn mới; mỗi câu trả lời gắn với ngày và vị trí sổ cái.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["ntm_portal.api.auth.MayReadStatus"],
    # Enumerations stand where they are used: a client reads a field, not a list of names.
    "POSTPROCESSING_HOOKS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "displayRequestDuration": True},
}

# The day on which the clock of a demonstration stands; none means the real clock.
DEMO_DATE = env.day("DEMO_DATE")
PUBLIC_READ = env.flag("NTM_PUBLIC_READ")
# Requests a minute for one API token or signed-in user; 0 means no limit.
API_RATE_PER_MINUTE = env.integer("NTM_API_RATE", 600)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
