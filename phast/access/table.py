"""The policy: action → role → scope. Views, templates, tasks, imports, exports and tests all read this table and nothing else.

To change who may do something, change it here.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a person may do in a coalition: the access role of a membership (not their position in the coalition)."""

    COORDINATOR = "coordinator"
    LEAD = "lead"
    REPORTER = "reporter"
    MEMBER = "member"
    OBSERVER = "observer"


class Scope(StrEnum):
    """How far a right reaches."""

    COALITION = "C"  # everything in the coalition
    PARTNER = "P"  # what belongs to the partner of the membership
    ASSIGNED = "A"  # what is assigned to the person or to their partner
    RELEASED = "R"  # what is released or published
    NONE = "-"


class Action(StrEnum):
    """Something a person does, as the policy names it."""

    SETTINGS_MANAGE = "settings.manage"  # coalition settings, reporting periods, releases, audit
    PEOPLE_MANAGE = "people.manage"  # memberships and invitations
    ROSTER_SEE = "roster.see"  # partners, sectors, positions
    CONTACTS_SEE = "contacts.see"  # the details of contacts
    PARTNER_EDIT = "partner.edit"  # a partner and its contacts
    ENGAGEMENT_SEE = "engagement.see"
    ENGAGEMENT_EDIT = "engagement.edit"
    ALERTS_SEE = "alerts.see"
    ALERT_ANSWER = "alert.answer"  # acknowledge, say what was done
    LIBRARY_SEE = "library.see"
    REQUESTS_HANDLE = "requests.handle"  # what agencies without an account asked for
    PLANS_SEE = "plans.see"  # plans, or of them what is approved
    PLANS_FOLLOW = "plans.follow"  # plans as they are worked on: steps, updates, files
    PLANS_EDIT = "plans.edit"
    STEP_UPDATE = "step.update"  # status, dated updates, comments
    RECOMMENDATION_VOTE = "recommendation.vote"
    ADOPTION_SEE = "adoption.see"  # which partner has adopted what, and why not
    ADOPTION_EDIT = "adoption.edit"
    COUNTS_WRITE = "counts.write"  # log, correct, import, report a period
    COUNTS_SEE = "counts.see"  # exact counts, their reports and exports
    FEEDBACK_WRITE = "feedback.write"  # what an agency learned
    RELEASES_SEE = "releases.see"  # releases, their reports and exports
    PROGRAM_SEE = "program.see"  # supply, training, practices, SOP
    SUPPLY_EDIT = "supply.edit"  # supply and training
    PRACTICE_EDIT = "practice.edit"  # practices and SOP
    DEFLECTION_SEE = "deflection.see"  # programs, or of them those that are shared
    DEFLECTION_FOLLOW = "deflection.follow"  # programs as they are worked on: notes, evidence, owners by name
    DEFLECTION_EDIT = "deflection.edit"
    ACTIVITY_UPDATE = "activity.update"
    RESOURCES_SEE = "resources.see"
    RESOURCES_EDIT = "resources.edit"


def _row(scopes: str) -> dict[Role, Scope]:
    """Five letters, in the order of `Role`: coordinator, lead, reporter, member, observer."""
    return dict(zip(Role, (Scope(letter) for letter in scopes.split()), strict=True))


# fmt: off
TABLE: dict[Action, dict[Role, Scope]] = {
    #                                coordinator, lead, reporter, member, observer
    Action.SETTINGS_MANAGE:     _row("C - - - -"),
    Action.PEOPLE_MANAGE:       _row("C P - - -"),
    Action.ROSTER_SEE:          _row("C C C C R"),
    Action.CONTACTS_SEE:        _row("C C P C -"),
    Action.PARTNER_EDIT:        _row("C P - P -"),
    Action.ENGAGEMENT_SEE:      _row("C C - C -"),
    Action.ENGAGEMENT_EDIT:     _row("C - - - -"),
    Action.ALERTS_SEE:          _row("C A A A -"),
    Action.ALERT_ANSWER:        _row("C P P P -"),
    Action.LIBRARY_SEE:         _row("C C C C C"),
    Action.REQUESTS_HANDLE:     _row("C - - - -"),
    Action.PLANS_SEE:           _row("C C C C R"),
    Action.PLANS_FOLLOW:        _row("C C C C -"),
    Action.PLANS_EDIT:          _row("C - - - -"),
    Action.STEP_UPDATE:         _row("C A A A -"),
    Action.RECOMMENDATION_VOTE: _row("C P - P -"),
    Action.ADOPTION_SEE:        _row("C C - - -"),
    Action.ADOPTION_EDIT:       _row("C P - - -"),
    Action.COUNTS_WRITE:        _row("C P P - -"),
    Action.COUNTS_SEE:          _row("C P P - -"),
    Action.FEEDBACK_WRITE:      _row("C P P - -"),
    Action.RELEASES_SEE:        _row("C C C C R"),
    Action.PROGRAM_SEE:         _row("C P P - -"),
    Action.SUPPLY_EDIT:         _row("C P P - -"),
    Action.PRACTICE_EDIT:       _row("C P - - -"),
    Action.DEFLECTION_SEE:      _row("C C C C R"),
    Action.DEFLECTION_FOLLOW:   _row("C C C C -"),
    Action.DEFLECTION_EDIT:     _row("C A - A -"),
    Action.ACTIVITY_UPDATE:     _row("C A A A -"),
    Action.RESOURCES_SEE:       _row("C C C C C"),
    Action.RESOURCES_EDIT:      _row("C P - P -"),
}
# fmt: on

# Roles that need a second factor outside demo mode.
SECOND_FACTOR = frozenset({Role.COORDINATOR})
