"""Tags that are leased to a till: it hands out these alone, and asks for more in time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xumm_desk.core.replication.replicated_fact import ChainEnd
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.store import database, destination_tags, tag_blocks
from xumm_desk.store.replication import local_facts

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SHOP = TagRange(1, 1_000_000)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A journal that has joined a shop."""
    with closing(database.connect(tmp_path / "journal.sqlite3")) as made:
        made.execute("PRAGMA synchronous = OFF")
        local_facts.join(made, "till-a")
        yield made


def reserve(db: sqlite3.Connection, within: TagRange = SHOP, later: int = 0) -> int | None:
    """Reserve a tag, some seconds later."""
    return destination_tags.reserve(db, within, NOW + timedelta(seconds=later))


def wanted(db: sqlite3.Connection) -> TagRange | None:
    """What the till wants more of."""
    return tag_blocks.wanted(db, int(NOW.timestamp()))


def test_without_a_lease_a_till_of_a_shop_has_no_tag_and_asks_for_some(
    db: sqlite3.Connection,
) -> None:
    assert wanted(db) is None
    assert reserve(db) is None
    assert wanted(db) == SHOP
    tag_blocks.add(db, TagRange(501, 1000))
    assert wanted(db) is None
    assert [reserve(db, later=number) for number in range(3)] == [501, 502, 503]


def test_a_till_of_no_shop_has_the_whole_range(tmp_path: Path) -> None:
    with closing(database.connect(tmp_path / "journal.sqlite3")) as alone:
        assert reserve(alone) == 1
        assert wanted(alone) is None


def test_more_is_wanted_before_the_last_is_used(db: sqlite3.Connection) -> None:
    reserve(db)
    tag_blocks.add(db, TagRange(1, tag_blocks.SPARE + 1))
    assert wanted(db) is None
    assert reserve(db) == 1
    assert wanted(db) is None
    assert reserve(db) == 2
    assert wanted(db) == SHOP


def test_only_what_is_in_the_settings_range_is_handed_out(db: sqlite3.Connection) -> None:
    tag_blocks.add(db, TagRange(1, 500))
    tag_blocks.add(db, TagRange(901, 1400))
    assert reserve(db, TagRange(499, 901)) == 499
    assert reserve(db, TagRange(499, 901)) == 500
    assert reserve(db, TagRange(499, 901)) == 901
    assert reserve(db, TagRange(499, 901)) is None
    assert wanted(db) == TagRange(499, 901)


def test_a_copied_journal_hands_out_none_of_the_originals(db: sqlite3.Connection) -> None:
    tag_blocks.add(db, TagRange(1, 500))
    local_facts.begin_again(db, "till-b", ChainEnd())
    assert reserve(db) is None
    local_facts.leave(db)
    assert reserve(db) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    blocks=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=4),
    within=st.tuples(st.integers(1, 200), st.integers(0, 200)),
)
def test_no_tag_is_handed_out_twice_or_from_elsewhere(
    db: sqlite3.Connection, blocks: list[tuple[int, int]], within: tuple[int, int]
) -> None:
    db.executescript("DELETE FROM tag_blocks; DELETE FROM tags; DELETE FROM tag_rests;")
    ours: set[int] = set()
    for place, length in blocks:
        first = 7 * place + 1
        if not ours & set(range(first, first + length)):
            tag_blocks.add(db, TagRange(first, first + length - 1))
            ours |= set(range(first, first + length))
    limits = TagRange(within[0], within[0] + within[1])
    usable = {tag for tag in ours if limits.first <= tag <= limits.last}
    handed = []
    while (tag := reserve(db, limits)) is not None:
        handed.append(tag)
    assert len(handed) == len(set(handed))
    assert set(handed) == usable
