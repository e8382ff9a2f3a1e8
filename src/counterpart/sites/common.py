"""What the settings of the two sites have in common; a site adds its facts, apps and rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import dj_database_url

from counterpart.foundation import secrets
from counterpart.foundation.rights import Right
from counterpart.foundation.settings import ServerSettings

NAMES: Final = {"practice": "Practice Management", "accounting": "Legal Accounting"}
PEERS: Final = {"practice": "accounting", "accounting": "practice"}
SITES: Final = {"practice": "pm", "accounting": "la"}

BASE_APPS: Final = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "template_partials.apps.SimpleAppConfig",
    "counterpart.foundation.web",
    "counterpart.foundation.users",
    "counterpart.foundation.history",
    "counterpart.foundation.notices",
    "counterpart.foundation.starting",
    "counterpart.foundation.jobs",
    "counterpart.foundation.lists.apps.ListsConfig",
    "counterpart.foundation.importing",
    "counterpart.foundation.exporting.apps.ExportingConfig",
    "counterpart.foundation.conflicts.apps.ConflictsConfig",
    "counterpart.foundation.alike.apps.AlikeConfig",
    "counterpart.foundation.search.apps.SearchConfig",
    "counterpart.foundation.api",
    "allauth",
    "allauth.account",
    "allauth.mfa",
)

MIDDLEWARE: Final = [
    "counterpart.foundation.web.lean.LeanLane",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "counterpart.foundation.web.lapse.LapseMiddleware",
    "counterpart.foundation.web.notices.ToastMiddleware",
    "counterpart.foundation.web.refusals.RefusalMiddleware",
]

LEAN_PATHS: Final = ("/api/", "/sync/v1/")
"""Paths that machines call: no session, messages or CSRF there, which is what makes them cheap."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What one site adds to the common settings."""

    product: Literal["practice", "accounting"]
    apps: Sequence[str]
    rights: Sequence[Right]


def configure(facts: SiteFacts) -> dict[str, Any]:
    """Return the Django settings of one site."""
    server = ServerSettings()
    product, peer = facts.product, PEERS[facts.product]
    own = secrets.load_or_create(server.data, product)
    base_url, peer_url = _address(server, product), _address(server, peer)
    return {
        "COUNTERPART_PRODUCT": product,
        "COUNTERPART_SITE": SITES[product],
        "COUNTERPART_PRODUCT_NAME": NAMES[product],
        "COUNTERPART_PEER_NAME": NAMES[peer],
        "COUNTERPART_BASE_URL": base_url,
        "COUNTERPART_PEER_URL": peer_url,
        "COUNTERPART_DATA": server.data,
        "COUNTERPART_FIRM_NAME": server.firm_name,
        "COUNTERPART_FERNET_KEYS": own.fernet_keys,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 10_000,  # a file may have hundreds of payers
        "COUNTERPART_RIGHTS": list(facts.rights),
        "COUNTERPART_FRAME": f"counterpart.sites.{product}.frame.FRAME",
        "COUNTERPART_LEAN_PATHS": LEAN_PATHS,
        "COUNTERPART_SWEEP_AT": server.sweep_at,
        "SECRET_KEY": own.secret_key,
        "DEBUG": server.debug,
        "ALLOWED_HOSTS": sorted({_host(base_url), "127.0.0.1", "localhost", "[::1]", *server.allowed_hosts}),
        "INSTALLED_APPS": [*BASE_APPS, *facts.apps],
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": f"counterpart.sites.{product}.urls",
        "WSGI_APPLICATION": f"counterpart.sites.{product}.wsgi.application",
        "DATABASES": {"default": _database(server, product)},
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.db.DatabaseCache",
                "LOCATION": "counterpart_cache",
            }
        },
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "APPEND_SLASH": True,
        "LANGUAGE_CODE": "en-gb",
        "TIME_ZONE": "UTC",
        "USE_TZ": True,
        "USE_I18N": True,
        "TEMPLATES": [_templates()],
        "FORM_RENDERER": "counterpart.foundation.web.forms.Renderer",
        "MESSAGE_STORAGE": "counterpart.foundation.web.notices.KeepingStorage",
        "LOGGING": _logging(),
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 16 * 1024 * 1024,
        **_static_files(),
        **_signing_in(server, product, base_url),
        **_mail(server),
        **_browser_security(base_url),
    }


