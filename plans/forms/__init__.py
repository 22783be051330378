"""What people enter about plans. Forms check; `plans.actions` write. Choices come from the actor."""

from .items import BarrierForm, RecommendationForm, StandingForm
from .measures import MeasureForm, ValueForm
from .parties import Parties, PartyField, ResponsibleForm
from .plan import PlanForm
from .steps import DueField, FileForm, PlaceForm, StepAddForm, StepForm, UpdateForm, WaitsForm
from .templates import CopyForm

__all__ = [
    "BarrierForm",
    "CopyForm",
    "DueField",
    "FileForm",
    "MeasureForm",
    "Parties",
    "PartyField",
    "PlaceForm",
    "PlanForm",
    "RecommendationForm",
    "ResponsibleForm",
    "StandingForm",
    "StepAddForm",
    "StepForm",
    "UpdateForm",
    "ValueForm",
    "WaitsForm",
]
