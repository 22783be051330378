"""What the demo coalition's agencies learned, and what became better. Its two files are described in `docs/content.md`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from coalitions.actions.entries import add_entry
from coalitions.demo import first_of_month
from coalitions.demo_history import moment, telling
from coalitions.models import Partner
from coalitions.reference import rows
from lbn.actions import moderate_feedback
from lbn.enums import FeedbackState
from lbn.models import Feedback, Improvement

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

COORDINATOR = "coordinator@example.org"


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates both, once."""
    if Feedback.objects.of(coalition).exists():
        return
    names = {row["key"]: row["name"] for row in rows("demo/partners.csv")}
    partners = {partner.name: partner for partner in Partner.objects.of(coalition)}
    today = coalition.today()
    learned: dict[str, Feedback] = {}
    with telling(coalition) as happened:
        for row in rows("demo/kit_feedback.csv"):
            month = first_of_month(today, int(row["months_ago"]))
            values = {
                "partner": partners[names[row["partner"]]],
                "kind": row["kind"],
                "month": month,
                "text": row["text"],
            }
            one = learned[row["key"]] = add_entry(Feedback, values=values, by=by_email[row["by"]])
            happened(moment(coalition, month.replace(day=24), 17))
            if row["state"] != FeedbackState.WAITING:
                moderate_feedback(
                    feedback=one, state=FeedbackState(row["state"]), version=one.version, by=by_email[COORDINATOR]
                )
                happened(moment(coalition, month.replace(day=27)))
        for row in rows("demo/kit_improvements.csv"):
            made_on = first_of_month(today, int(row["months_ago"])).replace(day=12)
            values = {
                "partner": partners[names[row["partner"]]] if row["partner"] else None,
                "made_on": made_on,
                "text": row["text"],
                "because": [learned[row["because"]]],
                "shared_with": row["shared_with"],
            }
            add_entry(Improvement, values=values, by=by_email[row["by"]])
            happened(moment(coalition, made_on, 11))
