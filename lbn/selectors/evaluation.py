"""Stories and feedback that reports may use."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from lbn.enums import FeedbackState
from lbn.models import Feedback, Improvement

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from coalitions.models import Coalition, Partner
    from lbn.selectors.span import Span


def approved_feedback(
    coalition: Coalition, first: dt.date, last: dt.date, partner: Partner | None = None
) -> QuerySet[Feedback]:
    """Approved stories and feedback of the months from `first` to `last`, by kind; one agency's, or without `partner` everybody's.

    Whoever shows the coalition's to others leaves the agency out: it agreed to the words, not to its name beside them.
    """
    found = Feedback.objects.of(coalition).filter(state=FeedbackState.APPROVED, month__range=(first, last))
    return (found.filter(partner=partner) if partner else found).order_by("kind", "month", "pk")


def improvements(
    coalition: Coalition, first: dt.date, last: dt.date, partner: Partner | None = None
) -> QuerySet[Improvement]:
    """What was made better from `first` to `last`. Nobody approves it for others: it is for its agency and the coordinator."""
    found = Improvement.objects.of(coalition).filter(made_on__range=(first, last))
    return (found.filter(partner=partner) if partner else found).order_by("made_on", "pk")


def learned(coalition: Coalition, span: Span, partner: Partner | None = None) -> dict[str, Any]:
    """Both as plain values, for reports: the words by kind, and what became better. Without `partner` no agency is named beside them."""
    said: dict[str, list[str]] = {}
    for one in approved_feedback(coalition, span.from_on, span.to_on, partner):
        said.setdefault(str(one.get_kind_display()), []).append(one.text)
    better = improvements(coalition, span.from_on, span.to_on, partner)
    return {
        "said": list(said.items()),
        "better": [[f"{one.made_on:%B %Y}", one.text, one.shared_with] for one in better],
    }
