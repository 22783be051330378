"""The five models ask for all that their source asks for, each in its own order, and are alike only where they are. No database needed."""

import pytest

from tests.content.words import rows

MODELS = rows("deflection/data/models.csv")
ACTIVITIES = {row["key"]: row for row in rows("deflection/data/activities.csv")}
TOPICS = {row["key"]: row for row in rows("deflection/data/topics.csv")}
ITEMS = rows("deflection/data/model_items.csv")
OFFERS = rows("deflection/data/activity_offers.csv")
CATEGORIES = rows("deflection/data/resource_categories.csv")
KEYS = [row["key"] for row in MODELS]


def lines(number: int, *, below: str | None = "") -> list[str]:
    """The activities of a model at the top, or below the line with that number."""
    return [row["activity"] for row in ITEMS if row["model"] == KEYS[number - 1] and row["parent"] == below]


def protocols(number: int) -> list[str]:
    top = next(row for row in ITEMS if row["model"] == KEYS[number - 1] and row["activity"] == "protocols")
    return lines(number, below=top["number"])


def topics(number: int, activity: str) -> set[str]:
    """What a model wants the activity to cover, without the activity's own name."""
    [row] = [row for row in ITEMS if row["model"] == KEYS[number - 1] and row["activity"] == activity]
    return {key.partition("--")[2] for key in row["topics"].split()}


def models_with(activity: str) -> list[int]:
    return [KEYS.index(row["model"]) + 1 for row in ITEMS if row["activity"] == activity]


def test_the_models_are_the_five_of_the_source():
    assert [(row["number"], row["name"]) for row in MODELS] == [
        ("1", "Post-Overdose Response"),
        ("2", "Self-Referral Response"),
        ("3", "Active Outreach Response"),
        ("4", "Community Engagement Response"),
        ("5", "Officer Intervention Response"),
    ]


def test_each_model_has_as_many_activities_and_protocols_as_the_source():
    assert [len(lines(number)) for number in range(1, 6)] == [7, 5, 5, 5, 5]
    assert [len(protocols(number)) for number in range(1, 6)] == [5, 7, 8, 8, 8]


def test_the_first_model_keeps_its_own_order():
    assert lines(1) == [
        "coordinator",
        "staff-training",
        "protocols",
        "public-information",
        "resource-document",
        "treatment-agreements",
        "rapid-outreach",
    ]
    assert protocols(1) == ["kits", "immediate-contact", "later-outreach", "insurance", "care-and-transport"]


@pytest.mark.parametrize(
    ("number", "own"), [(2, []), (3, ["active-outreach"]), (4, ["community-calls"]), (5, ["officer-discretion"])]
)
def test_the_other_models_keep_theirs(number, own):
    assert lines(number) == [
        "coordinator",
        "staff-training",
        "treatment-agreements",
        "public-information",
        "protocols",
    ]
    shared = ["training", "insurance", "level-of-care", "connection", "eligibility", "intake"]
    assert protocols(number) == [*shared, *own, "aftercare"]


def test_every_line_says_where_the_source_has_it():
    for row in ITEMS:
        number = KEYS.index(row["model"]) + 1
        top, _, part = row["number"].partition(".")
        assert row["place"] == f"Model {number}, activity {top}" + (f", item {part}" if part else "")
        assert row["parent"] == (top if part else "")
        assert (ACTIVITIES[row["activity"]]["parent"] == "protocols") == bool(part)


def test_each_activity_stands_once_in_a_model_and_is_asked_for_by_one():
    pairs = [(row["model"], row["activity"]) for row in ITEMS]
    assert len(set(pairs)) == len(pairs)
    assert {row["activity"] for row in ITEMS} == set(ACTIVITIES)


# ------------------------------------------------------------------ what is the same, and what only looks so
@pytest.mark.parametrize("activity", ["coordinator", "treatment-agreements", "insurance"])
def test_work_that_is_the_same_in_all_five_is_one_activity_without_differences(activity):
    assert models_with(activity) == [1, 2, 3, 4, 5]
    assert not any(topics(number, activity) for number in range(1, 6))


@pytest.mark.parametrize("activity", ["training", "level-of-care", "connection", "eligibility", "aftercare"])
def test_work_that_is_the_same_in_the_second_to_fifth_covers_the_same_there(activity):
    assert models_with(activity) == [2, 3, 4, 5]
    assert len({frozenset(topics(number, activity)) for number in range(2, 6)}) == 1


