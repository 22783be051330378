"""The test suite: real PostgreSQL and real Redis, started by `bootstrap.py test`; fast password hashing; mail kept in memory."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SITE_URL", "http://localhost")
# Folders of its own for each test process: two that share one would see each other's files come and go. A process that a test
# starts inherits the mark, and keeps the folders it is told.
_process = os.environ.get("PYTEST_XDIST_WORKER", "main")
if os.environ.get("TEST_PROCESS") != _process:
    os.environ["TEST_PROCESS"] = _process
    os.environ["FILES_ROOT"] = tempfile.mkdtemp(prefix="phast-files-")
    os.environ["QUEUE_DIR"] = tempfile.mkdtemp(prefix="phast-queue-")

from .dev import *

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# The template, where there is one, has all migrations: each test process copies it instead of running them.
DATABASES["default"]["TEST"] = {
    "NAME": os.environ.get("TEST_DATABASE", "test_phast"),
    "TEMPLATE": os.environ.get("TEST_TEMPLATE") or None,
}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "UNDEFINED TEMPLATE VARIABLE %s"
FILES_ROOT = Path(os.environ["FILES_ROOT"])
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
