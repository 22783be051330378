from .agreement import Agreement, ExpiryNotice
from .coalition import Coalition
from .engagement import Engagement, ReadinessRating, SectorCoverage
from .help import HelpContact, HelpRequest
from .meeting import AgendaItem, Attendance, Decision, Meeting, MeetingAction
from .money import FundingApplication, FundingSource
from .outreach import Alert, AlertReceipt, ListeningSession
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
from .release import Release
from .roster import Contact, Partner, Position, Seat
from .shelf import LibraryItem, Policy

__all__ = [
    "AgendaItem",
    "Agreement",
    "Alert",
    "AlertReceipt",
    "Attendance",
    "Coalition",
    "Contact",
    "CriticalElement",
    "Dataset",
    "Decision",
    "Engagement",
    "ExpiryNotice",
    "FundingApplication",
    "FundingSource",
    "HelpContact",
    "HelpRequest",
    "Invitation",
    "LibraryItem",
    "ListeningSession",
    "Meeting",
    "MeetingAction",
    "Membership",
    "Opportunity",
    "Partner",
    "Policy",
    "Position",
    "PositionKind",
    "ReadinessRating",
    "Release",
    "Seat",
    "Sector",
    "SectorCoverage",
    "SectorExample",
    "Takeaway",
    "TakeawayAction",
]
