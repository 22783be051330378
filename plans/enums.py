"""Choice lists of plans."""

from django.db import models

REPORT = "plan"  # the kinds of PDF report that a plan makes
SUMMARY = "plan-summary"


class PlanStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    FINISHED = "finished", "Finished"
    ARCHIVED = "archived", "Archived"


class Standing(models.TextChoices):
    """Whether a barrier was brainstormed or found out."""

    SUSPECTED = "suspected", "Suspected"
    CONFIRMED = "confirmed", "Confirmed"


class StepStatus(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    BLOCKED = "blocked", "Blocked"
    DROPPED = "dropped", "Dropped"


# A step in one of these needs nobody any more.
OVER = (StepStatus.DONE, StepStatus.DROPPED)


class Part(models.TextChoices):
    """What a responsible party does in a step."""

    LEAD = "lead", "Leads"
    COLLABORATE = "collaborate", "Collaborates"
    PARTNER = "partner", "Partners"


class ItemKind(models.TextChoices):
    """What a template's item becomes."""

    BARRIER = "barrier", "Barrier"
    RECOMMENDATION = "recommendation", "Recommendation"
    STEP = "step", "Step"


class Move(models.TextChoices):
    """Where a button moves a barrier, a recommendation or a step; the last two change a step's level."""

    UP = "up", "Move up"
    DOWN = "down", "Move down"
    IN = "in", "Make it a sub-step of the one above"
    OUT = "out", "Move it out one level"


class Adoption(models.TextChoices):
    """Where a partner stands on an intervention."""

    ADOPTED = "adopted", "Adopted"
    CONSIDERING = "considering", "Considering"
    OPPOSED = "opposed", "Opposed"


class Decision(models.TextChoices):
    """What the coalition decided about a recommendation."""

    DO = "do", "Do it"
    LATER = "later", "Later"
    NOT = "not", "Not now"


class Repeats(models.TextChoices):
    """How often a step comes again."""

    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every quarter"
    TWICE_A_YEAR = "half", "Twice a year"
    YEARLY = "yearly", "Every year"


class Direction(models.TextChoices):
    """Where a measure should go."""

    UP = "up", "Go up"
    DOWN = "down", "Go down"


class Rhythm(models.TextChoices):
    """How often somebody gets mail about their steps."""

    DAILY = "daily", "Every workday"
    WEEKLY = "weekly", "Every Monday"
    MONTHLY = "monthly", "The first of each month"
    NEVER = "never", "Never"

    @property
    def said(self) -> str:
        """Inside a sentence: "every Monday"."""
        words = self.label[0].lower() + self.label[1:]
        return f"on {words}" if self == Rhythm.MONTHLY else words


class FeedKind(models.TextChoices):
    """What a calendar shows."""

    MINE = "mine", "My steps"
    ALL = "all", "The whole coalition’s"


class Stage(models.TextChoices):
    """The way from a problem to a plan, in its order; the value stands in addresses."""

    SCENARIO = "scenario", "Scenario"
    CHALLENGE = "challenge", "Challenge"
    BARRIERS = "barriers", "Barriers"
    RECOMMENDATIONS = "recommendations", "Recommendations"
    PRIORITISE = "prioritise", "Prioritize"
    PLAN = "plan", "Plan"
