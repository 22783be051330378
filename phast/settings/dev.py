"""One laptop, plain HTTP on loopback: what `bootstrap.py run` serves."""

import os
from pathlib import Path

_root = Path(__file__).resolve().parents[2]
os.environ.setdefault("SECRET_KEY", "development only: bootstrap.py makes a real one and keeps it in the data folder")
os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
os.environ.setdefault("SITE_URL", "http://localhost:8000")
os.environ.setdefault("DATABASE_URL", "postgres://postgres@127.0.0.1:55432/phast")

from .base import *

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys on http://localhost
# Without the compressed copies, which take most of the time of a first start and save nothing on loopback.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
