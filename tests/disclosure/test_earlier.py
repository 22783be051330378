"""A second table of the same span, after a correction, gives nothing away by the difference (THREATS 53)."""

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phast.disclosure import HIDDEN, NotYetSafe, Suppressed, problems_with_earlier, suppress

NAMES = "abc"


def possible(table, names, threshold):
    """Every row of true counts that could lie behind a published table; a hidden total is searched a little past the threshold."""
    hidden = [name for name in names if table.cells.get(name, 0) is HIDDEN]
    most = threshold + 1 if table.total is HIDDEN else table.hidden_sum
    rows = []
    for values in product(range(1, most + 1), repeat=len(hidden)):
        if table.total is HIDDEN or sum(values) == table.hidden_sum:
            row = {**{name: table.cells.get(name, 0) for name in names}, **dict(zip(hidden, values, strict=True))}
            rows.append(tuple(row[name] for name in names))
    return rows


def joint_widths(old, new, names, unchanged, threshold):
    """The range of each hidden value, old and new, when the attacker supposes that the cells in `unchanged` are as before."""
    places = [names.index(name) for name in unchanged]
    pairs = [
        (was, now)
        for was, now in product(possible(old, names, threshold), possible(new, names, threshold))
        if all(was[place] == now[place] for place in places)
    ]
    for side, table in enumerate((old, new)):
        for name in table.hidden:
            values = {pair[side][names.index(name)] for pair in pairs}
            yield max(values) - min(values)


def test_every_pair_of_small_tables_stays_safe_whatever_the_attacker_supposes_unchanged():
    threshold = 2
    tables = list(product(range(4), repeat=3))
    published = 0
    for before, after in product(tables, tables):
        old = suppress(dict(zip(NAMES, before, strict=True)), threshold=threshold)
        try:
            new = suppress(dict(zip(NAMES, after, strict=True)), threshold=threshold, earlier=[old])
        except NotYetSafe:
            continue
        if not (old.hidden or new.hidden):
            continue
        published += 1
        same = [name for name, was, now in zip(NAMES, before, after, strict=True) if was == now]
        for size in range(len(same) + 1):
            for supposed in combinations(same, size):
                widths = joint_widths(old, new, NAMES, supposed, threshold)
                assert all(width >= threshold for width in widths), (before, after, old, new, supposed)
    assert published > 500


rows = st.dictionaries(st.sampled_from([f"122{n:02}" for n in range(10)]), st.integers(0, 50), max_size=8)


@given(rows, rows, st.integers(2, 11))
def test_no_figure_shown_twice_differs_by_less_than_the_threshold(before, after, threshold):
    old = suppress(before, threshold=threshold)
    try:
        new = suppress(after, threshold=threshold, earlier=[old])
    except NotYetSafe:
        assert any(after.get(name, 0) == 0 for name in old.hidden)
        return
    assert problems_with_earlier(new, old) == []
    for name in {*before, *after}:
        was, now = old.cells.get(name, 0), new.cells.get(name, 0)
        assert was is HIDDEN or now is HIDDEN or was == now or abs(was - now) >= threshold
        assert was is not HIDDEN or now is HIDDEN


@given(rows, st.integers(2, 11))
def test_the_same_counts_give_the_same_table_again(cells, threshold):
    old = suppress(cells, threshold=threshold)
    assert suppress(cells, threshold=threshold, earlier=[old, old]) == old


def test_a_small_correction_is_held_back_with_the_total():
    old = suppress({"12203": 144, "12054": 38}, threshold=11)
    new = suppress({"12203": 147, "12054": 38}, threshold=11, earlier=[old])
    assert dict(new.cells) == {"12203": HIDDEN, "12054": 38}
    assert new.total is HIDDEN


def test_a_large_correction_is_shown():
    old = suppress({"12203": 144, "12054": 38}, threshold=11)
    new = suppress({"12203": 244, "12054": 38}, threshold=11, earlier=[old])
    assert new.total == 282
    assert not new.hidden


def test_what_was_hidden_stays_hidden_after_it_grew():
    old = suppress({"12203": 144, "12207": 4, "12054": 38}, threshold=11)
    new = suppress({"12203": 144, "12207": 40, "12054": 38}, threshold=11, earlier=[old])
    assert new.hidden == old.hidden
    assert new.total == 222


def test_a_hidden_count_that_became_zero_cannot_be_published_yet():
    old = suppress({"12203": 144, "12207": 4, "12054": 38}, threshold=11)
    with pytest.raises(NotYetSafe, match="1 figure would have to be hidden but"):
        suppress({"12203": 144, "12207": 0, "12054": 38}, threshold=11, earlier=[old])


@pytest.mark.parametrize(
    ("cells", "total", "says"),
    [
        ({"a": 40, "b": 20, "c": None}, None, "b is hidden in the earlier table"),
        ({"a": 45, "b": None, "c": None}, None, "a differs from the earlier table by less than 11"),
        ({"a": None, "b": None, "c": None}, 72, "do not hide the same cells"),
        ({"a": 40, "b": None, "c": None}, 74, "What is hidden differs"),
        ({"a": 60, "b": None, "c": None}, 80, "The total differs"),
    ],
)
def test_each_unsafe_pair_is_named(cells, total, says):
    old = Suppressed(cells={"a": 40, "b": None, "c": None}, total=72, threshold=11)
    problems = problems_with_earlier(Suppressed(cells=cells, total=total, threshold=11), old)
    assert any(says in problem for problem in problems), problems


def test_a_hidden_total_stays_hidden():
    old = Suppressed(cells={"a": None}, total=None, threshold=11)
    new = Suppressed(cells={"a": None, "b": None}, total=60, threshold=11)
    assert problems_with_earlier(new, old) == ["The total is hidden in the earlier table and shown in the new one."]
