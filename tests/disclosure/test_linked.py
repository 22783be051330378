"""What a coalition sees of the suppression of linked tables, told by small cases."""

import json
from itertools import combinations_with_replacement, product
from random import Random

import pytest

from phast.disclosure import HIDDEN, TOTAL, Earlier, Linked, NotYetSafe, Table, explain, suppress_linked
from phast.disclosure.linked import suppress_and_measure

from .attack import Attack
from .closed_form import least_hidden

Q1, Q2, YEAR = "2026-Q1", "2026-Q2", "2026"


def zips(cells, **more):
    return Table("zip", ("zip", "time"), cells, whole={"time": YEAR}, **more)


def one_quarter(cells, quarter=Q1):
    return Table(
        "zip", ("zip",), {(z,): k for z, k in cells.items()}, at={"time": quarter}, groups={Q1: YEAR, Q2: YEAR}
    )


def test_totals_are_worked_out_and_shown():
    made = suppress_linked([zips({("a", Q1): 20, ("a", Q2): 0, ("b", Q1): 30})], threshold=11)
    assert dict(made["zip"].cells) == {
        ("a", Q1): 20,
        ("a", Q2): 0,
        ("a", YEAR): 20,
        ("b", Q1): 30,
        ("b", Q2): 0,
        ("b", YEAR): 30,
        (TOTAL, Q1): 50,
        (TOTAL, Q2): 0,
        (TOTAL, YEAR): 50,
    }
    assert explain(made) == "Nothing is hidden: no count from 1 to 10 occurs."


def test_one_small_count_takes_company_in_its_row_and_in_its_column():
    cells = {(z, q): 30 for z in "abc" for q in (Q1, Q2)} | {("a", Q1): 4}
    made = suppress_linked([zips(cells)], threshold=11)
    assert made["zip"].cells["a", Q1] is HIDDEN
    in_row = [made["zip"].cells["a", q] for q in (Q2, YEAR)]
    in_column = [made["zip"].cells[z, Q1] for z in ("b", "c", TOTAL)]
    assert HIDDEN in in_row
    assert HIDDEN in in_column
    assert len(made.hidden) == 4


def test_months_add_up_to_quarters_and_both_are_published():
    groups = {"2026-01": Q1, "2026-02": Q1, "2026-04": Q2}
    cells = {("a", "2026-01"): 12, ("a", "2026-02"): 13, ("b", "2026-01"): 40, ("b", "2026-04"): 50}
    made = suppress_linked([zips(cells, groups=groups)], threshold=11)
    assert made["zip"].cells["a", Q1] == 25
    assert made["zip"].cells[TOTAL, YEAR] == 115


def test_a_total_that_two_tables_share_is_hidden_in_both_or_in_none():
    by_zip = zips({("a", Q1): 3, ("a", Q2): 40})
    by_agency = Table("agency", ("agency", "time"), {("Fire", Q1): 3, ("Fire", Q2): 40}, whole={"time": YEAR})
    made = suppress_linked([by_zip, by_agency], threshold=11)
    for address in [(TOTAL, Q1), (TOTAL, Q2), (TOTAL, YEAR)]:
        assert made["zip"].cells[address] == made["agency"].cells[address]
    assert made["zip"].cells[TOTAL, Q1] is HIDDEN


def test_tables_that_disagree_on_a_common_total_are_refused():
    other = Table("agency", ("agency", "time"), {("Fire", Q1): 4}, whole={"time": YEAR})
    with pytest.raises(ValueError, match="do not add up to the same figure"):
        suppress_linked([zips({("a", Q1): 3}), other], threshold=11)


def test_another_measure_is_another_figure():
    burden = Table("burden", ("zip",), {("a",): 70}, measure="deaths", at={"time": YEAR})
    made = suppress_linked([zips({("a", Q1): 30}), burden], threshold=11)
    assert made["burden"].cells["a",] == 70


@pytest.mark.parametrize(("cells", "threshold"), [({("a", Q1): -1}, 11), ({("a", Q1): 1}, 1), ({("a",): 1}, 11)])
def test_impossible_input_is_refused(cells, threshold):
    with pytest.raises(ValueError, match=r"at least 2|zero or more|label for each"):
        suppress_linked([zips(cells)], threshold=threshold)


def test_a_single_row_hides_as_much_as_the_closed_form():
    random = Random(6)
    for _ in range(60):
        row = {f"z{n}": random.choice([0, random.randint(1, 12), random.randint(1, 60)]) for n in range(6)}
        made = suppress_linked([one_quarter(row)], threshold=11)
        least = least_hidden(row, 11)
        total_too = sum(0 < kits < 11 for kits in row.values()) + 1  # the small ones and the total: always safe
        assert len(made.hidden) <= min(total_too, total_too if least is None else least)


