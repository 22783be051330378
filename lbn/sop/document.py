"""A procedure as it is printed: the same words for the PDF and the Word file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lbn.models import SopVersion
from lbn.selectors.sop import DRAFT, facts_for, shelf_of
from phast.ui.templatetags.ui import local_date

from .filling import read
from .sections import NOTICE, sections_of

TITLE = "Leave-behind naloxone"
KINDS = {True: "Standard operating procedure", False: "Model procedure"}


def document_of(version: SopVersion, *, today: dt.date) -> dict[str, Any]:
    """Plain values. `owner`: the agency, or the coalition for its model. `standing`: "Draft", "In force", "Approved" or "Replaced".

    `notice` and `sections`: number, title and blocks as `lbn.sop.filling.Block`. `versions`: the approved ones up to this one.
    """
    versions = SopVersion.objects.of(version.coalition).filter(partner=version.partner)
    standings = shelf_of(versions.defer("sections"), today).standings
    approved = [one.version for one in standings if one.says != DRAFT and one.version.number <= version.number]
    parts = [
        {"number": number, "key": section.key, "title": section.title, "blocks": blocks}
        for number, section, blocks in read(sections_of(version), facts_for(version))
    ]
    return {
        "title": TITLE,
        "kind": KINDS[version.partner is not None],
        "owner": str(version.partner or version.coalition),
        "coalition": version.coalition.name,
        "number": version.number,
        "standing": next(one.says for one in standings if one.version.pk == version.pk),
        "is_draft": version.approved_at is None,
        "is_model": version.partner is None,
        "approved_role": version.approved_role,
        "in_force_from": local_date(version.in_force_from),
        "why": version.why,
        "notice": next((part for part in parts if part["key"] == NOTICE), None),
        "sections": [part for part in parts if part["key"] != NOTICE],
        "versions": [
            {
                "number": one.number,
                "role": one.approved_role,
                "from": local_date(one.in_force_from),
                "why": one.why or "The first one",
            }
            for one in reversed(approved)
        ],
    }


def name_of(version: SopVersion) -> str:
    """What a file of it is called in lists."""
    owner = str(version.partner) if version.partner else f"{version.coalition.name}, model"
    draft = "" if version.approved_at else ", draft"
    return f"{owner}: leave-behind naloxone procedure, version {version.number}{draft}"
