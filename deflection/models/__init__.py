"""The five models, the programs that follow them, and the directory of local help."""

from .indicator import QuarterCounts
from .program import Evidence, Program, ProgramActivity, TrainingCount
from .reference import (
    Activity,
    ActivityOffer,
    Audience,
    DeflectionModel,
    ModelItem,
    ModelPathway,
    Pathway,
    ResourceCategory,
    Topic,
)
from .resource import Guide, Resource, ResourceImport, ResourceSite, VerifyMail, VerifyStop

__all__ = [
    "Activity",
    "ActivityOffer",
    "Audience",
    "DeflectionModel",
    "Evidence",
    "Guide",
    "ModelItem",
    "ModelPathway",
    "Pathway",
    "Program",
    "ProgramActivity",
    "QuarterCounts",
    "Resource",
    "ResourceCategory",
    "ResourceImport",
    "ResourceSite",
    "Topic",
    "TrainingCount",
    "VerifyMail",
    "VerifyStop",
]
