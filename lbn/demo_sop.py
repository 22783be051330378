"""The demo coalition's model procedure, and the procedure of the agency its lead is of: version 1 in force, version 2 a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pgtrigger

from coalitions.demo_history import moment, telling
from coalitions.models import Partner
from lbn.actions import sop as actions
from lbn.models import KitItem, RiskGroup, SopVersion
from lbn.selectors.kits import NALOXONE, standard_contents
from lbn.selectors.sop import facts_for
from lbn.sop.filling import gaps
from lbn.sop.sections import sections_of

if TYPE_CHECKING:
    from coalitions.models import Coalition
    from phast.access.actor import Actor

COORDINATOR, LEAD = "coordinator@example.org", "lead@example.org"
# What the agency says where the portal knows nothing.
WORDS = {
    "keeper": "the patrol lieutenant, and the desk sergeant as stand-in",
    "sites": "the equipment room at headquarters and the east side substation",
    "referral_partners": "Lantern Street Harm Reduction and Daybreak Recovery Community Center",
    "doses": "2",
}
OWN_TITLE = "Kits in cars"
OWN_TEXT = (
    "Every patrol car carries two kits in the insulated bag behind the driver’s seat. They come inside at the end of the shift in "
    "summer and in winter."
)


def load(coalition: Coalition, by_email: Mapping[str, Actor]) -> None:
    """Creates them, once."""
    coordinator, lead = by_email[COORDINATOR], by_email[LEAD]
    agency = Partner.objects.get(pk=min(lead.own_partner_ids))
    if SopVersion.objects.of(coalition).exists():
        return
    today = coalition.today()
    with telling(coalition) as happened:
        for partner, by, days in ((None, coordinator, 230), (agency, lead, 190)):
            begun = today - dt.timedelta(days=days)
            source = actions.MODEL if partner else actions.SAMPLE
            draft = actions.begin_sop(coalition=coalition, partner=partner, source=source, by=by)
            happened(moment(coalition, begun, 10))
            _write(draft, by)
            approved = actions.approve_sop(
                draft=draft,
                version=None,
                role="Chief of Police" if partner else "Steering committee",
                in_force_from=begun + dt.timedelta(days=14),
                why="",
                by=by,
            )
            happened(moment(coalition, begun + dt.timedelta(days=9), 15))
            _date(approved, moment(coalition, begun, 10), moment(coalition, begun + dt.timedelta(days=9), 15))
        draft = actions.begin_sop(coalition=coalition, partner=agency, source=actions.OWN, by=lead)
        happened(moment(coalition, today - dt.timedelta(days=5), 14))
    _change(draft, lead)


def _write(draft: SopVersion, by: Actor) -> None:
    """Words for what is not known, so that it can be approved."""
    if not draft.partner:
        return
    suggested = WORDS | {
        "kit_contents": "\n".join(
            each["name"] for each in standard_contents(list(KitItem.objects.all())) if each["item"] != NALOXONE
        ),
        "risk_groups": "\n".join(f"{group.title}. {group.text}" for group in RiskGroup.objects.all()),
    }
    missing = {gap.name for gap in gaps(sections_of(draft), facts_for(draft))}
    actions.fill_gaps(draft=draft, words={name: suggested[name] for name in missing}, by=by)
    draft.refresh_from_db()


def _change(draft: SopVersion, by: Actor) -> None:
    """What the draft has other than the version in force."""
    storage = next(section for section in sections_of(draft) if section.key == "storage")
    actions.save_section(
        draft=draft,
        key=storage.key,
        title=storage.title,
        text=storage.wording.replace(
            "at the temperature printed on the package", "between 59 and 77 °F, as printed on the package"
        ),
        opened={"title": storage.title, "text": storage.wording},
        by=by,
    )
    key = actions.add_section(draft=draft, title=OWN_TITLE, text=OWN_TEXT, by=by)
    for _ in range(5):
        actions.move_section(draft=draft, key=key, up=True, by=by)


def _date(version: SopVersion, begun: dt.datetime, approved: dt.datetime) -> None:
    with pgtrigger.ignore("lbn.SopVersion:sop_kept"):
        SopVersion.objects.filter(pk=version.pk).update(created_at=begun, approved_at=approved)
