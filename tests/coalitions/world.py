"""The coalition's part of the world: contacts, positions and invitations of two agencies, and an event in the audit log."""

from __future__ import annotations

from coalitions import reference
from coalitions.models import Coalition, Contact, Invitation, Membership, Partner, Position
from phast import audit
from phast.access.table import Role
from phast.accounts.models import User

ARGUMENTS = {"sector": "government"}


def populate(coalition: Coalition, users: dict[Role, User], text: str) -> None:
    """The lead's agency and the other one each have a contact and an open invitation; one position is held, one vacant."""
    reference.load()
    agency = Membership.objects.get(coalition=coalition, user=users[Role.LEAD]).partner
    other = Partner.objects.filter(coalition=coalition).exclude(pk=agency.pk).first()
    for partner in (agency, other):
        partner.sectors.add("government")
        Partner.objects.filter(pk=partner.pk).update(
            address=f"Street {text}", website=f"https://{text.split()[0]}.example.org"
        )
        contact = Contact.objects.create(
            partner=partner,
            name=f"Contact {text}",
            title=f"Title {text}",
            email="contact@example.org",
            phone=f"518 {text}"[:40],
        )
        Invitation.objects.create(
            coalition=coalition,
            email=f"invited-{partner.pk}@example.org",
            name=f"Invited {text}",
            role=Role.REPORTER,
            partner=partner,
            created_by=users[Role.COORDINATOR],
        )
    Position.objects.create(coalition=coalition, title=f"Held {text}", contact=contact)
    Position.objects.create(coalition=coalition, title=f"Vacant {text}")
    audit.record("partner.changed", user=users[Role.LEAD], coalition=coalition, target=agency, changed=["name"])
    audit.record(
        "counts.logged", user=users[Role.REPORTER], coalition=coalition, partner=agency, as_agency=True, target=agency
    )
