"""Can everybody read every report of a coalition? Draws each, and checks it twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from coalitions.models import Coalition, Membership
from coalitions.selectors import actor_for
from phast import offers
from phast.access.actor import Actor
from phast.access.table import Role
from phast.jobs.models import JobFailed
from phast.reports.inspection import CheckerMissing, Finding, independent, inspected
from phast.reports.inspection.every import Offered, drawn, offered


class Command(BaseCommand):
    help = (
        "Draws every report that the people of a coalition may ask for, whatever their role, and keeps none. Checks each by the rules of "
        "PDF/UA-1 (page-validation) and by what those do not ask: reading order, contrast, bookmarks, captions, whole rows, headings that "
        "stay with their text, room. Prints a line for each, and what is wrong. For development: it needs page-validation."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--coalition", metavar="SLUG", help="whose reports; the first one's unless said")
        parser.add_argument(
            "--kind", action="append", metavar="KEY", choices=sorted(offers.report_kinds), help="this kind only"
        )
        parser.add_argument("--keep", metavar="FOLDER", type=Path, help="write the PDFs here, to look at them")

    def handle(self, **options: Any) -> None:
        coalition = _coalition(options["coalition"])
        actors = self._actors(coalition)
        kinds = [offers.report_kinds[key] for key in options["kind"] or offers.report_kinds]
        many = found = 0
        for one in offered(actors, kinds):
            many += 1
            found += len(self._check(one, many, options["keep"]))
        self.stdout.write(
            f"{_many(many, 'report')} of {_many(len(kinds), 'kind')}: {_many(found, 'finding') if found else 'no findings'}."
        )
        if not many:
            raise CommandError("There is no report to check.")
        if found:
            raise CommandError("Not every report is as it should be.")

    def _actors(self, coalition: Coalition) -> list[Actor]:
        """One person of each role."""
        active = Membership.objects.filter(coalition=coalition, user__is_active=True).select_related("user")
        found = []
        for role in Role:
            one = active.filter(role=role).order_by("pk").first()
            actor = actor_for(user=one.user, slug=coalition.slug) if one else None
            if actor is None:
                self.stdout.write(f"Nobody is {role}: what only such a person may read is not checked.")
            else:
                found.append(actor)
        return found

    def _check(self, one: Offered, number: int, folder: Path | None) -> list[Finding]:
        what = f"{one.kind.key}: {one.label} ({one.request.audience})"
        try:
            pages = drawn(one)
        except JobFailed as failed:
            self.stdout.write(f"{what}: not drawn. {failed}")
            return [Finding("drawn", 0, str(failed))]
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number:03}-{one.kind.key}.pdf").write_bytes(pages.content)
        try:
            passed, broken = independent(pages.content)
        except CheckerMissing as missing:
            raise CommandError(str(missing)) from None
        findings = [*broken, *inspected(pages.content)]
        said = _many(len(findings), "finding") if findings else "nothing found"
        self.stdout.write(f"{what}: {_many(pages.pages, 'page')}, {passed} rules passed, {said}")
        for finding in findings:
            self.stdout.write(f"    {finding}")
        return findings


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _coalition(slug: str | None) -> Coalition:
    if slug is None:
        first = Coalition.objects.order_by("pk").first()
        if first is None:
            raise CommandError("There is no coalition. “bootstrap.py demo” makes one.")
        return first
    try:
        return Coalition.objects.get(slug=slug)
    except Coalition.DoesNotExist:
        raise CommandError(f"There is no coalition “{slug}”.") from None
