"""Which tests begin early."""

from __future__ import annotations

from itertools import groupby, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running_order import LONG, TESTS, is_long, long_ones_early

FILES = [TESTS / name for name in LONG] + [TESTS / f"core/test_{n}.py" for n in range(60)]


def path_of(test: tuple[Path, int]) -> Path:
    return test[0]


@pytest.mark.parametrize("name", LONG)
def test_what_is_said_to_take_long_is_there(name: str) -> None:
    assert (TESTS / name).exists()


@given(st.permutations(FILES), st.data())
def test_no_test_is_lost_and_the_files_stay_together(
    order: list[Path], data: st.DataObject
) -> None:
    tests = [
        (path, number)
        for path in order[: data.draw(st.integers(0, len(order)))]
        for number in range(data.draw(st.integers(1, 3)))
    ]
    ordered = long_ones_early(tests, path_of)
    assert sorted(ordered) == sorted(tests)
    for kind in (True, False):
        assert [one for one in ordered if is_long(one[0]) is kind] == [
            one for one in tests if is_long(one[0]) is kind
        ]
    assert len([path for path, _ in groupby(ordered, path_of)]) == len({p for p, _ in tests})


@given(st.permutations(FILES))
def test_all_that_take_long_begin_apart_before_the_last_third(order: list[Path]) -> None:
    ordered = [path for path, _ in long_ones_early([(path, 0) for path in order], path_of)]
    places = [place for place, path in enumerate(ordered) if is_long(path)]
    assert places[0] == 0
    assert places[-1] < len(ordered) * 2 / 3
    assert all(after - before > 1 for before, after in pairwise(places))
