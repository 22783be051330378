"""People in a coalition: memberships and the invitations that lead to them."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from coalitions.enums import NEEDS_PARTNER, RoleChoice
from phast.access.funnel import Tenant
from phast.jobs.models import Job, JobState

from .coalition import Coalition
from .roster import Partner

INVITATION_LASTS = dt.timedelta(hours=72)


def _nonce() -> str:
    return secrets.token_urlsafe(16)


def _expiry() -> dt.datetime:
    return timezone.now() + INVITATION_LASTS


@pghistory.track()
class Membership(Tenant):
    """A person's role in a coalition, for a partner where the role needs one. A person may hold several."""

    partner_path = "partner"

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=RoleChoice)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["user__name", "user__email"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "coalition", "partner"],
                name="one_role_for_a_partner",
                nulls_distinct=False,
                violation_error_message="This person has a role there already. Change that one.",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=[str(role) for role in sorted(NEEDS_PARTNER)]) | Q(partner__isnull=False),
                name="role_needs_partner",
                violation_error_message="Choose the agency: a lead and a reporter act for one.",
            ),
        ]
        triggers: ClassVar = [
            # Two coordinators who remove each other at once both pass a check in Python; this one runs at commit, under a lock.
            pgtrigger.Trigger(
                name="never_without_coordinator",
                when=pgtrigger.After,
                operation=pgtrigger.Update | pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("OLD.role = 'coordinator'"),
                declare=[("kept", "INTEGER")],
                func="""
                    PERFORM 1 FROM coalitions_coalition WHERE id = OLD.coalition_id FOR NO KEY UPDATE;
                    SELECT count(*) INTO kept FROM coalitions_membership
                        WHERE coalition_id = OLD.coalition_id AND role = 'coordinator';
                    IF kept = 0 THEN
                        RAISE EXCEPTION 'a coalition keeps at least one coordinator'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'never_without_coordinator';
                    END IF;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        place = f" at {self.partner}" if self.partner else ""
        return f"{self.user}, {self.get_role_display()}{place}"


class Invitation(Job, Tenant):
    """The only way in: bound to an e-mail address, single use, good for 72 hours. Sending it is the job.

    The link's token is signed, not stored: `coalitions.invitations` makes it out of the key and the nonce. An invitation that
    is sent again is a new one; the old is withdrawn.
    """

    partner_path = "partner"
    MAX_ATTEMPTS = 300  # mail may be down for days; the invitation waits

    coalition = models.ForeignKey(Coalition, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField("e-mail address")
    name = models.CharField("name", max_length=120, blank=True)
    role = models.CharField(max_length=12, choices=RoleChoice)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    nonce = models.CharField(max_length=30, default=_nonce, editable=False)
    expires_at = models.DateTimeField(default=_expiry)
    created_at = models.DateTimeField(auto_now_add=True)
    # None: the portal itself, for the first coordinator of a coalition.
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(role__in=[str(role) for role in sorted(NEEDS_PARTNER)]) | Q(partner__isnull=False),
                name="invited_role_needs_partner",
                violation_error_message="Choose the agency: a lead and a reporter act for one.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email}, {self.get_role_display()}"

    @property
    def is_open(self) -> bool:
        """True while it can be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and timezone.now() < self.expires_at

    @property
    def standing(self) -> str:
        """Where it is, in a word."""
        if self.accepted_at:
            return "Accepted"
        if self.withdrawn_at:
            return "Withdrawn"
        if not self.is_open:
            return "Expired"
        return {JobState.DONE: "Open", JobState.FAILED: "Failed"}.get(JobState(self.state), "Waiting")

    @property
    def mail_state(self) -> str:
        """What became of the mail, as a sentence."""
        if self.state == JobState.DONE:
            return "The mail is sent."
        if self.state == JobState.FAILED:
            return self.message
        if not self.is_open:
            return "The mail could not be sent in time. Send it again."
        if self.attempts and self.state == JobState.WAITING:
            return "Not sent yet: mail is down. It is sent as soon as mail is back."
        return "The mail is on its way."

    def work(self) -> None:
        """Sends the mail."""
        from coalitions.invitations import send

        send(self)
