"""What the tables do not take: kept apart and said; all else reaches the disk in spite of it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.store import journal_check
from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain

from .builders import created, intent, note, texts

pytestmark = pytest.mark.anyio


def kept_apart(path: Path) -> list[tuple[str, str, str]]:
    """Identifier, kind and text of what was refused."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT identifier, kind, text FROM refused ORDER BY seq").fetchall()


async def test_a_fact_without_an_intent_keeps_nothing_else_from_the_disk(
    journal: SqliteJournal, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    journal.on_rejected(said.append)
    journal.append("one", intent("one"), urgent=False)
    journal.append("nobody", created(7), urgent=False)
    journal.append("one", note(1), urgent=False)
    journal.set_status("one", "waiting", finished=False)
    with caplog.at_level(logging.ERROR), pytest.raises(JournalError, match="did not take"):
        await journal.durable()
    assert journal.written == journal.appended == 3
    assert texts(path) == [("one", intent("one").text), ("one", note(1).text)]
    assert kept_apart(path) == [("nobody", "created", created(7).text)]
    assert verify_chain(path).whole
    assert "created of nobody" in caplog.text
    assert len(said) == 1
    assert "facts about nobody" in said[0]
    assert "kept apart" in said[0]
    journal.append("one", note(2), urgent=True)
    await journal.durable()
    assert texts(path)[-1] == ("one", note(2).text)
    assert len(said) == 1
    assert journal.error == ""
    assert "not taken by the tables: created 1" in journal_check.journal_summary(path)


async def test_an_identifier_that_no_column_takes(journal: SqliteJournal, path: Path) -> None:
    journal.append("half \ud83d", note(1), urgent=False)
    journal.append("one", intent("one"), urgent=False)
    with pytest.raises(JournalError, match="did not take"):
        await journal.durable()
    assert texts(path) == [("one", intent("one").text)]
    assert kept_apart(path) == [("half ?", "link-lost", note(1).text)]


async def test_all_of_a_crowd_but_one_are_chained_in_order(
    journal: SqliteJournal, path: Path
) -> None:
    journal.append("one", intent("one"), urgent=False)
    for number in range(300):
        journal.append("one" if number != 150 else "nobody", note(number), urgent=False)
    with pytest.raises(JournalError):
        await journal.durable()
    assert [text for _, text in texts(path)[1:]] == [
        note(number).text for number in range(300) if number != 150
    ]
    assert verify_chain(path).whole


async def test_a_full_disk_while_something_is_refused_loses_neither(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    journal.append("one", intent("one"), urgent=True)
    await journal.durable()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("ALTER TABLE refused RENAME TO elsewhere")
        journal.append("nobody", note(1), urgent=True)
        journal.append("one", note(2), urgent=True)
        with pytest.raises(JournalError, match="cannot be used"):
            await journal.durable()
        assert len(texts(path)) == 1
        other.execute("ALTER TABLE elsewhere RENAME TO refused")
    with pytest.raises(JournalError, match="did not take"):
        await journal.durable()
    assert texts(path)[-1] == ("one", note(2).text)
    assert len(kept_apart(path)) == 1
    await journal.close()
