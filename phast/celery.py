"""The Celery application. A message carries a job's model and key and nothing else; the row in the database is the job."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "phast.settings.dev")
app = Celery("phast")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