def _logging() -> dict[str, Any]:
    """Everything to standard error: the supervisor (or systemd) keeps and rotates it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            # A refused request is an answer, not a fault: only what is ours (500) is worth a line.
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "counterpart": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        },
    }


def _address(server: ServerSettings, product: str) -> str:
    return server.practice_url if product == "practice" else server.accounting_url


def _host(url: str) -> str:
    host = urlsplit(url).hostname or "localhost"
    return f"[{host}]" if ":" in host else host


def _database(server: ServerSettings, product: str) -> dict[str, Any]:
    url = server.practice_database_url if product == "practice" else server.accounting_database_url
    if url:
        database: dict[str, Any] = dict(dj_database_url.parse(url))
        if "postgresql" in database["ENGINE"]:
            pool = {"min_size": 1, "max_size": server.database_pool_size, "timeout": 20}
            options = {**database.get("OPTIONS", {}), "pool": pool}
            database |= {"CONN_MAX_AGE": 0, "DISABLE_SERVER_SIDE_CURSORS": True, "OPTIONS": options}
            return database
        raise ValueError(f"The database of {NAMES[product]} must be a postgres:// address (or left out for SQLite).")
    return {
        "ENGINE": "counterpart.foundation.sqlite",
        "NAME": server.data / f"{product}.sqlite3",
        "CONN_MAX_AGE": None,  # opening a file and setting it up costs more than most requests
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # A bulk load touches indexes all over: with pages for 8 MB at hand, and all that changed written back into
            # the file after every 4 MB, that took a sixth of its processor time.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-24000; PRAGMA wal_autocheckpoint=8000; PRAGMA temp_store=MEMORY"
            ),
        },
    }


def _templates() -> dict[str, Any]:
    # template-partials wraps the loaders, so they are named by hand and APP_DIRS is left out.
    cached = [
        "django.template.loaders.cached.Loader",
        ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
    ]
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [tuple(cached)])],
            "builtins": [
                "template_partials.templatetags.partials",
                "counterpart.foundation.web.templatetags.frame",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "counterpart.foundation.web.context.frame",
            ],
        },
    }


def _static_files() -> dict[str, Any]:
    # Files are served straight from the packages, so there is no collecting step; the storage puts
    # a content hash into the query, which is why they may be cached for a year.
    return {
        "STATIC_URL": "/static/",
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "counterpart.foundation.web.assets.VersionedStorage"},
        },
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_MAX_AGE": 31_536_000,
    }


def _signing_in(server: ServerSettings, product: str, base_url: str) -> dict[str, Any]:
    secure = base_url.startswith("https://")
    return {
        "AUTH_USER_MODEL": "foundation_users.User",
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
            for name, options in (
                ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
                ("MinimumLengthValidator", {"min_length": 12}),
                ("CommonPasswordValidator", {}),
                ("NumericPasswordValidator", {}),
            )
        ],
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.Argon2PasswordHasher",
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "ACCOUNT_ADAPTER": "counterpart.foundation.users.adapters.AccountAdapter",
        "ACCOUNT_FORMS": {
            "login": "counterpart.foundation.users.sign_in.SignInForm",
            "change_password": "counterpart.foundation.users.sign_in.NewPasswordForm",
            "reauthenticate": "counterpart.foundation.users.sign_in.AgainForm",
        },
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*", "password2*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_PREVENT_ENUMERATION": "strict",
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": False,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 900,
        "ACCOUNT_RATE_LIMITS": {"login": "60/m/ip", "login_failed": "30/m/ip,5/5m/key"},
        "ALLAUTH_TRUSTED_PROXY_COUNT": server.trusted_proxy_count,
        "MFA_ADAPTER": "counterpart.foundation.users.adapters.MfaAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
        "MFA_TOTP_ISSUER": NAMES[product],
        "SESSION_COOKIE_NAME": f"counterpart_{product}_session",
        "SESSION_COOKIE_AGE": int(timedelta(hours=server.session_hours).total_seconds()),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_NAME": f"counterpart_{product}_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_TRUSTED_ORIGINS": [base_url],
        "CSRF_FAILURE_VIEW": "counterpart.foundation.web.problems.csrf_failure",
    }


def _mail(server: ServerSettings) -> dict[str, Any]:
    """Without a mail server mails go to the log, and pages say that nothing is sent."""
    backend = "smtp" if server.mail_host else "console"
    return {
        "EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend",
        "EMAIL_HOST": server.mail_host,
        "EMAIL_PORT": server.mail_port,
        "EMAIL_HOST_USER": server.mail_user,
        "EMAIL_HOST_PASSWORD": server.mail_password,
        "EMAIL_USE_TLS": server.mail_security == "starttls",
        "EMAIL_USE_SSL": server.mail_security == "tls",
        "EMAIL_TIMEOUT": 5,  # the sync worker waits for it
        "DEFAULT_FROM_EMAIL": server.mail_from,
        "COUNTERPART_SENDS_MAIL": bool(server.mail_host),
    }


def _browser_security(base_url: str) -> dict[str, Any]:
    secure = base_url.startswith("https://")
    own, nothing = "'self'", "'none'"
    return {
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": [nothing],
                "script-src": [own],
                "style-src": [own],
                "img-src": [own, "data:"],
                "font-src": [own],
                "connect-src": [own],
                "form-action": [own],
                "base-uri": [nothing],
                "frame-ancestors": [nothing],
                "object-src": [nothing],
                "manifest-src": [own],
            }
        },
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
        "SILENCED_SYSTEM_CHECKS": [],
    }