@pytest.mark.parametrize(
    ("row", "hidden"),
    [
        ({"12203": 144, "12207": 4, "12054": 38, "12110": 22, "12009": 0}, {"12207", "12110"}),
        ({"12203": 144, "12207": 9, "12054": 8, "12110": 22}, {"12207", "12054"}),  # they protect each other
        ({"12207": 4, "12054": 0}, {"12207", TOTAL}),  # nothing else is there to hide
        ({"12203": 0}, set()),
        ({"12203": 11, "12207": 200}, set()),
        ({}, set()),
    ],
)
def test_a_usual_quarter(row, hidden):
    made = suppress_linked([one_quarter(row)], threshold=11)["zip"]
    assert {zip_code for (zip_code,) in made.hidden} == hidden


@pytest.mark.parametrize("threshold", [2, 3])
def test_every_small_row_leaves_each_hidden_count_a_wide_range(threshold):
    """By trying every row of counts that fits what is published."""
    for size in range(1, 4):
        for row in combinations_with_replacement(range(threshold * 2 + 1), size):
            made = suppress_linked([one_quarter(dict(zip("abc", row, strict=False)))], threshold=threshold)["zip"]
            total, hidden = made.cells[TOTAL,], [cell for cell in made.hidden if cell != (TOTAL,)]
            shown = sum(made.cells[cell] or 0 for cell in made.cells if cell != (TOTAL,))
            fits = [
                values
                for values in product(range(1, threshold * 7), repeat=len(hidden))
                if total is HIDDEN or sum(values) == total - shown
            ]
            widths = [max(column) - min(column) for column in zip(*fits, strict=True)]
            assert all(width >= threshold for width in widths), (row, made)


def test_the_order_of_tables_and_cells_changes_nothing():
    random = Random(3)
    cells = {(f"z{n}", q): random.randint(0, 40) for n in range(6) for q in (Q1, Q2)}
    shuffled = list(cells.items())
    random.shuffle(shuffled)
    assert suppress_linked([zips(cells)], threshold=11) == suppress_linked([zips(dict(shuffled))], threshold=11)


def test_what_is_stored_is_read_back_the_same_and_holds_no_hidden_count():
    made = suppress_linked([zips({("a", Q1): 7, ("a", Q2): 31, ("b", Q1): 53, ("b", Q2): 67})], threshold=11)
    stored = json.dumps(made.to_json())
    assert Linked.from_json(json.loads(stored)) == made
    cells = made.to_json()["tables"][0]["cells"]
    assert ["a", Q1, None] in cells
    assert 7 not in [kits for *_, kits in cells]


def test_the_choice_is_as_cheap_as_the_solver_proved_possible():
    random = Random(9)
    cells = {(f"z{n}", q): int(random.expovariate(1 / 15)) for n in range(40) for q in (Q1, Q2)}
    _, choice = suppress_and_measure([zips(cells)], threshold=11)
    assert choice.cost == pytest.approx(choice.bound, abs=0.01)


# ------------------------------------------------------------------ beside earlier releases


def test_the_same_counts_give_the_same_tables_again():
    table = zips({("a", Q1): 7, ("a", Q2): 31, ("b", Q1): 53, ("b", Q2): 67})
    first = suppress_linked([table], threshold=11)
    assert suppress_linked([table], threshold=11, earlier=[Earlier(first, was=[table])]) == first
    assert suppress_linked([table], threshold=11, earlier=[Earlier(first)]) == first


def test_a_small_correction_is_held_back_with_the_totals_it_is_in():
    before, after = one_quarter({"a": 144, "b": 38}), one_quarter({"a": 147, "b": 38})
    first = suppress_linked([before], threshold=11)
    made = suppress_linked([after], threshold=11, earlier=[Earlier(first, was=[before])])
    assert dict(made["zip"].cells) == {("a",): HIDDEN, ("b",): 38, (TOTAL,): HIDDEN}


def test_a_large_correction_of_a_hidden_figure_leaves_the_total_shown():
    before = one_quarter({"a": 144, "b": 4, "c": 38})
    after = one_quarter({"a": 144, "b": 40, "c": 38})
    first = suppress_linked([before], threshold=11)
    made = suppress_linked([after], threshold=11, earlier=[Earlier(first, was=[before])])
    assert made.hidden == first.hidden
    assert made["zip"].cells[TOTAL,] == 222


def test_a_figure_shown_before_protects_nothing_now():
    before = one_quarter({"a": 20, "b": 30, "c": 40})
    first = suppress_linked([before], threshold=11)
    year = zips({("a", Q1): 20, ("b", Q1): 30, ("c", Q1): 40, ("a", Q2): 3, ("b", Q2): 20, ("c", Q2): 25})
    made = suppress_linked([year], threshold=11, earlier=[Earlier(first, was=[before])])
    assert all(made["zip"].cells[z, Q1] is not HIDDEN for z in "abc")
    assert Attack([first, made], [[before], [year]]).unsafe(11) == []


