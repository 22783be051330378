"""A desk at which a plan comes in from a spreadsheet."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from plans.models import Plan, PlanImport, Step
from tests.client import ReadingClient
from tests.factories import sign_in
from tests.plans.factories import make_actor
from tests.sheets.files import text_file

HEADER = ("No.", "Activity", "Responsible agency or person", "Target date", "Status")


class Desk:
    """A coordinator at the import pages."""

    def __init__(self) -> None:
        self.by = make_actor()
        self.client = ReadingClient()
        sign_in(self.client, self.by.user)

    def upload(self, *rows: tuple[Any, ...], name: str = "Our plan.csv", data: bytes = b"", **more: Any) -> Any:
        file = SimpleUploadedFile(name, data or text_file(*rows))
        return self.client.post(reverse("plans:import", args=[self.by.coalition.slug]), {"file": file, **more})

    def start(self, *rows: tuple[Any, ...], **more: Any) -> str:
        """Uploads and answers the page with the steps."""
        response = self.upload(*rows, **more)
        assert response.status_code == 302, words(response)
        return words(self.client.get(response.url))

    @property
    def last(self) -> PlanImport:
        return PlanImport.objects.latest("pk")

    @property
    def url(self) -> str:
        return reverse("plans:import_detail", args=[self.by.coalition.slug, self.last.pk])

    def say(self, do: str = "look", **changes: str) -> Any:
        """Sends the form as it stands, with `changes`. A key may name a field by its label."""
        html = self.client.get(self.url).content.decode()
        data = form_of(html) | {name_of(html, key): value for key, value in changes.items()}
        return self.client.post(self.url, {**data, "do": do})

    def bring_in(self, **changes: str) -> Plan:
        response = self.say("bring-in", **changes)
        assert response.status_code == 302, words(response)
        return Plan.objects.latest("pk") if self.last.plan is None else self.last.plan


def words(response: Any) -> str:
    """The page as a person reads it."""
    html = re.sub(r"<(script|style|select).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def form_of(html: str) -> dict[str, str]:
    """What a browser would send back unchanged."""
    form = re.search(r'<form class="import".*?</form>', html, re.S)
    assert form
    found = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        is_box = attributes.get("type") == "checkbox"
        if not is_box or re.search(r"\schecked\b", tag):
            found[attributes["name"]] = unescape(attributes.get("value", "on" if is_box else ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', form[0], re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def name_of(html: str, key: str) -> str:
    """The name of the field with this label, or the key itself."""
    label = re.search(rf'for="id_([^"]+)"[^>]*>\s*{re.escape(key)}', html)
    return label[1] if label else key


def step(title: str) -> Step:
    return Step.objects.get(title=title)


def owners(title: str) -> list[tuple[str, str]]:
    return [(str(r.party), r.part) for r in step(title).responsibilities.all()]
