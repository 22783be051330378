"""What source 004 says about running a program, loaded from `lbn/data/` by natural key."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from lbn.models import (
    FocusPoint,
    FocusTheme,
    KitItem,
    PackText,
    PathStep,
    Phrase,
    Practice,
    PracticeElement,
    RiskGroup,
    SopSection,
    TrainingElement,
)
from phast.reference import load_rows, rows_of

DATA = Path(__file__).parent / "data"
# Shown beside reference content.
SOURCE_TITLE = "NY ORS Team: Developing a Framework to Support Public Safety Leave Behind Naloxone Programs"
# What the default texts of a procedure may name in braces; the portal fills it in.
SOP_NAMES = {
    "agency": "the agency’s name",
    "approved_role": "the role that approved the version",
    "coalition": "the coalition’s name",
    "doses": "doses in a kit",
    "due_days": "days after a period ends in which its report is due",
    "in_force_from": "the day from which the version is in force",
    "keeper": "the role in charge of kits",
    "kit_contents": "what is in the kit in use",
    "referral_partners": "the peer and outreach partners the program refers to",
    "risk_groups": "the groups of the agency’s definition of at risk",
    "sites": "the sites where kits are kept",
    "training_elements": "the elements of the training",
    "version": "the number of the version",
}


@transaction.atomic
def load() -> str:
    """Makes the tables say what the files say; running it again changes nothing."""
    listed = ["order", "source"]
    texts = [*listed, "title", "text"]
    practices = load_rows(Practice, ["key"], rows("practices.csv"), [*texts, "number", "heading"])
    elements = load_rows(
        PracticeElement,
        ["key"],
        [row | {"practice_id": row["practice"]} for row in rows("practice_elements.csv")],
        [*texts, "practice_id", "next", "evidence"],
    )
    groups = load_rows(RiskGroup, ["key"], rows("risk_groups.csv"), texts)
    training = load_rows(TrainingElement, ["key"], rows("training_elements.csv"), texts)
    items = load_rows(KitItem, ["key"], rows("kit_items.csv"), [*listed, "part", "name", "quantity", "text"])
    phrases = load_rows(Phrase, ["key"], rows("phrases.csv"), [*listed, "kind", "text", "use_when", "instead", "why"])
    themes = load_rows(FocusTheme, ["key"], rows("focus_themes.csv"), [*listed, "title"])
    points = [row | {"theme_id": row["theme"]} for row in rows("focus_points.csv")]
    load_rows(FocusPoint, ["key"], points, [*listed, "theme_id", "text"])
    sections = load_rows(SopSection, ["key"], rows("sop_sections.csv"), [*texts, "guide", "fixed"])
    pack: list[dict[str, str | None]] = [
        {**row, "element_id": row["element"] or None} for row in rows("pack_texts.csv")
    ]
    pieces = load_rows(PackText, ["key"], pack, [*texts, "part", "minutes", "element_id"])
    steps = load_rows(PathStep, ["key"], rows("path_steps.csv"), [*texts, "minutes"])
    return (
        f"{practices} practices with {elements} elements, {groups} groups at risk, {training} training elements, {items} kit items, "
        f"{phrases} phrases, {themes} themes, {sections} sections of a procedure, {pieces} pieces of the roll-call pack, {steps} steps"
    )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file below `lbn/data/`."""
    return rows_of(DATA / name)
