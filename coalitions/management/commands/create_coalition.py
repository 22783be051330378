"""`manage.py create_coalition NAME SLUG EMAIL`: how a fresh installation begins."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coalitions.actions.coalition import create_coalition
from coalitions.invitations import link


class Command(BaseCommand):
    help = "Open a coalition and invite its first coordinator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='As it calls itself: "Tri-County Overdose Response".')
        parser.add_argument("slug", help="Its part of the address: tri-county.")
        parser.add_argument("email", help="The first coordinator's e-mail address.")

    def handle(self, *args: Any, name: str, slug: str, email: str, **options: Any) -> None:
        try:
            invitation = create_coalition(name=name, slug=slug, email=email, by=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{invitation.coalition} is there. {invitation.email} gets an invitation by mail.")
        self.stdout.write(f"Where mail is not set up yet, give them this link (72 hours, once):\n{link(invitation)}")
