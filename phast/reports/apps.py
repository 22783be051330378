from typing import Any

from celery.signals import worker_init
from django.apps import AppConfig

from phast import offers


class ReportsConfig(AppConfig):
    name = "phast.reports"
    label = "reports"

    def ready(self) -> None:
        from phast.access.table import Action

        offers.register_nav(offers.NavItem("Reports", "reports:list", Action.RELEASES_SEE, 50, "reports"))
        worker_init.connect(warm_up)


def warm_up(sender: Any, **kwargs: Any) -> None:
    """Loads WeasyPrint before the first job, in the worker that draws; processes it forks share the memory."""
    from .models import Report

    if Report.QUEUE in sender.app.amqp.queues.consume_from:
        from .pdf import warm

        warm()
