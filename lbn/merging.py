"""What becomes of counts when a partner is merged into another: nothing. What was counted and reported is never written anew."""

from phast.merging import Stays

_WHY = "Counts and reports of periods, open or closed, stay as the agency gave them."

RULES = (
    Stays("lbn.Count.partner", _WHY),
    Stays("lbn.CountImport.partner", _WHY),
    Stays("lbn.PeriodReport.partner", _WHY),
    Stays("lbn.AgencyRollup.partner", _WHY),
)
