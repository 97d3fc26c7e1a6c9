"""A till's facts are named without gaps, and nothing is taken that does not follow the known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.replication.replicated_fact import (
    CHAIN_START,
    ChainEnd,
    ChainFault,
    ReplicatedFact,
    chained,
    follow,
)

ROWS = st.lists(st.tuples(*[st.text(max_size=3)] * 5), max_size=12)


def story(count: int) -> list[ReplicatedFact]:
    """So many facts of one till."""
    return chained(
        "till-1", ChainEnd(), [("sale", "at", "desk", "note", str(n)) for n in range(count)]
    )


@given(ROWS)
def test_numbers_have_no_gap_and_all_is_taken_at_once(
    rows: list[tuple[str, str, str, str, str]],
) -> None:
    facts = chained("till-1", ChainEnd(), rows)
    assert [fact.number for fact in facts] == list(range(1, len(rows) + 1))
    fresh, end, fault = follow(ChainEnd(), facts)
    assert (fresh, fault) == (facts, None)
    assert end == (ChainEnd(facts[-1].number, facts[-1].hash) if facts else ChainEnd())


@given(ROWS, st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=20))
def test_parts_in_any_order_any_number_of_times_end_alike(
    rows: list[tuple[str, str, str, str, str]], parts: list[tuple[int, int]]
) -> None:
    facts = chained("till-1", ChainEnd(), rows)
    end, taken = ChainEnd(), list[ReplicatedFact]()
    for first, length in [*parts, (0, len(rows))]:
        fresh, end, fault = follow(end, facts[first : first + length])
        assert fault in (None, ChainFault.GAP)
        taken += fresh
    assert taken == facts


@given(ROWS, st.data())
def test_going_on_later_is_the_same_chain(
    rows: list[tuple[str, str, str, str, str]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    whole = chained("till-1", ChainEnd(), rows)
    first = chained("till-1", ChainEnd(), rows[:cut])
    end = ChainEnd(first[-1].number, first[-1].hash) if first else ChainEnd()
    assert first + chained("till-1", end, rows[cut:]) == whole


@pytest.mark.parametrize("field", ["identifier", "at", "source", "kind", "text"])
def test_what_was_changed_on_the_way_is_not_taken(field: str) -> None:
    facts = story(3)
    changed: dict[str, Any] = {field: "x"}
    facts[1] = replace(facts[1], **changed)
    fresh, end, fault = follow(ChainEnd(), facts)
    assert (len(fresh), end.number, fault) == (1, 1, ChainFault.CHANGED)


def test_a_fact_cannot_move_to_another_number() -> None:
    facts = story(2)
    moved = replace(facts[0], number=2, hash=facts[0].hash)
    assert follow(ChainEnd(1, CHAIN_START), [moved])[2] is ChainFault.CHANGED


def test_two_journals_under_one_till_are_noticed() -> None:
    ours, theirs = story(3), story(2)
    theirs += chained(
        "till-1", ChainEnd(2, theirs[-1].hash), [("sale", "at", "desk", "note", "other")]
    )
    _, end, _ = follow(ChainEnd(), ours)
    assert follow(end, theirs)[2] is ChainFault.FORK
    assert follow(end, ours[1:]) == ([], end, None)
    # One that is ahead shows it as well: its next fact does not fit.
    longer = theirs + chained("till-1", ChainEnd(3, theirs[-1].hash), [("a", "b", "c", "d", "e")])
    assert follow(end, longer[3:])[2] is ChainFault.CHANGED
