"""What every app stands on. It knows no app's nouns: those register with `phast.offers`."""

from .celery import app as celery_app

__all__ = ["celery_app"]
