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


# ------------------------------------------------------------------ running a program
class Product(models.TextChoices):
    """What naloxone a kit holds."""

    NASAL_4 = "nasal_4", "4 mg nasal spray"
    NASAL_3 = "nasal_3", "3 mg nasal spray"
    INJECTABLE = "injectable", "0.4 mg/mL for injection"
    OTHER = "other", "Another product"


class Movement(models.TextChoices):
    """Why kits came to a shelf or left it. `INCOMING` are positive in the ledger, `OUTGOING` negative, the others either."""

    RECEIVED = "received", "Received"
    SENT = "sent", "Sent to another site"
    ARRIVED = "arrived", "Came from another site"
    CAME_BACK = "came_back", "Came back: the transfer was not accepted"
    LEFT = "left", "Left behind"
    RETURNED = "returned", "Put back: the count was corrected or removed"
    LOST = "lost", "Lost or damaged"
    EXPIRED = "expired", "Expired"
    ADJUSTED = "adjusted", "Adjusted"
    COUNTED = "counted", "Difference found by a stock-take"


INCOMING = [Movement.RECEIVED, Movement.ARRIVED, Movement.CAME_BACK, Movement.RETURNED]
OUTGOING = [Movement.SENT, Movement.LEFT, Movement.LOST, Movement.EXPIRED]


class StockReason(models.TextChoices):
    """Why kits were lost or a number was adjusted. A list, because what people type would stay in the ledger for good."""

    NONE = "", "No reason needed"
    DAMAGED = "damaged", "Damaged"
    MISSING = "missing", "Not found"
    HEAT = "heat", "Kept too hot or too cold"
    RECALLED = "recalled", "Recalled by the maker"
    TRAINING = "training", "Used in training"
    USED = "used", "Used by personnel at a scene"
    FOUND = "found", "Found again"
    MISTAKE = "mistake", "An earlier entry was wrong"
    SETTLED = "settled", "A later stock-take had counted it already"
    OTHER = "other", "Something else"


class TransferState(models.TextChoices):
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class KitPart(models.TextChoices):
    """Where practice 1 puts something: in every kit, to weigh with public health partners, or for some settings."""

    STANDARD = "standard", "In every kit"
    CONSIDER = "consider", "To consider with public health partners"
    BY_SETTING = "by_setting", "Depending on the setting"


class Evidence(models.TextChoices):
    """What the portal knows of a program that may show that an element of a practice is in place."""

    KIT_DESIGN = "kit_design", "The kit in use, and what is in it"
    AT_RISK = "at_risk", "The agency’s own definition of at risk"
    COUNTS = "counts", "Counts and reports of periods"
    SOP = "sop", "The procedure in force"
    TRAINING = "training", "Training sessions and people trained"
    REFERRALS = "referrals", "Peer and outreach partners, and referrals"
    PARTNERS = "partners", "Sectors with a partner in the coalition"
    SHARED_WORK = "shared_work", "Sessions and kits shared with other agencies"
    SEATS = "seats", "Lived-experience seats of the coalition"
    RESOURCES = "resources", "The resource card in the kit"
    FEEDBACK = "feedback", "Feedback, and what was made better"


class PhraseKind(models.TextChoices):
    USE = "use", "Words to use"
    AVOID = "avoid", "Words to avoid"


class PackPart(models.TextChoices):
    SPEAKER = "speaker", "Speaker’s page"
    HANDOUT = "handout", "Handout"


class InPlace(models.IntegerChoices):
    """How far an agency is with an element of a practice."""

    NOT_YET = 0, "Not yet"
    STARTED = 1, "Started"
    MOSTLY = 2, "Mostly in place"
    IN_PLACE = 3, "In place"


class SessionKind(models.TextChoices):
    INFORMATIONAL = "informational", "Informational session"
    ROLL_CALL = "roll_call", "Roll call"
    COMMUNITY = "community", "Community of practice"


class Audience(models.TextChoices):
    PERSONNEL = "personnel", "Personnel who leave kits"
    SUPERVISORS = "supervisors", "Supervisors and leaders"
    DISPATCHERS = "dispatchers", "Dispatchers"
    CIVILIAN = "civilian", "Civilian staff"
    MIXED = "mixed", "Several of these"


class ReferralKind(models.TextChoices):
    """Whom a program refers survivors of an overdose to."""

    PEER = "peer", "Peer support"
    OUTREACH = "outreach", "Outreach team"
    SYRINGE_SERVICES = "syringe_services", "Syringe services program"
    TREATMENT = "treatment", "Treatment provider"
    OTHER = "other", "Other support"
