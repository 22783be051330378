"""Thousands of random linked tables and sequences of releases, attacked by linear programming (THREATS 52 and 53)."""

import statistics
from random import Random

import pytest

from phast.disclosure import HIDDEN, Earlier, NotYetSafe, suppress_linked

from .attack import YEAR, Attack, correct, quarter_of, random_coalition, tables_of
from .optimum import fewest_hidden

THRESHOLDS = [2, 3, 5, 11]


def releases_of(seed, *, most, strict, kept=True):
    """Releases made one after the other with corrections between them: (published, tables, agencies' tables, threshold)."""
    random = Random(seed)
    coalition, threshold = random_coalition(random), random.choice(THRESHOLDS)
    made, earlier = [], []
    for _ in range(most):
        quarter = random.choice([None, f"{YEAR}-Q1", f"{YEAR}-Q2"]) if most > 1 else None
        if not any(quarter_of(month) == quarter for month in coalition.months):
            quarter = None
        tables = tables_of(coalition, quarter)
        rows = {name: tables_of(coalition, quarter, name) for name in coalition.agencies} if strict else None
        try:
            published = suppress_linked(tables, threshold=threshold, earlier=earlier, agency_rows=rows)
        except NotYetSafe:
            correct(coalition, random)
            continue
        made.append((published, tables, rows, threshold))
        earlier = [*earlier, Earlier(published, was=tables if kept else None, agency_rows=rows)]
        correct(coalition, random)
    return made


def pinned_down(made):
    """What anybody, or any agency, can work out of some releases."""
    published, tables, rows, thresholds = zip(*made, strict=True)
    found = Attack(published, tables).unsafe(thresholds[0])
    for name in rows[0] or ():
        found += Attack(published, tables, name, [each[name] for each in rows]).unsafe(thresholds[0])
    return found


def changed_a_little(made):
    """Figures that two releases show with a difference of 1 … threshold − 1, or that were hidden and are shown later."""
    found = []
    for n, (new, _, _, threshold) in enumerate(made):
        past = [old.figures() for old, *_ in made[:n]]
        for figure, now in new.figures().items():
            before = [figures[figure] for figures in past if figure in figures]
            if now is HIDDEN or now == 0 or now in before:  # what was shown once is known for good
                continue
            if any(was is HIDDEN or abs(now - was) < threshold for was in before):
                found.append((figure, before, now))
    return found


def test_no_random_set_of_tables_lets_anybody_pin_a_figure_down(drill_size):
    for seed in range(drill_size(4000)):
        assert pinned_down(releases_of(seed, most=1, strict=False)) == [], seed


def test_no_sequence_of_corrected_releases_does(drill_size):
    for seed in range(10_000, 10_000 + drill_size(3000)):
        if made := releases_of(seed, most=3, strict=False):
            assert pinned_down(made) == [], seed
            assert changed_a_little(made) == [], seed


@pytest.mark.parametrize("most", [1, 3])
def test_under_the_stricter_setting_no_agency_does_by_taking_its_own_counts_away(most, drill_size):
    for seed in range(20_000, 20_000 + drill_size(1500)):
        if made := releases_of(seed, most=most, strict=True):
            assert pinned_down(made) == [], seed


def test_no_county_with_many_zips_lets_anybody_pin_a_figure_down(drill_size):
    for seed in range(50_000, 50_000 + drill_size(100)):
        random = Random(seed)
        tables = tables_of(random_coalition(random, zip_codes=40))
        assert Attack([suppress_linked(tables, threshold=11)], [tables]).unsafe(11) == [], seed


def test_when_nobody_kept_the_exact_tables_each_release_is_safe_by_itself_and_no_figure_changes_a_little(drill_size):
    for seed in range(30_000, 30_000 + drill_size(1000)):
        made = releases_of(seed, most=3, strict=False, kept=False)
        assert changed_a_little(made) == [], seed
        for one in made:
            assert pinned_down([one]) == [], seed


def test_not_many_more_figures_are_hidden_than_the_fewest(drill_size):
    ratios = []
    for seed in range(40_000, 40_000 + drill_size(300)):
        for published, tables, _, threshold in releases_of(seed, most=1, strict=False):
            values, sums = {}, set()
            for table in tables:
                values.update((table.figure(address), kits) for address, kits in table.filled().items())
                sums.update((table.figure(a), tuple(table.figure(b) for b in parts)) for a, parts in table.relations())
            if len([kits for kits in values.values() if kits]) > 45:
                continue
            fewest = fewest_hidden(values, sorted(sums), threshold)
            if fewest:
                ratios.append(len(published.hidden) / fewest)
    assert max(ratios) <= 1.5
    assert statistics.mean(ratios) <= 1.05
    print(f"{len(ratios)} tables: hidden / fewest on average {statistics.mean(ratios):.3f}, at most {max(ratios):.3f}")  # noqa: T201 the drill's figure
