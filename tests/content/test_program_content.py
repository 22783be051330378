"""Everything the NY ORS Team's framework says about running a program has its place. No database needed."""

import re
from itertools import groupby

import pytest

from tests.content.words import rows, words_to_mend

PRACTICES = rows("lbn/data/practices.csv")
ELEMENTS = rows("lbn/data/practice_elements.csv")
GROUPS = rows("lbn/data/risk_groups.csv")
TRAINING = rows("lbn/data/training_elements.csv")
ITEMS = rows("lbn/data/kit_items.csv")
PHRASES = rows("lbn/data/phrases.csv")
THEMES = rows("lbn/data/focus_themes.csv")
POINTS = rows("lbn/data/focus_points.csv")
SECTIONS = rows("lbn/data/sop_sections.csv")
PACK = rows("lbn/data/pack_texts.csv")
STEPS = rows("lbn/data/path_steps.csv")
ALL = {
    "practices": PRACTICES,
    "elements": ELEMENTS,
    "groups": GROUPS,
    "training": TRAINING,
    "items": ITEMS,
    "phrases": PHRASES,
    "themes": THEMES,
    "points": POINTS,
    "sections": SECTIONS,
    "pack": PACK,
    "steps": STEPS,
}
PLACE = re.compile(
    r"NY ORS Team, (practice [1-8](, (training )?elements? \d( to \d)?|, groups? \d( to \d)?)?"
    r"|attachment A(, to (use|avoid) \d+)?|attachment B(, theme \d(, point \d)?)?"
    r"|sample procedure: [a-z ]+|roll-call training|what the program is|step by step guidance)(; .+)?"
)


def by(records: list[dict[str, str]], field: str) -> list[int]:
    return [len(list(group)) for _, group in groupby(records, key=lambda row: row[field])]


# ------------------------------------------------------------------ practices
def test_eight_practices_have_their_twenty_two_elements():
    assert [row["number"] for row in PRACTICES] == list("12345678")
    assert [key for key, _ in groupby(ELEMENTS, key=lambda row: row["practice"])] == [row["key"] for row in PRACTICES]
    assert by(ELEMENTS, "practice") == [5, 1, 3, 3, 3, 4, 1, 2]


def test_each_element_says_where_in_the_source_it_stands():
    numbers = {row["key"]: row["number"] for row in PRACTICES}
    assert [row["source"] for row in ELEMENTS] == [
        f"NY ORS Team, practice {numbers[row['practice']]}, element {row['order']}" for row in ELEMENTS
    ]


def test_practices_say_which_headings_of_the_source_are_lost():
    assert [row["number"] for row in PRACTICES if row["heading"] == "lost"] == ["2", "6", "7", "8"]
    assert {row["heading"] for row in PRACTICES} == {"lost", "shortened"}


def test_every_element_says_what_to_do_next_and_what_may_show_it():
    assert all(row["next"].endswith(".") and row["evidence"] for row in ELEMENTS)


def test_practice_two_names_six_groups_and_practice_seven_eight_elements():
    assert [row["source"] for row in GROUPS] == [f"NY ORS Team, practice 2, group {n}" for n in range(1, 7)]
    assert [row["source"] for row in TRAINING] == [
        f"NY ORS Team, practice 7, training element {n}" for n in range(1, 9)
    ]


def test_a_standard_kit_and_what_may_go_along_are_kept_apart():
    assert [row["key"] for row in ITEMS if row["part"] == "standard"] == [
        "naloxone",
        "instructions",
        "pouch",
        "resource-card",
        "good-samaritan",
    ]
    assert [row["key"] for row in ITEMS if row["part"] == "consider"] == [
        "fentanyl-strips",
        "xylazine-strips",
        "face-shield",
    ]
    assert [row["key"] for row in ITEMS if row["part"] == "by_setting"] == ["basic-care"]
    assert next(row["quantity"] for row in ITEMS if row["key"] == "naloxone") == "2"


# ------------------------------------------------------------------ attachments
def test_fourteen_phrases_to_use_and_four_ways_to_avoid():
    assert [row["source"] for row in PHRASES] == [
        *(f"NY ORS Team, attachment A, to use {n}" for n in range(1, 15)),
        *(f"NY ORS Team, attachment A, to avoid {n}" for n in range(1, 5)),
    ]
    assert [row["kind"] for row in PHRASES] == ["use"] * 14 + ["avoid"] * 4
    assert all(row["instead"] and row["why"] for row in PHRASES if row["kind"] == "avoid")


def test_words_to_avoid_are_shown_on_their_card_alone_and_what_to_say_instead_is_kind():
    avoid = [row for row in PHRASES if row["kind"] == "avoid"]
    assert words_to_mend(" ".join(row["text"] for row in avoid))
    assert words_to_mend(" ".join(row["instead"] + row["why"] for row in avoid)) == []


def test_six_themes_and_nothing_invented_under_the_bare_heading():
    assert len(THEMES) == 6
    points = {row["key"]: [point for point in POINTS if point["theme"] == row["key"]] for row in THEMES}
    assert [len(found) for found in points.values()] == [1, 2, 3, 0, 2, 3]
    assert points["stigma"] == []


# ------------------------------------------------------------------ procedure, pack, path
def test_a_procedure_has_every_section_that_is_asked_for():
    keys = {row["key"] for row in SECTIONS}
    asked = {"storage", "management", "distribution", "data", "training", "at-risk", "voluntary", "never-enforcement"}
    assert asked | {"notice"} <= keys
    assert [row["key"] for row in SECTIONS if row["fixed"] == "1"] == ["notice"]


@pytest.mark.parametrize(
    "word", ["example", "everything", "adapts", "reviews", "changes", "approves", "policies", "laws"]
)
def test_the_notice_says_all_that_it_has_to(word: str):
    assert word in SECTIONS[0]["text"]


def test_names_in_braces_are_those_the_portal_fills_in():
    from lbn.reference import SOP_NAMES

    named = {name for row in SECTIONS for name in re.findall(r"{(\w+)}", row["text"])}
    assert named == set(SOP_NAMES)


def test_the_speaker_covers_every_training_element_in_ten_minutes():
    spoken = [row for row in PACK if row["part"] == "speaker"]
    assert [row["element"] for row in spoken] == [row["key"] for row in TRAINING]
    assert sum(int(row["minutes"]) for row in spoken) == 10
    assert {row["part"] for row in PACK} == {"speaker", "handout"}


def test_the_path_leads_from_the_profile_to_the_first_count_in_fifteen_minutes():
    assert [row["key"] for row in STEPS] == ["profile", "at-risk", "sop", "training", "kits", "first-count"]
    assert sum(int(row["minutes"]) for row in STEPS) == 15


# ------------------------------------------------------------------ all of them
@pytest.mark.parametrize("name", ALL)
def test_every_row_names_its_place_in_the_source_and_stands_in_its_order(name: str):
    records = ALL[name]
    assert [row["source"] for row in records if not PLACE.fullmatch(row["source"])] == []
    parents = {"elements": "practice", "points": "theme"}
    if name not in parents:
        assert [row["order"] for row in records] == [str(number) for number in range(1, len(records) + 1)]
    for field in ("title", "text"):
        if field in records[0]:
            assert len({row[field] for row in records}) == len(records)


# Figures that published work contradicts (DOMAIN: do not ship them).
def test_a_doubtful_study_is_not_shipped():
    text = " ".join(value for records in ALL.values() for row in records for value in row.values())
    assert not re.search(r"Vermont|\b(5|3\.7|2\.6)\s?(x|×|times)", text)
