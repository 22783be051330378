"""What is different between two versions of a procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phast.differences import Change, Differences, FieldChange, Group, in_order, word_by_word

from .filling import fill
from .sections import Section, numbered

Side = Mapping[str, tuple[str, str, str]]  # key of a section → number, title and text


def side_of(sections: Sequence[Section], facts: Mapping[str, str]) -> Side:
    """A version as its reader has it before them, by the keys of its sections."""
    return {
        section.key: (
            f"{number}." if number else "",
            section.title,
            section.text if section.filled else fill(section.text, facts),
        )
        for number, section in numbered(sections)
    }


def differences(before: Side, after: Side) -> Differences:
    """Every section that came, went, moved or says something else, in the order of the later version."""
    place = {key: n for n, key in enumerate(before)}
    stayed = in_order([key for key in after if key in before], place.__getitem__)
    changes = []
    for key, (number, title, text) in after.items():
        if key not in before:
            changes.append(Change("added", title, number, fields=_fields(("", ""), (title, text))))
            continue
        old_number, old_title, old_text = before[key]
        fields = _fields((old_title, old_text), (title, text))
        moved = f"from {_place(old_number)} to {_place(number)}" if key not in stayed else ""
        if moved or fields:
            changes.append(Change("changed" if fields else "moved", title, number, moved, fields))
    changes += [
        Change("removed", title, number, fields=_fields((title, text), ("", "")))
        for key, (number, title, text) in before.items()
        if key not in after
    ]
    return Differences([Group("Sections", changes)] if changes else [])


def _place(number: str) -> str:
    return f"place {number.rstrip('.')}" if number else "the top"


def _fields(old: tuple[str, str], new: tuple[str, str]) -> list[FieldChange]:
    (old_title, old_text), (title, text) = old, new
    renamed = bool(old_title and title and old_title != title)
    found = [FieldChange("Title", old_title, title, word_by_word(old_title, title))] if renamed else []
    if old_text != text:
        found.append(FieldChange("Text", old_text, text, word_by_word(old_text, text)))
    return found
