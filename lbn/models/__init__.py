from .count import Count, KitType
from .importing import CountImport
from .period import Period, PeriodReport
from .rollup import AgencyRollup, ZipRollup

__all__ = ["AgencyRollup", "Count", "CountImport", "KitType", "Period", "PeriodReport", "ZipRollup"]
