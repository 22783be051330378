"""The reference data says all that its source documents say, in the portal's own words. No database needed."""

from itertools import groupby

import pytest

from tests.content.words import ROOT, rows, text_of_template, words_to_mend

SECTORS = rows("coalitions/data/sectors.csv")
EXAMPLES = rows("coalitions/data/sector_examples.csv")
OPPORTUNITIES = rows("coalitions/data/opportunities.csv")
POSITIONS = rows("coalitions/data/positions.csv")
TEMPLATES = rows("plans/data/templates.csv")
ITEMS = rows("plans/data/template_items.csv")
PARTIES = rows("plans/data/template_parties.csv")
MEASURES = rows("plans/data/template_measures.csv")
EXAMPLE = "naloxone-in-every-department"

PARTNERS_TITLE = (
    "Engaging the Right Partners: opportunities for engaging partners to prevent opioid overdose-related deaths"
)
PLAN_TITLE = "Example of Implementation Plan: Evidence-based Intervention Expansion (PHAST Toolkit)"
SOURCE_TITLES = {
    PARTNERS_TITLE,
    PLAN_TITLE,
    "ASTHO, Public Safety, Public Health and Harm Reduction Overdose Prevention Focus Groups: key takeaways",
    "phast.org, module 1: critical elements of a PHAST",
    "Appendix II, Community-Law Enforcement Partnership for Deflection: Model Planning Activities",
    "Six pathways of deflection in wider use",
}
FRAMEWORK = "NY ORS Team, "  # a place in it follows; `test_program_content` looks at these
DATA_FILES = sorted(
    path for app in ("coalitions", "deflection", "lbn", "plans") for path in (ROOT / app / "data").rglob("*.csv")
)


def count_by(records: list[dict[str, str]], field: str) -> dict[str, int]:
    return {key: len(list(group)) for key, group in groupby(records, key=lambda row: row[field])}


# ------------------------------------------------------------------ sectors
def test_sectors_are_the_seventeen_of_the_source_in_its_order():
    assert [row["name"] for row in SECTORS] == [
        "Criminal Justice",
        "Government",
        "Harm Reduction Programs",
        "Health Care",
        "Law Enforcement",
        "Medical and Pharmacy Schools",
        "Medical Examiners and Coroners",
        "Mental Health Providers",
        "Parents",
        "People Who Use Drugs",
        "Pharmacies",
        "Prescribers",
        "Professional First Responders",
        "Recovery Community",
        "Treatment Providers",
        "Universities/Colleges",
        "Youth-serving Agencies",
    ]
    assert [row["order"] for row in SECTORS] == [str(number) for number in range(1, 18)]


def test_twelve_sectors_have_examples_and_none_is_invented_for_the_other_five():
    assert count_by(EXAMPLES, "sector") == {
        "criminal-justice": 2,
        "government": 3,
        "harm-reduction-programs": 2,
        "health-care": 2,
        "law-enforcement": 2,
        "medical-and-pharmacy-schools": 2,
        "pharmacies": 2,
        "prescribers": 2,
        "professional-first-responders": 2,
        "recovery-community": 3,
        "treatment-providers": 2,
        "universities-colleges": 3,
    }


# ------------------------------------------------------------------ engagement opportunities
def test_opportunities_are_fifty_four_in_the_order_of_the_sectors():
    counts = count_by(OPPORTUNITIES, "sector")
    assert list(counts) == [row["key"] for row in SECTORS]
    assert list(counts.values()) == [2, 3, 4, 5, 6, 3, 1, 3, 3, 5, 3, 3, 3, 3, 3, 3, 1]


def test_only_the_first_three_law_enforcement_opportunities_share_a_heading():
    grouped = [(row["sector"], row["order"]) for row in OPPORTUNITIES if row["group"]]
    assert grouped == [("law-enforcement", "1"), ("law-enforcement", "2"), ("law-enforcement", "3")]
    assert len({row["group"] for row in OPPORTUNITIES if row["group"]}) == 1


