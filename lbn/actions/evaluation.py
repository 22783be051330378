"""Whether a story or feedback may stand in reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from phast import audit

if TYPE_CHECKING:
    from lbn.enums import FeedbackState
    from lbn.models import Feedback
    from phast.access.actor import Actor


@transaction.atomic
def moderate_feedback(*, feedback: Feedback, state: FeedbackState, version: int, by: Actor) -> None:
    """Says that reports may use it, or that they may not. Raises EditConflict when its words changed since `version`: what was
    not read is not approved."""
    feedback.lock(version)
    feedback.state, feedback.moderated_at, feedback.moderated_by = state, timezone.now(), by.user
    feedback.save()
    audit.record("feedback.moderated", by=by, target=feedback, state=str(state))
