"""What follows a partner or a contact that is merged into another, and what stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phast.access.table import Role
from phast.merging import Follows, Stays, fill_empty

if TYPE_CHECKING:
    from .models import Membership


def _stronger_role(kept: Membership, gone: Membership) -> None:
    """Somebody with a role at both keeps the one that may do more."""
    order = list(Role)
    if order.index(Role(gone.role)) < order.index(Role(kept.role)):
        kept.role = gone.role
        kept.save(update_fields=["role"])


RULES = (
    # Who belongs to the organization.
    Follows("coalitions.Contact.partner"),
    Follows("coalitions.Membership.partner", fill=_stronger_role),
    Follows("coalitions.Invitation.partner"),
    Follows("coalitions.HelpRequest.partner"),
    Follows("coalitions.HelpContact.linked_to"),
    # What it works on with the coalition.
    Follows("coalitions.Engagement.partner"),
    Follows("coalitions.Agreement.parties"),
    Follows("coalitions.Agreement.giver"),
    Follows("coalitions.Agreement.receiver"),
    Follows("coalitions.FundingSource.holder"),
    Follows("coalitions.FundingApplication.lead"),
    Follows("coalitions.FundingApplication.co_applicants"),
    Follows("coalitions.Attendance.partner"),
    Follows("coalitions.MeetingAction.partner"),
    Follows("coalitions.AlertReceipt.partner", fill=fill_empty("acknowledged_at", "acknowledged_by", "response")),
    # A partner that was merged into one that is merged now.
    Follows("coalitions.Partner.merged_into"),
    Stays("coalitions.PartnerMerge.kept", "It says what was done then."),
    Stays("coalitions.PartnerMerge.gone", "It says what was done then."),
    # A contact is one person: whatever they hold, lead or attended is theirs.
    Follows("coalitions.Position.contact"),
    Follows("coalitions.Engagement.lead"),
    Follows("coalitions.Attendance.contact", fill=fill_empty("present", "invited_at")),
    Follows("coalitions.MeetingAction.contact"),
    Stays("reports.Report.partner", "A report is kept as it was drawn, for whom it was drawn."),
)