def test_opportunity_titles_fit_a_plan_step_and_tell_opportunities_apart():
    titles = [row["title"] for row in OPPORTUNITIES]
    assert [title for title in titles if len(title) > 60] == []
    assert len(set(titles)) == len(titles)
    assert len({row["text"] for row in OPPORTUNITIES}) == len(OPPORTUNITIES)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("harm-reduction-staff-as-trainers", "Ask harm reduction programs to teach"),
        ("law-enforcement-naloxone-training", "Together, create"),
        ("recovery-naloxone-training", "together with the recovery community"),
        ("health-care-staff-training", "their staff"),
        ("parents-as-peer-educators", "teach their peers"),
        ("overdose-on-site", "on site"),
        ("student-support-staff-training", "residential life"),
        ("stronger-monitoring-programs", "strengthen"),
        ("patient-education-in-prescribing", "consult"),
    ],
)
def test_who_trains_whom_and_who_does_what_with_pdmps_is_kept_apart(key, words):
    assert words in next(row["text"] for row in OPPORTUNITIES if row["key"] == key)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("reentry-needs", "totals, never names"),
        ("emergency-department-data", "no patient records"),
        ("ems-data", "totals"),
        ("death-certificate-data", "as totals"),
        ("treatment-data", "totals"),
        ("student-data", "No student is named"),
        ("recognizing-opioid-use-disorder", "No names come to the coalition"),
        ("focus-group", "never names"),
    ],
)
def test_opportunities_about_data_ask_for_nothing_about_a_person(key, words):
    assert words in next(row["text"] for row in OPPORTUNITIES if row["key"] == key)


# ------------------------------------------------------------------ the example plan
def of(template: str, records: list[dict[str, str]], **values: str) -> list[dict[str, str]]:
    """The rows of one template that have these values."""
    return [
        row
        for row in records
        if row["template"] == template and all(row[name] == value for name, value in values.items())
    ]


def test_example_plan_has_its_scenario_challenge_barriers_and_recommendation():
    template = next(row for row in TEMPLATES if row["key"] == EXAMPLE)
    assert template["source"] == PLAN_TITLE
    assert template["scenario"]
    assert template["challenge"]
    barriers = of(EXAMPLE, ITEMS, kind="barrier")
    assert [row["status"] for row in barriers] == ["suspected", "confirmed", "confirmed", "confirmed"]
    assert all(row["how_learned"] for row in barriers)
    [recommendation] = of(EXAMPLE, ITEMS, kind="recommendation")
    assert recommendation["answers"].split() == [row["key"] for row in barriers]


def test_example_plan_has_two_steps_and_six_sub_steps_each_with_its_own_party():
    steps = of(EXAMPLE, ITEMS, kind="step")
    assert [row["key"] for row in steps if not row["parent"]] == ["talk-with-chiefs", "meeting"]
    assert [row["parent"] for row in steps if row["parent"]] == ["meeting"] * 6
    assert [row["item"] for row in of(EXAMPLE, PARTIES)] == [row["key"] for row in steps]
    assert [row["party"] for row in of(EXAMPLE, PARTIES)] == [
        "Public safety champion",
        "PHAST coordinator",
        "Police chiefs and officers",
        "Organization that manages naloxone distribution",
        "First responders",
        "Person in recovery",
        "Public health and behavioral health partners",
        "Multi-sector leaders",
    ]


# ------------------------------------------------------------------ a plan for each takeaway
TAKEAWAYS = {
    "working-together": 4,
    "stigma-and-misconceptions": 4,
    "policies": 4,
    "funding": 3,
    "data-sharing": 6,
    "emerging-practices": 4,
}


def test_each_takeaway_has_a_plan_whose_steps_are_its_actions():
    assert [row["key"] for row in TEMPLATES] == [EXAMPLE, *TAKEAWAYS]
    actions = [row["action"] for key in TAKEAWAYS for row in of(key, ITEMS) if row["action"]]
    expected = [f"{n}.{m}" for n, count in enumerate(TAKEAWAYS.values(), 1) for m in range(1, count + 1)]
    assert actions == expected
    assert len(actions) == 25
    for key in TAKEAWAYS:
        assert all(row["action"] for row in of(key, ITEMS, kind="step", parent=""))
        assert not any(row["action"] for row in of(key, ITEMS) if row["parent"] or row["kind"] != "step")


@pytest.mark.parametrize("key", TAKEAWAYS)
def test_a_plan_for_a_takeaway_leads_from_its_scenario_to_steps_that_somebody_owns(key):
    template = next(row for row in TEMPLATES if row["key"] == key)
    assert template["scenario"]
    assert template["challenge"]
    assert template["source"].startswith("ASTHO")
    barriers, recommendations = of(key, ITEMS, kind="barrier"), of(key, ITEMS, kind="recommendation")
    assert {row["status"] for row in barriers} == {"suspected"}
    assert {answer for row in recommendations for answer in row["answers"].split()} == {row["key"] for row in barriers}
    steps = of(key, ITEMS, kind="step")
    assert {row["answers"] for row in steps if not row["parent"]} == {row["key"] for row in recommendations}
    assert all(row["detail"] for row in steps)
    assert {row["item"] for row in of(key, PARTIES)} == {row["key"] for row in steps}
    measures = of(key, MEASURES)
    assert measures
    assert {item for row in measures for item in row["items"].split()} <= {row["key"] for row in steps}


