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
