from .area import AnnualDeaths, AreaFigure, AreaFile
from .count import Count, KitType
from .documents import KitDesign, SopVersion
from .evaluation import Feedback, Improvement
from .importing import ColumnMapping, CountImport
from .period import Period, PeriodReminder, PeriodReport, ReminderMail, ReminderStop
from .program import Assessment, PersonnelCount, Program, Rating
from .reference import (
    FocusPoint,
    FocusTheme,
    KitItem,
    PackText,
    PathStep,
    Phrase,
    Practice,
    PracticeElement,
    RiskGroup,
    SopSection,
    TrainingElement,
)
from .referral import ReferralCount, ReferralPartner
from .rollup import AgencyRollup, KitTypeRollup, SettingRollup, ZipRollup
from .supply import Lot, Site, StockBalance, StockMovement, StockTake, StockTakeLine, Transfer
from .token import ApiToken
from .training import SessionPart, TrainingSession

__all__ = [
    "AgencyRollup",
    "AnnualDeaths",
    "ApiToken",
    "AreaFigure",
    "AreaFile",
    "Assessment",
    "ColumnMapping",
    "Count",
    "CountImport",
    "Feedback",
    "FocusPoint",
    "FocusTheme",
    "Improvement",
    "KitDesign",
    "KitItem",
    "KitType",
    "KitTypeRollup",
    "Lot",
    "PackText",
    "PathStep",
    "Period",
    "PeriodReminder",
    "PeriodReport",
    "PersonnelCount",
    "Phrase",
    "Practice",
    "PracticeElement",
    "Program",
    "Rating",
    "ReferralCount",
    "ReferralPartner",
    "ReminderMail",
    "ReminderStop",
    "RiskGroup",
    "SessionPart",
    "SettingRollup",
    "Site",
    "SopSection",
    "SopVersion",
    "StockBalance",
    "StockMovement",
    "StockTake",
    "StockTakeLine",
    "TrainingElement",
    "TrainingSession",
    "Transfer",
    "ZipRollup",
]
