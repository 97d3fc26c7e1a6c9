"""Destination tags out of the shop's range: none that rests, on disk first, found by index."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.request.destination_tags import RESERVED_QUARANTINE, TagRange, quarantined_until
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.store import database, destination_tags, group_commit
from xumm_desk.store.group_commit import FactRecord, StatusRecord
from xumm_desk.store.journal import SqliteJournal

from .builders import SHOP, START, make_order, run

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


def tagged_intent(identifier: str, tag: Json, at: datetime = START) -> Fact:
    order: JsonObject = make_order(identifier).to_json()
    txjson: JsonObject = {"TransactionType": "Payment", "Destination": SHOP, "Amount": "1"}
    value: JsonObject = {**order, "txjson": {**txjson, "DestinationTag": tag}}
    return make_fact(at, Source.OPERATOR, FactKind.INTENT, value)


def write(db: sqlite3.Connection, *items: group_commit.Record) -> None:
    assert group_commit.commit_group(db, list(items), lambda: None) == []


async def test_a_tag_is_on_disk_before_it_is_handed_out(journal: SqliteJournal, path: Path) -> None:
    within = TagRange(7, 9)
    journal.append("one", tagged_intent("one", 8, START - 400 * DAY), urgent=True)
    await journal.durable()
    assert await journal.reserve_tag(within, START) == 7
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT tag FROM tags").fetchall() == [(7,)]
    assert await journal.reserve_tag(within, START) == 9
    assert await journal.reserve_tag(within, START) is None
    journal.set_status("one", "declined", True)
    assert await journal.reserve_tag(within, START) == 8


async def test_a_locked_journal_hands_out_nothing(path: Path) -> None:
    with closing(database.connect(path)) as db, closing(database.connect(path)) as other:
        db.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError):
            destination_tags.reserve(db, TagRange(1, 2), START)
        other.execute("ROLLBACK")
        assert destination_tags.reserve(db, TagRange(1, 2), START) == 1


async def test_a_closed_journal_hands_out_nothing(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await journal.close()
    with pytest.raises(JournalError):
        await journal.reserve_tag(TagRange(1, 2), START)


def test_one_after_the_other_and_round_again(path: Path) -> None:
    within = TagRange(5, 7)
    with closing(database.connect(path)) as db:
        handed = [destination_tags.reserve(db, within, START + n * DAY) for n in range(5)]
        assert handed == [5, 6, 7, 5, 6]
        # Another range begins at its own first tag, and a tag outside is nobody's business.
        assert destination_tags.reserve(db, TagRange(100, 101), START) == 100


def test_what_is_free_for_longest_comes_where_the_next_one_rests(path: Path) -> None:
    within = TagRange(1, 4)
    with closing(database.connect(path)) as db:
        for n in range(4):
            destination_tags.reserve(db, within, START + timedelta(hours=n))
        write(db, FactRecord("open", tagged_intent("open", 1)))
        now = START + 2 * DAY
        assert destination_tags.reserve(db, within, now) == 2


def test_one_that_was_never_used_is_found_behind_those_that_rest(path: Path) -> None:
    with closing(database.connect(path)) as db:
        for tag in (10, 11, 13):
            write(db, FactRecord(f"r{tag}", tagged_intent(f"r{tag}", tag)))
        assert destination_tags.reserve(db, TagRange(10, 13), START) == 12
        assert destination_tags.reserve(db, TagRange(10, 13), START) is None
        assert destination_tags.reserve(db, TagRange(9, 13), START) == 9


def test_odd_tags_are_no_tags(path: Path) -> None:
    odd: tuple[Json, ...] = (-1, 2**32, 10**30, "x", None, True, 1.5, [7])
    with closing(database.connect(path)) as db:
        for number, tag in enumerate(odd):
            write(db, FactRecord(f"r{number}", tagged_intent(f"r{number}", tag)))
        assert db.execute("SELECT count(*) FROM tag_rests").fetchone() == (0,)


Step = tuple[str, int, int]
STATUSES = (
    ("waiting", False),
    ("paid", True),
    ("declined", True),
    ("check", False),
    ("expired_opened", False),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["reserve", "sell", "end", "wait"]),
            st.integers(0, 5),
            st.integers(0, 4),
        ),
        max_size=40,
    )
)
def test_never_a_tag_that_rests_and_none_is_kept_back(steps: list[Step]) -> None:
    """Beside a model that looks at every use ever made, whatever happens in whatever order."""
    within, now = TagRange(1, 4), START
    uses: dict[str, tuple[int, str, bool, datetime]] = {}
    handed: dict[int, datetime] = {}

    def rests(tag: int) -> bool:
        ends = [quarantined_until(*use[1:]) for use in uses.values() if use[0] == tag]
        ends += [handed[tag] + RESERVED_QUARANTINE] if tag in handed else []
        return any(end is None or end > now for end in ends)

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        for _, script in sorted(database._scripts().items()):
            db.executescript(script)
        for what, first, second in steps:
            name = f"r{first}"
            if what == "reserve":
                free = {tag for tag in range(within.first, within.last + 1) if not rests(tag)}
                tag = destination_tags.reserve(db, within, now)
                assert tag in free if free else tag is None
                if tag is not None:
                    handed[tag] = now
            elif what == "sell" and name not in uses:
                write(db, FactRecord(name, tagged_intent(name, second, now)))
                uses[name] = (second, "creating", False, now)
            elif what == "end" and name in uses:
                status, finished = STATUSES[second]
                told = make_fact(now, Source.DESK, FactKind.SOCKET_LOST, {"why": "x"})
                write(db, FactRecord(name, told, status, finished))
                uses[name] = (uses[name][0], status, finished, now)
            elif what == "wait":
                now += (timedelta(hours=1), timedelta(hours=25), timedelta(days=31))[second % 3]


def steps_of_a_reservation(path: Path, past: int) -> int:
    """How many steps SQLite's machine takes for one reservation behind `past` requests."""
    with closing(database.connect(path)) as db:
        items: list[group_commit.Record] = []
        for number in range(past):
            name = f"r{number:06d}"
            items.append(FactRecord(name, tagged_intent(name, 1 + number % 900, START - 60 * DAY)))
            items.append(StatusRecord(name, "paid", True))
        write(db, *items)
        for _ in range(950):
            assert destination_tags.reserve(db, TagRange(1, 1000), START - 2 * DAY)
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        db.set_progress_handler(count, 1)
        assert destination_tags.reserve(db, TagRange(1, 1000), START) is not None
        return steps


