"""Choice lists of counting (DOMAIN, "Leave-behind naloxone")."""

from django.db import models


class Place(models.TextChoices):
    """Where the kits of an entry were left: in a ZIP, or why there is none. A made-up ZIP is never an answer."""

    ZIP = "zip", "A ZIP code"
    UNKNOWN = "unknown", "ZIP not known"
    OUTSIDE = "outside", "Outside our area"


class Setting(models.TextChoices):
    NOT_RECORDED = "", "Not recorded"
    OVERDOSE_SCENE = "overdose_scene", "Overdose scene"
    OTHER_ENCOUNTER = "other_encounter", "Other encounter"
    DEFLECTION = "deflection", "Deflection or diversion"
    MASS_GATHERING = "mass_gathering", "Mass gathering"
    REENTRY = "reentry", "Reentry or probation"
    VENDING = "vending", "Vending or public box"
    OTHER = "other", "Other"


class Recipient(models.TextChoices):
    NOT_RECORDED = "", "Not recorded"
    PERSON_AT_RISK = "person_at_risk", "Person at risk"
    FAMILY = "family", "Family"
    FRIEND = "friend", "Friend"
    BYSTANDER = "bystander", "Bystander"
    OTHER = "other", "Other"


class ReopenReason(models.TextChoices):
    """Why a closed period is opened again. A list, because what people type would stay in the audit log for good."""

    LATE_REPORT = "late_report", "An agency reports late"
    CORRECTION = "correction", "An agency corrects its counts"
    MISTAKE = "mistake", "It was closed by mistake"
