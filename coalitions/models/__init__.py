from .agreement import Agreement, ExpiryMail, ExpiryNotice
from .coalition import Coalition
from .engagement import Engagement, ReadinessRating, SectorCoverage
from .help import HelpContact, HelpMail, HelpRequest
from .look import Look
from .meeting import AgendaItem, Attendance, Decision, Meeting, MeetingAction, MeetingMail
from .money import FundingApplication, FundingSource
from .outreach import Alert, AlertMail, AlertReceipt, ListeningSession
from .people import Invitation, Membership
from .reference import (
    CriticalElement,
    Dataset,
    Opportunity,
    PositionKind,
    Sector,
    SectorExample,
    Takeaway,
    TakeawayAction,
)
from .release import Release, ReleaseDraft, SealedFigures
from .roster import Contact, Partner, Position, Seat
from .roster_work import PartnerMerge, RosterImport, ToldApart
from .shelf import LibraryItem, Policy

__all__ = [
    "AgendaItem",
    "Agreement",
    "Alert",
    "AlertMail",
    "AlertReceipt",
    "Attendance",
    "Coalition",
    "Contact",
    "CriticalElement",
    "Dataset",
    "Decision",
    "Engagement",
    "ExpiryMail",
    "ExpiryNotice",
    "FundingApplication",
    "FundingSource",
    "HelpContact",
    "HelpMail",
    "HelpRequest",
    "Invitation",
    "LibraryItem",
    "ListeningSession",
    "Look",
    "Meeting",
    "MeetingAction",
    "MeetingMail",
    "Membership",
    "Opportunity",
    "Partner",
    "PartnerMerge",
    "Policy",
    "Position",
    "PositionKind",
    "ReadinessRating",
    "Release",
    "ReleaseDraft",
    "RosterImport",
    "SealedFigures",
    "Seat",
    "Sector",
    "SectorCoverage",
    "SectorExample",
    "Takeaway",
    "TakeawayAction",
    "ToldApart",
]