def test_a_reservation_costs_the_same_whatever_lies_behind(tmp_path: Path) -> None:
    few = steps_of_a_reservation(tmp_path / "few.sqlite3", 1_000)
    many = steps_of_a_reservation(tmp_path / "many.sqlite3", 20_000)
    assert many < 1.2 * few + 20


def test_a_journal_of_before_keeps_its_rests(path: Path) -> None:
    scripts = database._scripts()
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as db:
        for number in range(1, 5):
            db.executescript(scripts[number])
        db.execute("PRAGMA user_version = 4")
    old = START - 10 * DAY
    rows = [("open", 1, "waiting", 0), ("paid", 2, "paid", 1), ("gone", 3, "declined", 1)]
    for number, (name, tag, status, finished) in enumerate(rows, 1):
        text = tagged_intent(name, tag, old).text
        run(
            path,
            f"INSERT INTO requests VALUES ('{name}', NULL, '{status}', {finished}, 'then')",
            f"INSERT INTO facts VALUES ({number}, '{name}', '{old.isoformat()}', 'operator',"
            f" 'intent', '{text}', x'00')",
        )
    run(
        path,
        "INSERT INTO requests VALUES ('damaged', NULL, 'waiting', 0, 'then')",
        "INSERT INTO facts VALUES (9, 'damaged', '', 'desk', 'intent', '{', x'00')",
        f"INSERT INTO tags VALUES (4, '{START.isoformat()}')",
    )
    with closing(database.connect(path)) as db:
        rests = dict(db.execute("SELECT tag, rests_until FROM tag_rests").fetchall())
        assert rests == {
            1: destination_tags.WHILE_OPEN,
            2: int((old + DAY).timestamp()),
            3: int((old + 30 * DAY).timestamp()),
            4: int((START + DAY).timestamp()),
        }
        assert destination_tags.reserve(db, TagRange(1, 4), START) == 2
        assert destination_tags.reserve(db, TagRange(1, 4), START) is None
