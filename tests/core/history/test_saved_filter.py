"""Saved filters: what was written is read, damage of one harms no other, and none is widened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.test_total import JSON
from xumm_desk.core.history import saved_filter
from xumm_desk.core.history.period import Period
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import (
    MAX_FILTERS,
    MAX_NAME,
    SavedFilter,
    clean_name,
    filter_from_json,
    read_filters,
)
from xumm_desk.core.history.summary import Kind
from xumm_desk.core.status import Status
from xumm_desk.core.wire.json_fields import Json

NAMES = st.text(min_size=1, max_size=MAX_NAME).map(clean_name).filter(bool)
WORDS = st.frozensets(st.text(max_size=8), max_size=3)
QUERIES = st.builds(
    HistoryQuery,
    text=st.text(max_size=12).map(str.strip),
    statuses=st.frozensets(st.sampled_from(Status), max_size=3),
    attention=st.booleans(),
    moved=st.booleans(),
    unpriced=st.booleans(),
    assets=WORDS,
    tills=WORDS,
    cashiers=WORDS,
    kinds=st.frozensets(st.sampled_from(Kind), max_size=2),
    networks=WORDS,
)
DAYS = st.tuples(st.dates(max_value=date(9999, 12, 30)), st.integers(0, 400)).map(
    lambda one: (
        (one[0], min(one[0] + timedelta(days=one[1]), date(9999, 12, 30)))
        if one[0] < date(9990, 1, 1)
        else (one[0], one[0])
    )
)
FILTERS = st.one_of(
    st.builds(
        SavedFilter,
        NAMES,
        QUERIES,
        st.sampled_from([one for one in Period if one is not Period.DAYS]),
    ),
    st.builds(SavedFilter, NAMES, QUERIES, st.just(Period.DAYS), DAYS),
)
LISTS = st.lists(FILTERS, max_size=6, unique_by=lambda one: one.name.casefold())


@given(FILTERS)
def test_what_was_written_is_read(one: SavedFilter) -> None:
    assert filter_from_json(json.loads(json.dumps(one.to_json()))) == one


@given(LISTS, st.lists(JSON, max_size=3), st.randoms())
def test_damage_of_one_harms_no_other_and_is_kept(
    filters: list[SavedFilter], damage: list[Json], chance: object
) -> None:
    entries: list[Json] = [*(one.to_json() for one in filters)]
    for value in damage:
        entries.insert(chance.randint(0, len(entries)), value)  # type: ignore[attr-defined]
    found, others = read_filters(entries)
    assert list(found) == filters
    assert list(map(repr, others)) == [
        repr(e) for e in entries if e not in [f.to_json() for f in filters]
    ]


@given(FILTERS, st.sampled_from(["query", "period", "days", "name"]), JSON)
def test_a_part_that_cannot_be_read_never_makes_a_filter_find_more(
    one: SavedFilter, part: str, value: Json
) -> None:
    found = filter_from_json({**one.to_json(), part: value})
    if found is not None:
        assert found.to_json().get(part) == value or part == "name"


@pytest.mark.parametrize(
    "query",
    [
        {"statuses": ["paid", "teleported"]},
        {"statuses": "paid"},
        {"tills": [1]},
        {"colours": ["red"]},
        {"since": "2026-01-01T00:00:00+00:00"},
        ["paid"],
    ],
)
def test_a_filter_of_a_newer_version_is_left_to_it(query: Json) -> None:
    found, others = read_filters([{"name": "x", "query": query}])
    assert (found, len(others)) == ((), 1)


def test_two_of_one_name_are_one() -> None:
    one = SavedFilter("Anna", HistoryQuery(text="a"))
    found, others = read_filters([one.to_json(), {**one.to_json(), "name": "ANNA"}])
    assert (found, len(others)) == ((one,), 1)


class TestList:
    @given(LISTS, st.integers(0, 5), st.integers(-9, 9))
    def test_moving_keeps_all_and_the_order_of_the_others(
        self, filters: list[SavedFilter], which: int, by: int
    ) -> None:
        if not filters:
            return
        place = which % len(filters)
        one = filters[place]
        found = list(saved_filter.moved(filters, one.name, by))
        assert found.index(one) == max(0, min(len(filters) - 1, place + by))
        found.remove(one)
        assert found == [other for other in filters if other is not one]

    @given(LISTS, FILTERS)
    def test_saving_replaces_in_place_or_adds_at_the_end(
        self, filters: list[SavedFilter], one: SavedFilter
    ) -> None:
        found = saved_filter.saved(filters, one)
        same = saved_filter.find(filters, one.name)
        if same is None:
            assert found == (*filters, one)
        else:
            assert found == tuple(one if other is same else other for other in filters)

    @given(LISTS)
    def test_deleting_takes_one_away(self, filters: list[SavedFilter]) -> None:
        for one in filters:
            left = saved_filter.deleted(filters, one.name)
            assert left == tuple(other for other in filters if other is not one)

    def test_names(self) -> None:
        filters = [SavedFilter("Anna", HistoryQuery()), SavedFilter("Berta", HistoryQuery())]
        assert saved_filter.name_error(filters, " \u200e\t ") == "Type a name."
        assert saved_filter.name_error(filters, "anna") == ""
        assert "already" in saved_filter.name_error(filters, "anna", "Berta")
        assert saved_filter.name_error(filters, "ANNA", "Anna") == ""
        assert clean_name("  a\u202eb\nc  ") == "a b c"
        assert len(clean_name("x" * 99)) == MAX_NAME
        full = [SavedFilter(f"n{n}", HistoryQuery()) for n in range(MAX_FILTERS)]
        assert "Delete one" in saved_filter.name_error(full, "one more")
        assert saved_filter.name_error(full, "n3") == ""
        renamed = saved_filter.renamed(filters, "Anna", " Clara ")
        assert [one.name for one in renamed] == ["Clara", "Berta"]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "days", "times"),
    [
        (Period.ANY, None, (None, None)),
        (Period.TODAY, None, ((2026, 3, 14), (2026, 3, 15))),
        (Period.MONTH, None, ((2026, 3, 1), (2026, 3, 15))),
        (Period.DAYS, (date(2025, 12, 30), date(2026, 1, 2)), ((2025, 12, 30), (2026, 1, 3))),
    ],
)
def test_days_are_those_of_the_day_it_is_asked(
    period: Period,
    days: tuple[date, date] | None,
    times: Sequence[tuple[int, int, int] | None],
) -> None:
    one = SavedFilter("x", HistoryQuery(text="a"), period, days)
    query = one.query_on(date(2026, 3, 14), midnight)
    since, until = (datetime(*at, tzinfo=UTC) if at else None for at in times)
    assert query == HistoryQuery(text="a", since=since, until=until)
