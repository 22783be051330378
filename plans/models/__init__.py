"""Plans, what they consist of, and the templates they can start from."""

from .plan import Barrier, Plan, PlanItem, Recommendation
from .reference import PlanTemplate, PlanTemplateItem, PlanTemplateParty
from .step import Responsibility, Step, Update

__all__ = [
    "Barrier",
    "Plan",
    "PlanItem",
    "PlanTemplate",
    "PlanTemplateItem",
    "PlanTemplateParty",
    "Recommendation",
    "Responsibility",
    "Step",
    "Update",
]
