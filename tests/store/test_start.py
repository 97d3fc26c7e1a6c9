"""What a start reads of a long journal, and when it looks for damage."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.store import database, queries
from xumm_desk.store.journal import SqliteJournal

from .builders import intent, note, texts

pytestmark = pytest.mark.anyio


def spoil(path: Path) -> None:
    """Overwrite the last page."""
    raw = path.read_bytes()
    path.write_bytes(raw[:-4096] + b"\xee" * 4096)


def content(path: Path) -> bytes:
    """The whole file."""
    return path.read_bytes()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Grows with each time that a journal is looked through."""
    seen: list[Path] = []
    real = database.quick_check

    def look(connection: sqlite3.Connection) -> None:
        seen.append(Path(connection.execute("PRAGMA database_list").fetchone()[2]))
        real(connection)

    monkeypatch.setattr(database, "quick_check", look)
    return seen


@pytest.fixture
async def damaged(path: Path) -> Path:
    """A journal whose last pages are lost, while its head is as it should be."""
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    for number in range(300):
        journal.append(f"sale {number}", intent(f"sale {number}"), urgent=False)
    await journal.durable()
    await journal.close()
    spoil(path)
    return path


async def opened(path: Path) -> SqliteJournal:
    """Opened as the window does it."""
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop(), check=False)
    return journal


async def test_damage_is_found_when_asked_for(damaged: Path) -> None:
    journal = await opened(damaged)
    with pytest.raises(JournalError, match=r"is damaged\. It was left as it is"):
        await journal.check_integrity()
    await journal.close()


async def test_nothing_is_written_before_the_file_was_looked_through(damaged: Path) -> None:
    before = content(damaged)
    journal = await opened(damaged)
    journal.append("new", intent("new"), urgent=True)
    with pytest.raises(JournalError, match="is damaged"):
        await journal.durable()
    assert journal.written == 0
    assert "is damaged" in journal.error
    journal.append("other", intent("other"), urgent=False)
    with pytest.raises(JournalError, match="is damaged"):
        await journal.durable()
    with pytest.raises(JournalError, match="is damaged"):
        await journal.check_integrity()
    with pytest.raises(JournalError, match="is damaged"):
        await journal.reserve_tag(TagRange(1, 9), intent("x").at)
    with pytest.raises(JournalError, match="is damaged"):
        await journal.set_dismissed("AB" * 32, True, intent("x").at)
    await journal.close()
    assert content(damaged) == before


async def test_a_whole_file_is_looked_through_once(path: Path, looks: list[Path]) -> None:
    first = SqliteJournal(path)
    first.open(asyncio.get_running_loop())
    await first.close()
    looks.clear()
    journal = await opened(path)
    assert looks == []
    for number in range(3):
        journal.append("sale", intent("sale") if number == 0 else note(number), urgent=True)
        await journal.durable()
    await journal.check_integrity()
    await journal.close()
    assert len(looks) == 1
    assert len(texts(path)) == 3


async def test_what_has_to_be_written_at_once_is_looked_through_first(
    path: Path, looks: list[Path]
) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await journal.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    looks.clear()
    await (await opened(path)).close()
    assert len(looks) == 1


async def test_the_start_reads_by_index_and_never_the_whole_journal(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    real = queries.load_requests

    def load(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> object:
        asked.append((where, values))
        return real(db, where, values)

    monkeypatch.setattr(queries, "load_requests", load)
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    await journal.load_recent(200)
    await journal.load_unfinished()
    await journal.load(["one"])
    await journal.close()
    assert len(asked) == 3
    with closing(sqlite3.connect(path)) as db:
        for where, values in asked:
            plan = [
                step
                for *_, step in db.execute(
                    f"EXPLAIN QUERY PLAN SELECT text FROM facts {where} ORDER BY seq", values
                )
            ]
            assert any("facts USING INDEX facts_request" in step for step in plan), plan
            # A scan is allowed where an index has the order, and a limit ends it.
            scans = [step for step in plan if re.match(r"SCAN \w+$", step)]
            assert scans == [], plan
