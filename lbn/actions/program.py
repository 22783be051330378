"""The first steps of an agency's program: its profile looked over, and whom it calls at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coalitions.actions.partners import update_partner
from lbn.models import Program
from phast.versions import EditConflict

from .standing import record_for

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from coalitions.models import Partner
    from lbn.models import RiskGroup
    from phast.access.actor import Actor


@transaction.atomic
def check_profile(*, partner: Partner, values: Mapping[str, Any], version: int | None, by: Actor) -> Program:
    """Saves what was corrected of the agency and keeps that its profile was looked over. Raises EditConflict when somebody saved the
    agency since `version`, ValidationError when the name is another partner's."""
    update_partner(partner=partner, values=values, version=version, by=by)
    program, _ = Program.objects.get_or_create(partner=partner, defaults={"coalition_id": partner.coalition_id})
    program.lock(None)
    program.profile_checked_at, program.profile_checked_by = timezone.now(), by.user
    program.save()
    record_for("program.profile_checked", partner=partner, by=by, target=program)
    return program


@transaction.atomic
def agree_at_risk(
    *,
    partner: Partner,
    groups: Collection[RiskGroup],
    words: str,
    agreed_on: dt.date,
    version: int | None,
    by: Actor,
) -> Program:
    """Keeps to whom the agency offers kits, as agreed on a day.

    `version`: of the program that the form showed; None when it had agreed on nothing yet. Raises EditConflict when somebody agreed
    since, ValidationError without a group or for a day to come.
    """
    if not groups:
        raise ValidationError({"risk_groups": "Choose at least one group."})
    if agreed_on > by.coalition.today():
        raise ValidationError({"risk_agreed_on": "This day is still to come."})
    program, made = Program.objects.get_or_create(partner=partner, defaults={"coalition_id": partner.coalition_id})
    if not made and version is None and program.risk_agreed_on:
        raise EditConflict(program)
    program.lock(version)
    program.risk_words, program.risk_agreed_on = words, agreed_on
    program.save()
    program.risk_groups.set(groups)
    record_for("program.at_risk_agreed", partner=partner, by=by, target=program, groups=len(groups))
    return program
