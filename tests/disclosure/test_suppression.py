"""What is published lets nobody work out a hidden count (THREATS 51 and 52), and no more is hidden than that takes."""

from itertools import combinations, combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phast.disclosure import HIDDEN, explain, suppress

NAMES = "abcdefgh"
counts = st.dictionaries(st.sampled_from([f"122{n:02}" for n in range(40)]), st.integers(0, 60), max_size=25)
thresholds = st.integers(2, 11)


def widths_by_trying(table, most):
    """Largest − smallest value of each hidden cell over every assignment that fits what is published. `most` bounds the search
    when the total is hidden."""
    k = len(table.hidden)
    fits = [
        values
        for values in product(range(1, most + 1), repeat=k)
        if table.total is HIDDEN or sum(values) == table.hidden_sum
    ]
    return [max(column) - min(column) for column in zip(*fits, strict=True)]


def small_tables(threshold):
    for size in range(1, 5):
        for row in combinations_with_replacement(range(threshold * 2 + 1), size):  # the order of cells is tested apart
            yield dict(zip(NAMES, row, strict=False))


@pytest.mark.parametrize("threshold", [2, 3])
def test_every_small_table_leaves_each_hidden_cell_a_wide_range(threshold):
    for cells in small_tables(threshold):
        table = suppress(cells, threshold=threshold)
        most = max(1, table.hidden_sum or threshold + 1)
        assert all(width >= threshold for width in widths_by_trying(table, most)), (cells, table)


@pytest.mark.parametrize("threshold", [2, 3])
def test_no_smaller_choice_of_cells_would_have_been_safe(threshold):
    for cells in small_tables(threshold):
        table = suppress(cells, threshold=threshold)
        small = {name for name, kits in cells.items() if 0 < kits < threshold}
        others = [name for name, kits in cells.items() if kits >= threshold]
        safe = []
        for extra in range(len(others) + 1):
            for chosen in combinations(others, extra):
                hidden = [cells[name] for name in {*small, *chosen}]
                if not hidden or (len(hidden) > 1 and sum(hidden) - len(hidden) >= threshold):
                    safe.append((len(hidden), sum(hidden), sorted({*small, *chosen})))
        if safe:
            assert table.total == sum(cells.values())
            best = min(safe)
            assert (len(table.hidden), table.hidden_sum) == best[:2], (cells, table)
        else:
            assert (table.total, table.hidden) == (HIDDEN, small), (cells, table)


@given(counts, thresholds)
def test_any_table_hides_small_counts_and_keeps_the_range(cells, threshold):
    table = suppress(cells, threshold=threshold)
    for name, kits in cells.items():
        if 0 < kits < threshold:
            assert table.cells[name] is HIDDEN
        elif kits == 0:
            assert table.cells[name] == 0
        else:
            assert table.cells[name] in (HIDDEN, kits)
    k = len(table.hidden)
    if k and table.total is not HIDDEN:
        assert k > 1
        assert table.hidden_sum - k >= threshold
    if table.total is not HIDDEN:
        assert table.total == sum(cells.values())
    assert k <= sum(0 < kits < threshold for kits in cells.values()) + 2


@given(counts, thresholds, st.randoms())
def test_the_order_of_the_cells_changes_nothing(cells, threshold, random):
    shuffled = list(cells.items())
    random.shuffle(shuffled)
    assert suppress(dict(shuffled), threshold=threshold).cells == dict(suppress(cells, threshold=threshold).cells)


@given(counts, thresholds)
def test_hidden_values_are_nowhere_in_the_result(cells, threshold):
    table = suppress(cells, threshold=threshold)
    for name in table.hidden:
        assert table.cells[name] is HIDDEN
    held = {field: getattr(table, field) for field in table.__dataclass_fields__}
    assert set(held) == {"cells", "total", "threshold"}


def test_the_usual_quarter():
    table = suppress({"12203": 144, "12207": 4, "12054": 38, "12110": 22, "12009": 0}, threshold=11)
    assert dict(table.cells) == {"12203": 144, "12207": None, "12054": 38, "12110": None, "12009": 0}
    assert table.total == 208


def test_two_small_cells_that_would_be_known_too_well_take_a_third():
    table = suppress({"12203": 144, "12207": 2, "12054": 3, "12110": 22}, threshold=11)
    assert table.hidden == {"12207", "12054", "12110"}


def test_small_cells_that_protect_each_other_need_no_other():
    table = suppress({"12203": 144, "12207": 9, "12054": 8, "12110": 22}, threshold=11)
    assert table.hidden == {"12207", "12054"}


def test_a_lone_small_cell_hides_the_total():
    table = suppress({"12207": 4, "12054": 0}, threshold=11)
    assert dict(table.cells) == {"12207": None, "12054": 0}
    assert table.total is HIDDEN


def test_ties_are_broken_by_name():
    table = suppress({"12210": 30, "12203": 30, "12207": 4}, threshold=11)
    assert table.hidden == {"12207", "12203"}


@pytest.mark.parametrize("cells", [{}, {"12203": 0}, {"12203": 11, "12207": 200}])
def test_nothing_small_means_nothing_hidden(cells):
    table = suppress(cells, threshold=11)
    assert not table.hidden
    assert table.total == sum(cells.values())


def test_without_a_published_total_only_small_cells_are_hidden():
    table = suppress({"12203": 144, "12207": 4, "12054": 38}, threshold=11, publish_total=False)
    assert table.hidden == {"12207"}
    assert table.total is HIDDEN


@pytest.mark.parametrize(("cells", "threshold"), [({"a": -1}, 11), ({"a": 1}, 1)])
def test_impossible_input_is_refused(cells, threshold):
    with pytest.raises(ValueError, match=r"at least 2|zero or more"):
        suppress(cells, threshold=threshold)


def test_a_published_table_cannot_be_changed():
    table = suppress({"12207": 4}, threshold=11)
    with pytest.raises(TypeError):
        table.cells["12207"] = 4


def test_the_words_beside_the_table_say_what_is_hidden_and_not_why_a_cell_is():
    usual = explain(suppress({"12203": 144, "12207": 4, "12054": 38}, threshold=11))
    assert usual == (
        "Hidden: counts below 11, and enough other counts that a hidden one cannot be worked out. Zeros are shown."
    )
    assert "The total is hidden" in explain(suppress({"12207": 4}, threshold=11))
    assert explain(suppress({"12203": 144}, threshold=11)) == "Nothing is hidden: no count from 1 to 10 occurs."
