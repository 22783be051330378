"""Plans, what they consist of, and the templates they can start from."""

from .adoption import Intervention, Stance
from .change import PlanChange
from .digest import CalendarFeed, DigestMail, Subscription
from .importing import PlanImport
from .link import StepLink
from .measure import Measure, MeasureValue
from .plan import Barrier, Plan, PlanItem, Recommendation
from .reference import PlanTemplate, PlanTemplateItem, PlanTemplateMeasure, PlanTemplateParty
from .step import Responsibility, Step, StepFile, Update
from .version import PlanVersion
from .vote import Vote

__all__ = [
    "Barrier",
    "CalendarFeed",
    "DigestMail",
    "Intervention",
    "Measure",
    "MeasureValue",
    "Plan",
    "PlanChange",
    "PlanImport",
    "PlanItem",
    "PlanTemplate",
    "PlanTemplateItem",
    "PlanTemplateMeasure",
    "PlanTemplateParty",
    "PlanVersion",
    "Recommendation",
    "Responsibility",
    "Stance",
    "Step",
    "StepFile",
    "StepLink",
    "Subscription",
    "Update",
    "Vote",
]
