"""What the disk is waited for, and what is undone by an error."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from xumm_desk.store import database
from xumm_desk.store.replication.transactions import repeatable_transaction, transaction

FULL, NORMAL, OFF = 2, 1, 0


def level(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA synchronous").fetchone()[0])


@pytest.mark.parametrize(("usual", "within"), [(FULL, NORMAL), (NORMAL, NORMAL), (OFF, OFF)])
def test_the_disk_is_waited_for_again_after_what_can_be_repeated(
    tmp_path: Path, usual: int, within: int
) -> None:
    with closing(database.connect(tmp_path / "journal.sqlite3")) as db:
        assert level(db) == FULL
        db.execute(f"PRAGMA synchronous = {usual}")
        with transaction(db):
            assert level(db) == usual
        with repeatable_transaction(db):
            assert level(db) == within
        assert level(db) == usual
        with suppress(KeyError), repeatable_transaction(db):
            raise KeyError
        assert level(db) == usual


def test_an_error_undoes_all_of_it(tmp_path: Path) -> None:
    with closing(database.connect(tmp_path / "journal.sqlite3")) as db:
        for kind in (transaction, repeatable_transaction):
            with suppress(KeyError), kind(db):
                db.execute("INSERT INTO tag_blocks VALUES (1, 2)")
                raise KeyError
            assert not db.in_transaction
        assert db.execute("SELECT * FROM tag_blocks").fetchall() == []
