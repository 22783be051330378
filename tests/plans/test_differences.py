"""What is different between two versions, said so that people can read it."""

from __future__ import annotations

import random
from typing import Any

from phast.differences import MOST_WORDS, Change, Differences, Piece, word_by_word
from plans.differences import differences
from plans.versions import complete


def plan(steps: list[dict[str, Any]] | None = None, **words: Any) -> dict[str, Any]:
    def numbered(siblings: list[dict[str, Any]], before: str = "") -> list[dict[str, Any]]:
        return [
            step | {"number": f"{before}{n}", "steps": numbered(step.get("steps", []), f"{before}{n}.")}
            for n, step in enumerate(siblings, 1)
        ]

    return complete({"title": "A plan", **words, "steps": numbered(steps or [])})


def step(key: int, *below: dict[str, Any], **words: Any) -> dict[str, Any]:
    return {"key": key, "title": f"Step {key}", "steps": list(below), **words}


def only(found: Differences, heading: str) -> list[Change]:
    assert [group.heading for group in found.groups] == [heading]
    return found.groups[0].changes


def kinds(found: Differences) -> dict[str, str]:
    return {change.title: change.kind for group in found.groups for change in group.changes}


def test_the_same_words_differ_in_nothing() -> None:
    words = plan([step(1, step(2))], barriers=[{"key": 1, "text": "B"}])
    assert not differences(words, words)
    assert differences(words, words).count == 0


def test_a_step_that_came_and_one_that_went() -> None:
    found = differences(plan([step(1), step(2)]), plan([step(2), step(3, detail="How")]))
    assert kinds(found) == {"Step 3": "added", "Step 1": "removed"}
    added = only(found, "Steps")[0]
    assert [(field.label, field.after) for field in added.fields] == [("Step", "Step 3"), ("More about it", "How")]


def test_a_renamed_step_is_the_same_step() -> None:
    (change,) = only(differences(plan([step(1)]), plan([step(1, title="Step one")])), "Steps")
    assert (change.kind, change.title) == ("changed", "Step one")
    assert [(field.label, field.before, field.after) for field in change.fields] == [("Step", "Step 1", "Step one")]


def test_each_field_is_told_before_and_after() -> None:
    before = step(1, due="Jun 30", status="Not started", parties=[{"name": "A", "more": ""}, {"name": "B", "more": ""}])
    after = step(
        1, due="Jul 31", status="Done", parties=[{"name": "B", "more": ", collaborates"}, {"name": "A", "more": ""}]
    )
    (change,) = only(differences(plan([before]), plan([after])), "Steps")
    told = {field.label: (field.before, field.after) for field in change.fields}
    assert told == {
        "Responsible": ("A; B", "B, collaborates; A"),
        "Due": ("Jun 30", "Jul 31"),
        "Status": ("Not started", "Done"),
    }


def test_one_step_that_moved_is_one_change() -> None:
    before, after = [step(n) for n in range(1, 9)], [step(n) for n in (1, 8, 2, 3, 4, 5, 6, 7)]
    (change,) = only(differences(plan(before), plan(after)), "Steps")
    assert (change.kind, change.title, change.moved) == ("moved", "Step 8", "from 8 to 2")


def test_what_comes_before_moves_nothing() -> None:
    found = differences(plan([step(1), step(2)]), plan([step(3), step(1), step(2)]))
    assert kinds(found) == {"Step 3": "added"}


def test_a_step_under_another_one_says_from_where_to_where() -> None:
    (change,) = only(differences(plan([step(1), step(2)]), plan([step(1, step(2))])), "Steps")
    assert change.moved == "from the top level to under “Step 1”"


def test_the_priority_of_recommendations_is_an_order() -> None:
    texts = [{"key": n, "text": f"R{n}"} for n in (1, 2, 3)]
    found = differences(plan(recommendations=texts), plan(recommendations=[texts[2], *texts[:2]]))
    (change,) = only(found, "Recommendations")
    assert (change.title, change.moved) == ("R3", "from place 3 to place 1")


def test_a_value_that_was_measured_is_told_alone() -> None:
    values = [{"on": "2026-03-01", "day": "Mar 1, 2026", "value": "3", "note": ""}]
    more = [*values, {"on": "2026-04-01", "day": "Apr 1, 2026", "value": "5", "note": "after the meeting"}]
    before, after = ({"key": 1, "text": "M", "values": each} for each in (values, more))
    (change,) = only(differences(plan(measures=[before]), plan(measures=[after])), "Measures")
    (field,) = change.fields
    assert field.pieces == [Piece("", "Mar 1, 2026: 3"), Piece("ins", "Apr 1, 2026: 5 (after the meeting)")]


def test_the_plans_own_words_come_first() -> None:
    found = differences(plan(scenario="Old", title="A"), plan([step(1)], scenario="New", title="B"))
    assert [group.heading for group in found.groups] == ["The plan", "Steps"]
    assert [change.title for change in found.groups[0].changes] == ["Title", "Scenario"]


def test_a_long_text_is_compared_word_by_word() -> None:
    old = "Three of the five departments have no naloxone program, and their chiefs resist it."
    new = "Two of the five departments have no naloxone program, and their chiefs resist it."
    assert word_by_word(old, new)[:2] == [Piece("del", "Three "), Piece("ins", "Two ")]
    assert "".join(piece.text for piece in word_by_word(old, new) if piece.kind != "del") == new
    assert "".join(piece.text for piece in word_by_word(old, new) if piece.kind != "ins") == old


def test_texts_that_share_little_or_are_very_long_stand_whole() -> None:
    old, new = (
        "One two three four five six seven eight nine ten.",
        "An altogether different sentence stands here since May.",
    )
    assert word_by_word(old, new) == [Piece("del", old), Piece("ins", new)]
    long = "word " * (MOST_WORDS + 1)
    assert word_by_word(long, long + "end") == [Piece("del", long), Piece("ins", long + "end")]


def test_items_without_a_key_are_the_same_when_they_say_the_same() -> None:
    before, after = [{"text": "B1"}, {"text": "B2"}], [{"text": "B1"}, {"text": "B3"}]
    assert kinds(differences(plan(barriers=before), plan(barriers=after))) == {"B3": "added", "B2": "removed"}


def test_in_any_order_taking_the_moved_ones_out_leaves_the_old_order() -> None:
    chance = random.Random(4)
    for _ in range(200):
        keys = chance.sample(range(100), chance.randint(1, 12))
        shuffled = chance.sample(keys, len(keys))
        found = differences(plan([step(key) for key in keys]), plan([step(key) for key in shuffled]))
        moved = {int(title.removeprefix("Step ")) for title in kinds(found)}
        assert [key for key in keys if key not in moved] == [key for key in shuffled if key not in moved]
        assert (not moved) == (keys == shuffled)
