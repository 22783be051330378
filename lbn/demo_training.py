"""The demo coalition's training: sessions with the agencies that took part, and how many are trained. One agency's numbers are to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from coalitions.demo_history import moment, telling
from coalitions.models import Partner
from coalitions.reference import rows
from lbn.actions.training import record_personnel, record_session
from lbn.enums import Audience, SessionKind
from lbn.models import TrainingElement, TrainingSession

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from lbn.actions.training import Numbers
    from phast.access.actor import Actor


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates both, once. Numbers that a file leaves empty are the agency's to enter."""
    if TrainingSession.objects.of(coalition).exists():
        return
    names = {row["key"]: row["name"] for row in rows("demo/partners.csv")}
    by_name = {partner.name: partner for partner in Partner.objects.of(coalition)}
    partners = {key: by_name[name] for key, name in names.items()}
    elements = TrainingElement.objects.in_bulk()
    parts: dict[str, dict[Partner, Numbers]] = {}
    for row in rows("demo/training_parts.csv"):
        numbers = (int(row["took_part"]), int(row["trained"])) if row["took_part"] else None
        parts.setdefault(row["session"], {})[partners[row["partner"]]] = numbers
    today = coalition.today()
    with telling(coalition) as happened:
        for row in rows("demo/training_sessions.csv"):
            day = today - dt.timedelta(days=int(row["days_ago"]))
            session = record_session(
                partner=partners[row["host"]] if row["host"] else None,
                kind=SessionKind(row["kind"]),
                audience=Audience(row["audience"]),
                held_on=day,
                elements=[elements[key] for key in row["elements"].split()],
                parts=parts[row["key"]],
                by=by_email[row["by"]],
            )
            happened(at := moment(coalition, day, 16))
            TrainingSession.objects.filter(pk=session.pk).update(created_at=at)
        for row in rows("demo/personnel_counts.csv"):
            day = today - dt.timedelta(days=int(row["days_ago"]))
            record_personnel(
                partner=partners[row["partner"]],
                as_of=day,
                **{name: int(row[name]) for name in ("taking_part", "trained", "due")},
                by=by_email[row["by"]],
            )
            happened(moment(coalition, day, 17))
