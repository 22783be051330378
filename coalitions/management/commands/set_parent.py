"""`manage.py set_parent CHILD PARENT`: puts a coalition under another; without PARENT, under none."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coalitions.actions.parents import set_parent
from coalitions.models import Coalition


class Command(BaseCommand):
    help = "Puts a coalition under another, whose people then read its releases and requests for help."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("child", help="The address of the coalition, such as tri-county.")
        parser.add_argument("parent", nargs="?", default="", help="The address of its parent. Left out: it has none.")

    def handle(self, *args: Any, **options: Any) -> None:
        child = self._find(options["child"])
        parent = self._find(options["parent"]) if options["parent"] else None
        try:
            set_parent(child=child, parent=parent)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        self.stdout.write(f"{child} stands under {parent}." if parent else f"{child} has no parent.")

    def _find(self, slug: str) -> Coalition:
        found = Coalition.objects.filter(slug=slug).first()
        if found is None:
            raise CommandError(f"There is no coalition “{slug}”.")
        return found
