"""Tills of one name in a shop: each gives out numbers that are leased to it, no number is two's."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xumm_desk.store import database, sale_numbers
from xumm_desk.store.replication import local_facts
from xumm_desk.store.sale_numbers import Wish

BAR = "Bar|"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(database.connect(tmp_path / "journal.sqlite3")) as made:
        made.execute("PRAGMA synchronous = OFF")
        yield made


def test_a_till_gives_out_its_own_numbers_and_goes_on_behind_all_when_they_end(
    db: sqlite3.Connection,
) -> None:
    assert sale_numbers.wanted(db) == []
    assert sale_numbers.reserve(db, BAR) == 1
    assert sale_numbers.wanted(db) == [Wish(BAR, 2)]
    sale_numbers.add(db, BAR, (101, 102))
    sale_numbers.note_used(db, BAR, 250)
    assert [sale_numbers.reserve(db, BAR) for _ in range(4)] == [101, 102, 251, 252]
    assert sale_numbers.wanted(db) == [Wish(BAR, 253)]


def test_enough_numbers_ahead_are_enough(db: sqlite3.Connection) -> None:
    sale_numbers.reserve(db, BAR)
    sale_numbers.add(db, BAR, (2, 1 + sale_numbers.SPARE))
    assert sale_numbers.wanted(db) == []
    assert sale_numbers.reserve(db, BAR) == 2
    assert sale_numbers.wanted(db) == [Wish(BAR, 3)]


def test_numbers_of_the_next_days_are_leased_too(db: sqlite3.Connection) -> None:
    sale_numbers.reserve(db, "Bar|2026-11-30")
    wishes = sale_numbers.wanted(db)
    assert [wish.count_name for wish in wishes][::6] == ["Bar|2026-11-30", "Bar|2026-12-06"]
    assert [wish.first for wish in wishes] == [2, 1, 1, 1, 1, 1, 1]
    sale_numbers.add(db, "Bar|2026-12-01", (301, 500))
    assert sale_numbers.reserve(db, "Bar|2026-12-01") == 301
    # What was leased for a day that is over is forgotten.
    sale_numbers.reserve(db, "Bar|2026-12-02")
    sale_numbers.add(db, "Bar|2026-12-02", (1, 200))
    rows = db.execute("SELECT name FROM number_blocks").fetchall()
    assert rows == [("Bar|2026-12-02",)]


def test_a_number_that_another_used_out_of_this_tills_own_is_passed_over(
    db: sqlite3.Connection,
) -> None:
    """It counted on without a lease, and this till hears of it later."""
    sale_numbers.reserve(db, BAR)
    sale_numbers.add(db, BAR, (2, 300))
    for number in (3, 5, 2):
        sale_numbers.note_used(db, BAR, number)
    assert sale_numbers.reserve(db, BAR) == 6


def test_a_number_given_out_while_the_lease_was_under_way_is_not_given_again(
    db: sqlite3.Connection,
) -> None:
    sale_numbers.reserve(db, BAR)
    [wish] = sale_numbers.wanted(db)
    sold = [sale_numbers.reserve(db, BAR) for _ in range(3)]
    sale_numbers.add(db, BAR, (wish.first, wish.first + 99))
    assert sale_numbers.reserve(db, BAR) == sold[-1] + 1


def test_a_journal_that_is_a_copy_gives_up_what_was_leased(db: sqlite3.Connection) -> None:
    local_facts.join(db, "till-a")
    sale_numbers.reserve(db, BAR)
    sale_numbers.add(db, BAR, (101, 300))
    local_facts.begin_again(db, "till-b", local_facts.ends(db)["till-a"])
    assert sale_numbers.reserve(db, BAR) == 2


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(("sell", "sell", "lease", "hear")), st.integers(0, 2)),
        max_size=60,
    )
)
def test_tills_that_have_leases_never_share_a_number(steps: list[tuple[str, int]]) -> None:
    """Whoever hears of whom, in whatever order."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        tills = [
            stack.enter_context(closing(database.connect(folder / f"{place}.sqlite3")))
            for place in range(3)
        ]
        leased = 0
        sold: list[int] = []
        heard = [0, 0, 0]
        for db in tills:
            db.execute("PRAGMA synchronous = OFF")
            db.execute("INSERT INTO number_wish VALUES (1, ?)", (BAR,))
        for step, place in steps:
            db = tills[place]
            has_some = db.execute("SELECT 1 FROM number_blocks WHERE next <= last").fetchone()
            if step == "hear":
                for number in sold[heard[place] :]:
                    sale_numbers.note_used(db, BAR, number)
                heard[place] = len(sold)
            elif step == "sell" and has_some:
                sold.append(sale_numbers.reserve(db, BAR))
            else:
                for wish in sale_numbers.wanted(db):
                    first = max(wish.first, leased + 1)
                    leased = first + 4
                    sale_numbers.add(db, BAR, (first, leased))
    assert len(set(sold)) == len(sold)
