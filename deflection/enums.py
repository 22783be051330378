"""Choice lists of deflection."""

from django.db import models

REPORT = "deflection_program"  # the kind of PDF report that a program makes


class ActivityStatus(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


# An activity in one of these needs nobody any more.
OVER = (ActivityStatus.DONE, ActivityStatus.NOT_APPLICABLE)


class Section(models.TextChoices):
    """Parts of a checklist, the same for every model. Ours: the source has one list a model."""

    STAFF = "staff", "Coordinator and training"
    AGREEMENTS = "agreements", "Agreements"
    COMMUNITY = "community", "The community"
    PROTOCOLS = "protocols", "Protocols"
    OWN = "own", "Added by the program"


class EvidenceKind(models.TextChoices):
    """What shows that an activity is done."""

    LINK = "link", "Link"
    FILE = "file", "File"
    AGREEMENT = "agreement", "Agreement"
    SOP = "sop", "SOP"
    TRAINING = "training", "Training"


class Fit(models.TextChoices):
    """How far a pathway is what a model does."""

    MAIN = "main", "The same idea"
    PARTLY = "partly", "In part"
