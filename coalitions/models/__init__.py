from .coalition import Coalition
from .people import Invitation, Membership
from .reference import Opportunity, PositionKind, Sector, SectorExample
from .release import Release
from .roster import Contact, Partner, Position, Seat

__all__ = [
    "Coalition",
    "Contact",
    "Invitation",
    "Membership",
    "Opportunity",
    "Partner",
    "Position",
    "PositionKind",
    "Release",
    "Seat",
    "Sector",
    "SectorExample",
]
