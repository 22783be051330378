"""Choice lists of the coalition."""

from django.db import models

from phast.access.table import Role


class AgencyType(models.TextChoices):
    """What kind of public safety agency a partner is; blank for every other organization."""

    LAW_ENFORCEMENT = "law_enforcement", "Law enforcement"
    EMS_FIRE = "ems_fire", "EMS or fire"
    SECURITY = "security", "Security"
    PROBATION = "probation", "Probation"
    CORRECTIONS = "corrections", "Corrections"
    SPECIALTY_POLICE = "specialty_police", "Specialty police"
    MILITARY = "military", "Military"
    OTHER = "other", "Other agency"


class PartnerStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    INVITED = "invited", "Invited"
    INACTIVE = "inactive", "Inactive"


class Reporting(models.TextChoices):
    """How often agencies report their counts. The value is the number of months in a period."""

    MONTHLY = "1", "Every month"
    QUARTERLY = "3", "Every quarter"
    HALF_YEARLY = "6", "Twice a year"


class RoleChoice(models.TextChoices):
    """The access roles, as people read them."""

    COORDINATOR = Role.COORDINATOR, "Coordinator"
    LEAD = Role.LEAD, "Agency lead"
    REPORTER = Role.REPORTER, "Reporter"
    MEMBER = Role.MEMBER, "Member"
    OBSERVER = Role.OBSERVER, "Observer"


ROLE_HELP = {
    Role.COORDINATOR: "Runs the coalition: everything here.",
    Role.LEAD: "Runs one agency's part: its people, its counts, its steps.",
    Role.REPORTER: "Logs one agency's kit counts.",
    Role.MEMBER: "Follows plans and updates their own steps; reads releases.",
    Role.OBSERVER: "Reads what was released or approved.",
}
# Roles that act for an agency and are nothing without one.
NEEDS_PARTNER = frozenset({Role.LEAD, Role.REPORTER})


class EngagementStatus(models.TextChoices):
    """How far the coalition is with an opportunity."""

    NOT_STARTED = "not_started", "Not started"
    CONTACTED = "contacted", "Contacted"
    IN_PROGRESS = "in_progress", "In progress"
    ESTABLISHED = "established", "Established"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


class Readiness(models.IntegerChoices):
    """How far the coalition has a critical element."""

    NOT_YET = 1, "Not yet"
    BEGUN = 2, "Begun"
    MOSTLY = 3, "Mostly there"
    IN_PLACE = 4, "In place"


class AgreementKind(models.TextChoices):
    MOU = "mou", "Memorandum of understanding (MOU)"
    DSA = "dsa", "Data-sharing agreement (DSA)"
    OTHER = "other", "Other agreement"


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review"
    SIGNED = "signed", "Signed"
    ENDED = "ended", "Ended"


class DataDirection(models.TextChoices):
    ONE_WAY = "one_way", "One way"
    TWO_WAY = "two_way", "Both ways"


class Granularity(models.TextChoices):
    AGGREGATE = "aggregate", "Aggregate"
    CASE_LEVEL = "case", "Case-level"


class Timeliness(models.TextChoices):
    REAL_TIME = "real_time", "Real time"
    DAILY = "daily", "Daily"
    WEEKLY = "weekly", "Weekly"
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    YEARLY = "yearly", "Yearly"


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class InviteMethod(models.TextChoices):
    """What a mail about a meeting asks of a calendar (RFC 5546)."""

    REQUEST = "REQUEST", "Invitation"
    CANCEL = "CANCEL", "Cancellation"


class ListeningKind(models.TextChoices):
    FOCUS_GROUP = "focus_group", "Focus group"
    INTERVIEW = "interview", "Key-informant interview"


class FundingKind(models.TextChoices):
    """Sources to braid (source 002, takeaway 4)."""

    FOUNDATION = "foundation", "Private foundation"
    SETTLEMENT = "settlement", "Opioid settlement"
    JAG = "jag", "Byrne Justice Assistance Grant (JAG)"
    COSSUP = "cossup", "Comprehensive Opioid, Stimulant, and Substance Use Program (COSSUP)"
    SOR = "sor", "State Opioid Response (SOR)"
    OTHER = "other", "Other"


class ApplicationStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    WRITING = "writing", "Being written"
    SENT = "sent", "Sent"
    GRANTED = "granted", "Granted"
    DECLINED = "declined", "Declined"


class PolicyKind(models.TextChoices):
    GOOD_SAMARITAN = "good_samaritan", "Good Samaritan law"
    SYRINGE_SERVICES = "syringe", "Syringe services"
    TEST_STRIPS = "test_strips", "Drug-checking test strips"
    OTHER = "other", "Other"


class PolicyStatus(models.TextChoices):
    IDEA = "idea", "Idea"
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    IN_FORCE = "in_force", "In force"
    ENDED = "ended", "Ended"


class Topic(models.TextChoices):
    """What the library is about (sources 002 takeaway 2, and 004)."""

    NALOXONE = "naloxone", "Naloxone"
    FREE_NALOXONE = "free_naloxone", "Free naloxone nearby"
    TEST_STRIPS = "test_strips", "Test strips"
    SYRINGE_SERVICES = "syringe", "Syringe services"
    CRISIS_INTERVENTION = "cit", "Crisis Intervention Team (CIT)"
    TRAUMA_INFORMED = "trauma", "Trauma-informed care"
    COMPASSION_FATIGUE = "compassion", "Compassion fatigue"
    GOOD_SAMARITAN = "good_samaritan", "Good Samaritan laws"
    OTHER = "other", "Other"


class Audience(models.TextChoices):
    PUBLIC_SAFETY = "public_safety", "Public safety staff"
    PUBLIC_HEALTH = "public_health", "Public health staff"
    OFFICIALS = "officials", "Elected officials"
    COMMUNITY = "community", "The community"
    PEOPLE = "people", "People who use drugs and their families"


class HelpStatus(models.TextChoices):
    NEW = "new", "New"
    OPEN = "open", "In contact"
    WAITING = "waiting", "Waiting for them"
    CLOSED = "closed", "Closed"


class HelpContactKind(models.TextChoices):
    CALL = "call", "Call"
    MAIL = "mail", "E-mail"
    VISIT = "visit", "Visit"
    LINKAGE = "linkage", "Linked to somebody who can help"


class ProgramState(models.TextChoices):
    EXISTING = "existing", "We have one"
    PLANNED = "planned", "We plan one"
