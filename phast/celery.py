"""The Celery application. A message carries a job's model and key and nothing else; the row in the database is the job.

Three processes run beside the web server. Each queue has a worker of its own, so that no report waits behind an import:

    celery -A phast worker -Q quick -n quick@%h --pool=solo
    celery -A phast worker -Q long -n long@%h --pool=solo
    celery -A phast beat

`quick` draws reports, sends invitations and runs the sweep; `long` imports. The solo pool works in the worker's own process, which is
what the queue of files needs (setting REDIS_URL empty); with Redis `--pool=prefork --concurrency=N` does several jobs at once. A
worker that gets SIGTERM finishes its job first; what a killed one leaves, another takes over when its lease has run out.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "phast.settings.dev")
app = Celery("phast")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
