"""When the database refuses a row, the person reads the sentence that the model gives for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError


@contextmanager
def readable(**sentences: str) -> Iterator[None]:
    """Turns a constraint's refusal inside the block into a ValidationError, and undoes the block.

    Forms check constraints first; this is for two people who save at once, and for rules that only the database keeps: the
    keywords give the sentence of those, by name. What has no sentence is raised as it is.
    """
    try:
        with transaction.atomic():
            yield
    except ProtectedError as refusal:
        raise ValidationError("Something else still uses this, so it stays.", code="protected") from refusal
    except IntegrityError as refusal:
        name = getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", None)
        sentence = sentences.get(name or "") or _sentence_of(name)
        if sentence is None:
            raise
        raise ValidationError(sentence, code=name) from refusal


def _sentence_of(name: str | None) -> str | None:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == name and constraint.violation_error_message:
                return str(constraint.violation_error_message)
    return None
