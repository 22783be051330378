"""Procedures for the tests of them: begun, written and approved in one line each."""

from __future__ import annotations

from typing import Any

from lbn.actions import sop as actions
from lbn.models import SopVersion
from lbn.sop.sections import sections_of
from phast.access.actor import Actor
from tests.lbn.conftest import TODAY, Scene

WORDS = {
    "keeper": "the quartermaster",
    "sites": "the armory",
    "referral_partners": "Lantern Street",
    "risk_groups": "At the scene\nAt mass gatherings",
    "doses": "2",
    "kit_contents": "Small pouch\nResource card",
}


def begin(scene: Scene, by: Actor, source: str = actions.SAMPLE, *, model: bool = False) -> SopVersion:
    return actions.begin_sop(coalition=scene.coalition, partner=None if model else scene.agency, source=source, by=by)


def approve(draft: SopVersion, by: Actor, **values: Any) -> SopVersion:
    said = {"version": None, "role": "Chief of Police", "in_force_from": TODAY, "why": "New"} | values
    return actions.approve_sop(draft=draft, by=by, **said)


def in_force(scene: Scene, by: Actor, **values: Any) -> SopVersion:
    draft = begin(
        scene, by, actions.OWN if SopVersion.objects.filter(partner=scene.agency).exists() else actions.SAMPLE
    )
    return approve(actions.fill_gaps(draft=draft, words=WORDS, by=by), by, **values)


def write(draft: SopVersion, key: str, text: str, by: Actor, **values: Any) -> SopVersion:
    now = next(section for section in sections_of(SopVersion.objects.get(pk=draft.pk)) if section.key == key)
    opened = {"title": now.title, "text": now.wording}
    said = {"title": now.title, "text": text, "opened": opened} | values
    return actions.save_section(draft=draft, key=key, by=by, **said)


def kept(version: SopVersion) -> dict[str, str]:
    return {section.key: section.text for section in sections_of(SopVersion.objects.get(pk=version.pk))}
