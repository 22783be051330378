"""What is different between two readings of a plan: which items came, went, moved or changed, and in which words.

Both sides are words as `plans.versions` writes them, complete. Items are matched by their key, so a step that was renamed and moved is
still the same step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from phast.differences import Change, Differences, FieldChange, Group, in_order, word_by_word, woven

TOP = "the top level"

Words = dict[str, Any]
ITEM_FIELDS: dict[str, dict[str, str]] = {
    "barriers": {
        "text": "Barrier",
        "detail": "More about it",
        "standing": "Standing",
        "how_learned": "How we learned it",
    },
    "recommendations": {
        "text": "Recommendation",
        "detail": "More about it",
        "answers": "Answers",
        "decision": "Decision",
        "reason": "Reason",
    },
    "steps": {
        "title": "Step",
        "detail": "More about it",
        "parties": "Responsible",
        "due": "Due",
        "status": "Status",
        "resources": "Resources needed",
        "funding": "Funding",
        "repeats": "Comes again",
        "carries_out": "Carries out",
        "waits_for": "Can start after",
        "files": "Files",
    },
    "measures": {
        "text": "What is measured",
        "unit": "Unit",
        "direction": "It should",
        "baseline": "Baseline",
        "baseline_on": "Baseline measured on",
        "target": "Target",
        "target_on": "Target to be reached by",
        "story": "The story behind the curve",
        "values": "Values",
        "steps": "Steps that move it",
    },
}
PLAN_FIELDS = {"title": "Title", "status": "Status", "scenario": "Scenario", "challenge": "Challenge"}
HEADINGS = {"barriers": "Barriers", "recommendations": "Recommendations", "steps": "Steps", "measures": "Measures"}


class _Item(NamedTuple):
    """An item where it stands: below which other, as the how-manieth there, and in what words."""

    key: Any
    above: Any
    words: Words

    @property
    def title(self) -> str:
        return str(self.words.get("title") or self.words.get("text"))

    @property
    def number(self) -> str:
        return str(self.words.get("number", ""))


def differences(before: Words, after: Words) -> Differences:
    """What one has to read to know what changed from `before` to `after`."""
    groups = [Group("The plan", _plan_changes(before, after))]
    groups += [Group(heading, _item_changes(part, before[part], after[part])) for part, heading in HEADINGS.items()]
    return Differences([group for group in groups if group.changes])


def _plan_changes(before: Words, after: Words) -> list[Change]:
    found = _fields(PLAN_FIELDS, before, after)
    return [Change("changed", change.label, fields=[change]) for change in found]


def _item_changes(part: str, before: Sequence[Words], after: Sequence[Words]) -> list[Change]:
    old, new = _by_key(before), _by_key(after)
    moved = _moved(old, new)
    changes = []
    for key, item in new.items():
        if key not in old:
            changes.append(Change("added", item.title, item.number, fields=_fields(ITEM_FIELDS[part], {}, item.words)))
            continue
        fields = _fields(ITEM_FIELDS[part], old[key].words, item.words)
        where = _where(old[key], item, old, new) if key in moved else ""
        if where or fields:
            changes.append(
                Change("moved" if where and not fields else "changed", item.title, item.number, where, fields)
            )
    changes += [
        Change("removed", item.title, item.number, fields=_fields(ITEM_FIELDS[part], item.words, {}))
        for key, item in old.items()
        if key not in new
    ]
    return changes


def _by_key(items: Sequence[Words]) -> dict[Any, _Item]:
    return {item.key: item for item in _flat(items, None)}


def _flat(items: Sequence[Words], above: Any) -> Iterator[_Item]:
    for words in items:
        # What has no key is the same when it says the same.
        key = words["key"] if words["key"] is not None else words.get("title") or words.get("text")
        yield _Item(key, above, words)
        if "number" in words:
            yield from _flat(words["steps"], key)


# ------------------------------------------------------------------ order
def _moved(old: dict[Any, _Item], new: dict[Any, _Item]) -> set[Any]:
    """Items under another one than before, and as few others as explain the new order of those that stayed."""
    both = [key for key in new if key in old]
    moved = {key for key in both if old[key].above != new[key].above}
    place = {key: n for n, key in enumerate(old)}
    stayed: dict[Any, list[Any]] = {}
    for key in both:
        if key not in moved:
            stayed.setdefault(new[key].above, []).append(key)
    for siblings in stayed.values():
        moved |= set(siblings) - in_order(siblings, place.__getitem__)
    return moved


def _where(was: _Item, now: _Item, old: dict[Any, _Item], new: dict[Any, _Item]) -> str:
    if was.above != now.above:
        return f"from {_under(was, old)} to {_under(now, new)}"
    if now.number:
        return f"from {was.number} to {now.number}"
    return f"from place {list(old).index(was.key) + 1} to place {list(new).index(now.key) + 1}"


def _under(item: _Item, items: dict[Any, _Item]) -> str:
    return f"under “{items[item.above].title}”" if item.above is not None else TOP


# ------------------------------------------------------------------ words
def _fields(labels: dict[str, str], before: Words, after: Words) -> list[FieldChange]:
    """The fields that differ; a side without the item is empty."""
    found = []
    for name, label in labels.items():
        old, new = before.get(name), after.get(name)
        if (old or "") == (new or "") or not (old or new):
            continue
        if isinstance(old or new, list):
            olds, news = _entries(old or []), _entries(new or [])
            found.append(FieldChange(label, "; ".join(olds), "; ".join(news), woven(olds, news), is_list=True))
        else:
            olds, news = str(old or ""), str(new or "")
            found.append(FieldChange(label, olds, news, word_by_word(olds, news)))
    return [change for change in found if change.before != change.after]


def _entries(values: Sequence[Any]) -> list[str]:
    """Parties, dated values and plain texts, each as one says it."""
    return [_entry(value) for value in values]


def _entry(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    if "name" in value:
        return f"{value['name']}{value['more']}"
    return f"{value['day']}: {value['value']}" + (f" ({value['note']})" if value["note"] else "")
