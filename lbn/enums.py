"""Choice lists of counting (DOMAIN, "Leave-behind naloxone")."""

from django.db import models


class Place(models.TextChoices):
    """Where the kits of an entry were left: in a ZIP, or why there is none. A made-up ZIP is never an answer."""

    ZIP = "zip", "A ZIP code"
    UNKNOWN = "unknown", "ZIP not known"
    OUTSIDE = "outside", "Outside our area"


class Channel(models.TextChoices):
    """How an entry came in. All four obey the same rules and give the same answers."""

    DESK = "desk", "Entered here"
    PHONE = "phone", "From a phone"
    FILE = "file", "From a file"
    API = "api", "From a records system"


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


class VoidReason(models.TextChoices):
    """Why an entry was corrected or removed. A list for the same reason as `ReopenReason`."""

    NUMBER = "number", "The number was wrong"
    PLACE = "place", "The ZIP or place was wrong"
    DAY = "day", "The day was wrong"
    TWICE = "twice", "It was counted twice"
    INCLUDED = "included", "A total includes it"
    IMPORT_UNDONE = "import_undone", "Its import was undone"
    OTHER = "other", "Something else"


class AreaKind(models.TextChoices):
    """What a file of figures by area holds."""

    POPULATION = "population", "Residents"
    DEATHS = "deaths", "Overdose deaths"
    EMS_RUNS = "ems_runs", "EMS runs for overdoses"


class FeedbackKind(models.TextChoices):
    """What an agency learned (DOMAIN: practice 8)."""

    SUCCESS = "success", "Success story"
    CHALLENGE = "challenge", "Challenge"
    RECIPIENTS = "recipients", "Feedback from people who received a kit"
    PERSONNEL = "personnel", "Feedback from personnel"


class FeedbackState(models.TextChoices):
    WAITING = "waiting", "Waiting to be read"
    APPROVED = "approved", "May be used in reports"
    KEPT = "kept", "Not for reports"


class ReopenReason(models.TextChoices):
    """Why a closed period is opened again. A list, because what people type would stay in the audit log for good."""

    LATE_REPORT = "late_report", "An agency reports late"
    CORRECTION = "correction", "An agency corrects its counts"
    MISTAKE = "mistake", "It was closed by mistake"
