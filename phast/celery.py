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
from typing import Any

from celery import Celery
from celery.signals import celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "phast.settings.dev")
app = Celery("phast")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

PATIENCE = 10.0  # seconds


@celeryd_init.connect
def be_patient(conf: Any, **_: Any) -> None:
    """Lets a worker wait for a broker that is slow for a moment, as no page does, and go on after one that was slow for longer."""
    if "socket_timeout" in conf.broker_transport_options:
        conf.broker_transport = "phast.broker:Transport"
        patient = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
        conf.broker_transport_options = {**conf.broker_transport_options, **patient}
