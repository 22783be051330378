"""A step that becomes a meeting: its sub-steps are the agenda, who is responsible for each speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from coalitions.actions import meeting_people
from coalitions.actions import meetings as coalition_meetings
from coalitions.meetings import UNNAMED, holder_of
from coalitions.models import Contact, Meeting
from phast.access.table import Action
from plans.actions.change import changed
from plans.links import link
from plans.models import Responsibility, Step
from plans.selectors import responsibilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phast.access.actor import Actor

LONGEST = 400  # letters of an agenda item's speakers


@transaction.atomic
def make_meeting(*, step: Step, values: Mapping[str, Any], by: Actor) -> Meeting:
    """Plans a meeting out of a step: each sub-step is an item of the agenda, linked with it; a step without any is the only item.

    Whoever is responsible is on the list of people, not yet invited: persons, holders of positions, contacts of partners. Somebody who
    speaks from lived experience stands on the agenda by position and is put on no list by name.
    """
    below = Step.objects.present().filter(parent=step)
    steps = list(below.prefetch_related(responsibilities())) or [step]
    agenda = [(one.title, speakers(one)) for one in steps]
    meeting = coalition_meetings.plan_meeting(values=values, agenda=agenda, by=by)
    for one, item in zip(steps, meeting.agenda.all(), strict=True):
        link(step=one, origin=item, by=by)
    asked = [r for one in [step, *steps] for r in one.responsibilities.all()]
    meeting_people.add_contacts(meeting=meeting, found=_people(asked, by), by=by)
    changed("step.made_meeting", plan=step.plan_id, target=step, by=by, meeting=meeting.pk)
    return meeting


def speakers(step: Step) -> str:
    """Who is responsible, in the order of the step: "Riverbend Police, Public safety champion (nobody yet)"."""
    said = ", ".join(_words(r) for r in step.responsibilities.all())
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"


def _words(responsibility: Responsibility) -> str:
    if responsibility.position is not None:
        return holder_of(responsibility.position)
    if responsibility.contact is not None:
        return f"{responsibility.contact} ({responsibility.contact.partner})"
    return str(responsibility.partner)


def _people(asked: list[Responsibility], by: Actor) -> list[Contact]:
    """The contacts behind responsibilities. One query."""
    partners = {r.partner_id for r in asked if r.partner_id}
    named = {r.contact_id for r in asked if r.contact_id}
    named |= {r.position.contact_id for r in asked if r.position is not None and r.position.kind_id != UNNAMED}
    seen = Contact.objects.visible_to(by, Action.CONTACTS_SEE)
    return list(seen.filter(pk__in=named - {None}) | seen.filter(partner__in=partners))
