"""The portal's Celery application with the tests' own kind of report: what the workers of the fault tests run."""

import django

from phast.celery import app

django.setup()

from tests.reports import sample  # noqa: E402 - it stands on models, which are there only now

sample.register()

__all__ = ["app"]
