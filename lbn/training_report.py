"""What training prints: the roll-call pack (speaker's page, handout, words) and the phrase card."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse

from coalitions.models import Coalition, Partner
from lbn.enums import PackPart
from lbn.models import PackText
from lbn.reference import SOURCE_TITLE
from lbn.selectors.agencies import agencies_for
from lbn.selectors.kits import coalitions_kits, in_use
from lbn.selectors.phrases import at_hand
from phast.access.actor import Actor
from phast.access.table import Action
from phast.jobs.models import JobFailed
from phast.qr import qr_svg
from phast.reports.kinds import Choice, Missing, ReportKind, Request, whole_number

MOST_CHOICES = 12  # of agencies on the reports page; the others have their own page of training
_STEP = re.compile(r"(?:^|\s)\d\. ")


# ------------------------------------------------------------------ the roll-call pack
def request_pack(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """Field `partner` (an agency's key): the pack names its kit. Without it, a coordinator gets the coalition's pack, an agency's own
    people theirs."""
    if not actor.can(Action.PROGRAM_SEE):
        raise PermissionDenied
    partner = _partner(actor, fields)
    who = f"the people of {partner}" if partner else "agencies"
    return Request(
        parameters={"partner": partner.pk if partner else ""},
        action=Action.PROGRAM_SEE,
        title=f"Roll-call pack, {partner}" if partner else "Roll-call pack",
        audience=f"For {who} who leave kits. Copy it and hand it out."
        if partner
        else "For agencies. Copy it and hand it out.",
        partner_id=partner.pk if partner else None,
    )


def _partner(actor: Actor, fields: Mapping[str, Any]) -> Partner | None:
    agencies = Partner.objects.visible_to(actor, Action.PROGRAM_SEE).exclude(agency_type="")
    if fields.get("partner"):
        return get_object_or_404(agencies, pk=whole_number(fields, "partner"))
    return None if actor.everywhere(Action.PROGRAM_SEE) else agencies.order_by("pk").first()


def collect_pack(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """The speaker's pieces with the minute each begins at, the handout's, the kit in use, and the words."""
    partner = Partner.objects.of(coalition).get(pk=asked.partner_id) if asked.partner_id else None
    minute, speaker = 0, []
    for piece in PackText.objects.filter(part=PackPart.SPEAKER):
        speaker.append({"title": piece.title, "text": piece.text, "from": minute, "to": minute + piece.minutes})
        minute += piece.minutes
    handout = {
        piece.key.removeprefix("hand-"): {"title": piece.title, "text": piece.text}
        for piece in PackText.objects.filter(part=PackPart.HANDOUT)
    }
    return {
        "agency": partner.name if partner else "",
        "minutes": minute,
        "speaker": speaker,
        "handout": handout,
        "steps": [step for step in _STEP.split(handout["steps"]["text"]) if step],
        "kit": _kit(coalition, partner),
        "words": asdict(at_hand()),
        "address": f"{settings.SITE_URL}{reverse('field')}",
        "source": SOURCE_TITLE,
    }


def _kit(coalition: Coalition, partner: Partner | None) -> dict[str, Any] | None:
    """What is in the kit that the agency uses first; the coalition's where the pack is for all."""
    designs = in_use(partner) if partner else coalitions_kits(coalition)
    if not designs:
        return None
    design = designs[0]
    return {
        "contents": [{"name": each["name"], "quantity": each["quantity"]} for each in design.contents],
        "card": design.resource_card,
    }


def draw_code(data: dict[str, Any]) -> dict[str, Any]:
    """The code that opens the phone page."""
    return {"code": qr_svg(data["address"], title="QR code that opens the phone page")}


def packs(actor: Actor) -> list[Choice]:
    """The coalition's, and one for each agency the actor works for, or for the first ones of all."""
    if not actor.can(Action.PROGRAM_SEE):
        return []
    offered = [Choice("For all agencies", {}, group="Roll-call pack")] if actor.everywhere(Action.PROGRAM_SEE) else []
    agencies = agencies_for(actor, Action.PROGRAM_SEE)[:MOST_CHOICES]
    return offered + [Choice(str(agency), {"partner": agency.pk}, group="Roll-call pack") for agency in agencies]


# ------------------------------------------------------------------ the phrase card
def request_card(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """No fields: the card is the same for everybody."""
    if not actor.can(Action.LIBRARY_SEE):
        raise PermissionDenied
    return Request(
        parameters={},
        action=Action.LIBRARY_SEE,
        title="Phrase card",
        audience="For everybody. Copy it and hand it out.",
        is_released=True,
    )


def collect_card(coalition: Coalition, asked: Request) -> dict[str, Any]:
    """The words, which hold nothing about anybody. Raises JobFailed while the portal has none."""
    words = at_hand()
    if not (words.use or words.avoid):
        raise JobFailed("The portal has no phrases yet. Please tell whoever runs it, and ask again afterwards.")
    return {"words": asdict(words), "source": SOURCE_TITLE}


def card_fitted(data: dict[str, Any], attempt: int) -> dict[str, Any]:
    """Smaller letters when a long name or line at the foot leaves too little room."""
    return {"tight": attempt > 0}


def card_choices(actor: Actor) -> list[Choice]:
    """Everybody may have it."""
    return [Choice("Words to use and to avoid", {})] if actor.can(Action.LIBRARY_SEE) else []


PACK = ReportKind(
    "roll_call",
    "Roll-call pack",
    "lbn/reports/roll_call.html",
    request_pack,
    collect_pack,
    packs,
    draw_code,
    right=Action.PROGRAM_SEE,
    topic="Naloxone",
    about="The speaker’s page and the handout for a roll call.",
    missing=Missing("No agency counts kits yet.", "coalitions:partner_list", "Roster"),
)
CARD = ReportKind(
    "phrase_card",
    "Phrase card",
    "lbn/reports/phrase_card.html",
    request_card,
    collect_card,
    card_choices,
    pages=1,
    fitted=card_fitted,
    right=Action.LIBRARY_SEE,
    topic="Naloxone",
    about="Words to use and words to avoid, for the pocket.",
    for_anybody=True,
)