def test_good_samaritan_information_means_five_different_things():
    found = [row["key"] for row in ITEMS if "Good Samaritan" in row["title"] and row["kind"] == "step"]
    assert found == [
        "facts-good-samaritan",
        "model-good-samaritan",
        "officials-learn",
        "kit-insert",
        "officers-tell-the-public",
    ]


def test_programs_have_the_names_they_have_now():
    titles = [row["title"] for row in ITEMS]
    assert "Comprehensive Opioid, Stimulant, and Substance Use Program (COSSUP)" in titles
    text = " ".join(row["detail"] for row in ITEMS)
    assert "Overdose Detection Mapping Application Program (ODMAP)" in text


def test_each_party_of_a_template_is_a_position_a_coalition_can_fill():
    titles = {row["key"]: row["title"] for row in POSITIONS}
    assert [titles[row["position_key"]] for row in PARTIES] == [row["party"] for row in PARTIES]


def test_positions_keep_standing_ones_apart_from_roles_in_a_plan():
    assert count_by(POSITIONS, "kind") == {"standard": 8, "plan_role": 6}


# ------------------------------------------------------------------ all files
@pytest.mark.parametrize("path", DATA_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_row_has_its_own_key_and_a_title_names_its_source(path):
    records = rows(str(path.relative_to(ROOT)))
    assert records
    keys = [
        tuple(row[field] for field in ("plan", "template", "key") if field in row) for row in records if "key" in row
    ]
    assert len(set(keys)) == len(keys)
    assert {
        row["source"] for row in records if "source" in row and not row["source"].startswith(FRAMEWORK)
    } <= SOURCE_TITLES
    assert all(value == value.strip() for row in records for value in row.values())


@pytest.mark.parametrize("path", DATA_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_data_files_put_the_person_first(path):
    """The card of words to avoid has to show them: the one exception."""
    shown = [row for row in rows(str(path.relative_to(ROOT))) if row.get("kind") != "avoid"]
    text = "\n".join(value for row in shown for value in row.values())
    assert words_to_mend(text) == []


def test_templates_put_the_person_first():
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    found = {str(page.relative_to(ROOT)): words_to_mend(text_of_template(page.read_text("utf-8"))) for page in pages}
    assert {page: words for page, words in found.items() if words} == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Substance abuse</p>",
        '<img alt="An Addict">',
        '{% field "Ask the user first" %}',
        "<p>Kits {{ count }} users</p>",
        "{{ empty|default:'not clean yet' }}",
    ],
)
def test_the_check_reads_what_people_read(source):
    assert words_to_mend(text_of_template(source))


@pytest.mark.parametrize(
    "source",
    [
        "{{ request.user.name }}",
        '{% include "accounts/user.html" %}',
        '<p class="user clean">People who use drugs</p>',
        "{# the user may relapse #}<script>const user = 1</script>",
        "{% comment %}the victim refused{% endcomment %}<p>Unclean, misusers</p>",
    ],
)
def test_the_check_passes_over_what_only_machines_read(source):
    assert words_to_mend(text_of_template(source)) == []


# ------------------------------------------------------------------ takeaways, critical elements, datasets
def test_takeaways_are_six_with_twenty_five_actions_in_their_order():
    takeaways, actions = rows("coalitions/data/takeaways.csv"), rows("coalitions/data/takeaway_actions.csv")
    assert [row["number"] for row in takeaways] == ["1", "2", "3", "4", "5", "6"]
    counts = count_by(actions, "takeaway")
    assert list(counts) == [row["key"] for row in takeaways]
    assert list(counts.values()) == [4, 4, 4, 3, 6, 4]
    assert len({row["title"] for row in actions}) == len({row["text"] for row in actions}) == 25


def test_the_six_critical_elements_of_a_phast_are_there():
    assert len(rows("coalitions/data/critical_elements.csv")) == 6


def test_every_dataset_the_sources_name_is_there_once():
    names = [row["name"] for row in rows("coalitions/data/datasets.csv")]
    assert len(set(names)) == len(names) == 11