def test_intake_is_the_same_in_the_second_to_fourth_and_the_fifth_adds_case_management():
    assert [topics(number, "intake") for number in (2, 3, 4)] == [{"procedures", "documentation"}] * 3
    assert topics(5, "intake") == {"procedures", "documentation", "case-management"}


def test_staff_learn_what_their_model_asks_for():
    assert topics(1, "staff-training") == {"disorders", "treatment", "services", "naloxone"}
    assert topics(2, "staff-training") == {"disorders", "treatment", "program"}
    for number in (3, 4, 5):
        assert topics(number, "staff-training") == {"disorders", "treatment", "services", "program"}


def test_the_public_learns_what_the_model_asks_for():
    assert topics(1, "public-information") == {"disorders", "naloxone", "program"}
    for number in (2, 3, 4):
        assert topics(number, "public-information") == {"disorders", "treatment", "program"}
    assert topics(5, "public-information") == {"disorders", "treatment", "services", "program"}


def test_the_protocol_on_training_is_about_kits_in_the_first_model_and_about_disorders_in_the_others():
    assert models_with("kits") == [1]
    assert topics(1, "kits") == {"training", "use", "distribution", "supply"}
    assert {frozenset(topics(number, "training")) for number in range(2, 6)} == {frozenset({"disorders", "treatment"})}


def test_the_first_model_has_care_and_transport_in_one_and_the_others_apart():
    assert models_with("care-and-transport") == [1]
    assert topics(1, "care-and-transport") == {"identify", "transport"}
    assert topics(2, "level-of-care") == {"assess", "by-whom"}
    assert topics(2, "connection") == {"connect", "transport"}


@pytest.mark.parametrize(
    ("activity", "number"),
    [
        ("immediate-contact", 1),
        ("later-outreach", 1),
        ("rapid-outreach", 1),
        ("resource-document", 1),
        ("active-outreach", 3),
        ("community-calls", 4),
        ("officer-discretion", 5),
    ],
)
def test_what_only_one_model_asks_for_is_its_own(activity, number):
    assert models_with(activity) == [number]


def test_outreach_after_an_overdose_is_named_twice():
    numbers = {row["activity"]: row["number"] for row in ITEMS if row["model"] == "post-overdose"}
    assert (numbers["later-outreach"], numbers["rapid-outreach"]) == ("3.3", "7")


def test_the_richer_work_is_never_the_narrower_under_another_name():
    """What is the same is one activity; an offer is for what is not."""
    assert {row["narrower"]: row["richer"].split() for row in OFFERS} == {
        "care-and-transport": ["level-of-care", "connection"],
        "later-outreach": ["rapid-outreach"],
    }
    assert all(row["text"].endswith("?") for row in OFFERS)


def test_every_topic_is_asked_for_and_belongs_to_its_activity():
    asked = {key: row["activity"] for row in ITEMS for key in row["topics"].split()}
    assert asked == {key: row["activity"] for key, row in TOPICS.items()}


# ------------------------------------------------------------------ what goes with the models
def test_the_directory_has_the_nine_kinds_of_help_that_the_resource_document_covers():
    assert [row["key"] for row in CATEGORIES] == [
        "inpatient",
        "outpatient",
        "opioid-treatment-programs",
        "buprenorphine-vivitrol",
        "self-help",
        "harm-reduction",
        "housing",
        "social-services",
        "work-and-education",
    ]
    assert topics(1, "resource-document") == {row["key"] for row in CATEGORIES}
    assert [row["place"] for row in CATEGORIES] == [f"Model 1, activity 5, item {n}" for n in range(1, 10)]


def test_the_directory_says_what_the_source_says_of_each_kind():
    text = {row["key"]: f"{row['name']} {row['text']}" for row in CATEGORIES}
    assert "methadone" in text["opioid-treatment-programs"]
    assert "Suboxone" in text["buprenorphine-vivitrol"]
    assert all(each in text["self-help"] for each in ("SMART Recovery", "12-step", "recovery coaches"))
    assert "syringe services" in text["harm-reduction"]


def test_training_reaches_the_three_audiences_of_the_source():
    names = [row["name"] for row in rows("deflection/data/audiences.csv")]
    assert names == ["Officers", "911 dispatchers", "Civilian staff"]


def test_the_crosswalk_leads_every_model_to_one_pathway_and_reaches_all_six():
    crosswalk = rows("deflection/data/model_pathways.csv")
    pathways = [row["key"] for row in rows("deflection/data/pathways.csv")]
    assert len(pathways) == 6
    assert [row["model"] for row in crosswalk if row["fit"] == "main"] == KEYS
    assert {row["pathway"] for row in crosswalk} == set(pathways)
