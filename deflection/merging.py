"""What becomes of deflection when a partner or a contact is merged into another: what belongs to the organization goes along."""

from phast.merging import Follows

RULES = (
    Follows("deflection.Program.lead"),
    Follows("deflection.Program.agencies"),
    Follows("deflection.Program.assessed_by"),
    Follows("deflection.Program.contact"),
    Follows("deflection.ProgramActivity.partner"),
    Follows("deflection.ProgramActivity.contact"),
    Follows("deflection.TrainingCount.partner"),
    Follows("deflection.Resource.partner"),
)
