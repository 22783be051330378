"""The roster on paper: where nobody is yet, first; and the directory, whom to call at each partner.

A lived-experience seat is in neither: its sector is filled, and that is all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import F, Prefetch
from django.db.models.functions import Lower

from coalitions.enums import PartnerStatus
from coalitions.models import Contact, Partner, Position, Seat, Sector
from phast.access.table import Action
from phast.reports.kinds import Choice, ReportKind, Request
from phast.ui.templatetags.ui import local_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from coalitions.models import Coalition
    from phast.access.actor import Actor

FOR_MEMBERS = "For the coalition’s own people: it names people."
FOR_ALL = "For everybody in the coalition."


def request_roster(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """No fields. Who sees the roster as it is released gets the positions without their holders."""
    inside = actor.everywhere(Action.ROSTER_SEE)
    return Request(
        parameters={"names": inside},
        action=Action.ROSTER_SEE,
        title="Roster and gaps",
        audience=FOR_MEMBERS if inside else FOR_ALL,
        is_released=not inside,
    )


def request_directory(actor: Actor, fields: Mapping[str, Any]) -> Request:
    """No fields. Only who sees every contact gets contacts; the others partners."""
    contacts, inside = actor.everywhere(Action.CONTACTS_SEE), actor.everywhere(Action.ROSTER_SEE)
    return Request(
        parameters={"contacts": contacts, "names": inside},
        action=Action.CONTACTS_SEE if contacts else Action.ROSTER_SEE,
        title="Directory",
        audience=FOR_MEMBERS if contacts else FOR_ALL,
        is_released=not inside,
    )


def collect_roster(coalition: Coalition, request: Request) -> dict[str, Any]:
    """The seventeen sectors, the empty ones apart, and the positions, the vacant ones apart. Observers read no partner that is
    invited and no name of a holder."""
    active = _partners(coalition).filter(status=PartnerStatus.ACTIVE)
    rows = Sector.objects.prefetch_related("examples", Prefetch("partners", active.order_by(Lower("name")), "here"))
    seats = set(Seat.objects.of(coalition).filter(left_on=None).values_list("sector", flat=True))
    positions = Position.objects.of(coalition).select_related("kind", "contact__partner")
    ordered = positions.order_by(F("kind__order").asc(nulls_last=True), Lower("title"))
    filled = [row for row in rows if row.here or row.pk in seats]
    return {
        "sectors": len(rows),
        "gaps": [
            {"name": row.name, "examples": [str(one) for one in row.examples.all()]}
            for row in rows
            if row not in filled
        ],
        "filled": [{"name": row.name, "partners": [partner.name for partner in row.here]} for row in filled],
        "without": [partner.name for partner in active.filter(sectors=None)],
        "partners": active.count(),
        "invited": _names(coalition, PartnerStatus.INVITED) if request.parameters["names"] else [],
        "vacant": [row.title for row in ordered if row.contact is None],
        "held": [
            {
                "title": row.title,
                "by": f"{row.contact.name}, {row.contact.partner}" if request.parameters["names"] else "Filled",
                "since": local_date(row.since),
            }
            for row in ordered
            if row.contact is not None
        ],
    }


def extras(data: dict[str, Any]) -> dict[str, Any]:
    """Whether any sector without a partner has examples: else they are a list, without a column for them."""
    return {"has_examples": any(one["examples"] for one in data["gaps"])}


def collect_directory(coalition: Coalition, request: Request) -> dict[str, Any]:
    """Active partners from A to Z, with their contacts where the reader sees them."""
    partners = _partners(coalition).filter(status=PartnerStatus.ACTIVE).prefetch_related("sectors")
    contacts: dict[int, list[Contact]] = {}
    if request.parameters["contacts"]:
        for row in Contact.objects.of(coalition).filter(partner__in=partners).order_by(Lower("name"), "pk"):
            contacts.setdefault(row.partner_id, []).append(row)
    return {
        "contacts": bool(request.parameters["contacts"]),
        "partners": [
            {
                "name": row.name,
                "sectors": ", ".join(str(sector) for sector in row.sectors.all()),
                "address": row.address,
                "website": row.website,
                "contacts": [
                    {"name": one.name, "title": one.title, "part": one.part, "phone": one.phone, "email": one.email}
                    for one in contacts.get(row.pk, [])
                ],
            }
            for row in partners.order_by(Lower("name"))
        ],
    }


def _partners(coalition: Coalition) -> QuerySet[Partner]:
    return Partner.objects.of(coalition).filter(merged_into=None)


def _names(coalition: Coalition, status: PartnerStatus) -> list[str]:
    found = _partners(coalition).filter(status=status).order_by(Lower("name"))
    return list(found.values_list("name", flat=True))


def _one(label: str) -> Any:
    def choices(actor: Actor) -> Sequence[Choice]:
        return [Choice(label, {}, "Roster")] if actor.can(Action.ROSTER_SEE) else []

    return choices


ROSTER = ReportKind(
    "roster",
    "Roster",
    "coalitions/reports/roster.html",
    request_roster,
    collect_roster,
    _one("Roster and gaps"),
    extras,
    topic="Coalition",
    about="Who is at the table by sector, and where nobody is yet.",
)
DIRECTORY = ReportKind(
    "directory",
    "Directory",
    "coalitions/reports/directory.html",
    request_directory,
    collect_directory,
    _one("Directory"),
    topic="Coalition",
    about="Whom to call at each partner.",
)
