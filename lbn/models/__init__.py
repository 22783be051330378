from .area import AnnualDeaths, AreaFigure, AreaFile
from .count import Count, KitType
from .evaluation import Feedback, Improvement
from .importing import ColumnMapping, CountImport
from .period import Period, PeriodReminder, PeriodReport, ReminderMail, ReminderStop
from .rollup import AgencyRollup, KitTypeRollup, SettingRollup, ZipRollup
from .token import ApiToken

__all__ = [
    "AgencyRollup",
    "AnnualDeaths",
    "ApiToken",
    "AreaFigure",
    "AreaFile",
    "ColumnMapping",
    "Count",
    "CountImport",
    "Feedback",
    "Improvement",
    "KitType",
    "KitTypeRollup",
    "Period",
    "PeriodReminder",
    "PeriodReport",
    "ReminderMail",
    "ReminderStop",
    "SettingRollup",
    "ZipRollup",
]