def test_quarters_published_one_by_one_are_seen_to_add_up_to_their_year():
    first, second = one_quarter({"a": 6, "b": 9, "c": 30}), one_quarter({"a": 20, "b": 30, "c": 40}, Q2)
    year = Table("zip", ("zip",), {("a",): 26, ("b",): 39, ("c",): 70}, at={"time": YEAR}, groups={Q1: YEAR, Q2: YEAR})
    made = [suppress_linked([first], threshold=11)]
    made.append(suppress_linked([second], threshold=11, earlier=[Earlier(made[0], was=[first])]))
    earlier = [Earlier(made[0], was=[first]), Earlier(made[1], was=[second])]
    made.append(suppress_linked([year], threshold=11, earlier=earlier))
    assert made[0].hidden
    assert made[2]["zip"].cells["a",] is HIDDEN
    assert made[2]["zip"].cells["b",] is HIDDEN
    assert Attack(made, [[first], [second], [year]]).unsafe(11) == []


def test_months_that_would_give_a_published_quarter_away_are_not_published_yet():
    quarter = one_quarter({"a": 12, "b": 40})
    first = suppress_linked([quarter], threshold=11)
    months = Table(
        "zip",
        ("zip", "time"),
        {("a", "2026-01"): 11, ("a", "2026-02"): 1, ("b", "2026-01"): 20, ("b", "2026-02"): 20},
        whole={"time": Q1},
    )
    with pytest.raises(NotYetSafe, match="Keep the earlier tables, or publish a longer span"):
        suppress_linked([months], threshold=11, earlier=[Earlier(first, was=[quarter])])


def test_exact_tables_that_are_not_the_earlier_ones_are_refused():
    first = suppress_linked([one_quarter({"a": 144, "b": 38})], threshold=11)
    with pytest.raises(ValueError, match="not the exact tables"):
        suppress_linked(
            [one_quarter({"a": 144, "b": 38})],
            threshold=11,
            earlier=[Earlier(first, was=[one_quarter({"a": 1, "b": 1})])],
        )


# ------------------------------------------------------------------ the stricter setting


def test_under_the_stricter_setting_a_figure_is_hidden_when_an_agency_leaves_little_of_it():
    table, fire = one_quarter({"a": 44, "b": 60, "c": 70}), one_quarter({"a": 40, "b": 20})
    usual = suppress_linked([table], threshold=11)
    strict = suppress_linked([table], threshold=11, agency_rows={"Fire": [fire]})
    assert not usual.hidden
    assert strict["zip"].cells["a",] is HIDDEN
    assert Attack([strict], [[table]], "Fire", [[fire]]).unsafe(11) == []
    assert Attack([usual], [[table]], "Fire", [[fire]]).unsafe(11)


def test_what_an_agency_alone_counted_needs_no_protection_from_it():
    table, fire = one_quarter({"a": 44, "b": 60}), one_quarter({"a": 44})
    assert not suppress_linked([table], threshold=11, agency_rows={"Fire": [fire]}).hidden


def test_a_figure_published_before_is_not_published_again_when_an_agencys_part_of_it_grew_to_nearly_all():
    table, was, now = one_quarter({"a": 44, "b": 60}), one_quarter({"a": 20}), one_quarter({"a": 40})
    first = suppress_linked([table], threshold=11, agency_rows={"Fire": [was]})
    assert first["zip"].cells["a",] == 44
    with pytest.raises(NotYetSafe, match="fewer than 11 are left"):
        suppress_linked(
            [table], threshold=11, earlier=[Earlier(first, [table], {"Fire": [was]})], agency_rows={"Fire": [now]}
        )
    usual = Earlier(suppress_linked([table], threshold=11), [table])  # what was given away before cannot be taken back
    assert not suppress_linked([table], threshold=11, earlier=[usual], agency_rows={"Fire": [now]}).hidden


# ------------------------------------------------------------------ the words


def test_the_words_beside_the_tables_say_what_is_hidden_and_not_why_a_figure_is():
    made = suppress_linked([one_quarter({"a": 144, "b": 4, "c": 38})], threshold=11)
    assert explain(made) == (
        "Hidden: counts below 11, and enough other counts and totals that a hidden one cannot be worked out, also not from "
        "the other tables or from earlier ones. Zeros are shown."
    )


def test_the_attacker_of_these_tests_finds_what_hiding_small_counts_alone_gives_away():
    table = zips({("a", Q1): 4, ("a", Q2): 31, ("b", Q1): 53, ("b", Q2): 67})
    careless = suppress_linked([table], threshold=11)
    cells = {a: HIDDEN if 0 < k < 11 else k for a, k in table.filled().items()}
    for published in careless.tables:
        object.__setattr__(published, "cells", cells)
    assert [(low, high) for *_, low, high in Attack([careless], [[table]]).unsafe(11)] == [(4, 4)]
