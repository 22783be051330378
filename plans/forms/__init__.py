"""What people enter about plans. Forms check; `plans.actions` write. Choices come from the actor."""

from .items import BarrierForm, RecommendationForm
from .parties import Parties, PartyField, ResponsibleForm
from .plan import PlanForm
from .steps import DueField, PlaceForm, StepAddForm, StepForm, UpdateForm

__all__ = [
    "BarrierForm",
    "DueField",
    "Parties",
    "PartyField",
    "PlaceForm",
    "PlanForm",
    "RecommendationForm",
    "ResponsibleForm",
    "StepAddForm",
    "StepForm",
    "UpdateForm",
]
