"""Opening the file: migrations, refusals, and that nothing is overwritten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from xumm_desk.core.journal_error import JournalError
from xumm_desk.store import database

from .builders import run


@pytest.fixture
def made(path: Path) -> Path:
    """A journal with a row, closed."""
    with closing(database.connect(path)) as db:
        db.execute(
            "INSERT INTO requests (identifier, status, created_at) VALUES ('one', 'paid', 'now')"
        )
    return path


def requests(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT identifier, status FROM requests").fetchall()


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        number: int = db.execute("PRAGMA user_version").fetchone()[0]
        return number


def add_script(monkeypatch: pytest.MonkeyPatch, number: int, text: str) -> None:
    scripts = {**database._scripts(), number: text}
    monkeypatch.setattr(database, "_scripts", lambda: scripts)


def test_a_new_file_gets_the_newest_schema_and_safe_settings(path: Path) -> None:
    with closing(database.connect(path)) as db:
        settings = [
            db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")
        ]
    assert settings == ["wal", 2, 1, database.newest_version()]
    assert tables(path) >= {"requests", "facts"}


def test_an_empty_file_is_a_new_one(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    database.connect(path).close()
    assert version(path) == database.newest_version()


def test_opening_again_changes_nothing(made: Path) -> None:
    before = made.read_bytes()
    database.connect(made).close()
    assert made.read_bytes() == before
    assert list(made.parent.iterdir()) == [made]


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_a_newer_file_is_refused_and_not_touched(made: Path, mode: str) -> None:
    run(made, f"PRAGMA journal_mode = {mode}", "PRAGMA user_version = 99")
    before = made.read_bytes()
    with pytest.raises(JournalError, match=r"newer Xumm Desk.*version 99.*not touched"):
        database.connect(made)
    assert made.read_bytes() == before
    assert list(made.parent.iterdir()) == [made]


def test_a_migration_keeps_the_rows_and_a_copy_of_before(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = database.newest_version()
    add_script(
        monkeypatch,
        old + 1,
        "CREATE TABLE extra (x);\nALTER TABLE requests ADD COLUMN till TEXT;",
    )
    database.connect(made).close()
    assert version(made) == old + 1
    assert "extra" in tables(made)
    assert requests(made) == [("one", "paid")]
    copy = made.with_name(f"journal-before-{old + 1}.sqlite3")
    assert version(copy) == old
    assert requests(copy) == [("one", "paid")]
    assert "extra" not in tables(copy)


def test_a_migration_that_fails_leaves_the_old_version(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = database.newest_version()
    before = tables(made)
    broken = "CREATE TABLE extra (x);\nUPDATE requests SET status = 'lost';\nNONSENSE;"
    add_script(monkeypatch, old + 1, broken)
    with pytest.raises(JournalError, match="cannot be used"):
        database.connect(made)
    assert version(made) == old
    assert tables(made) == before
    assert requests(made) == [("one", "paid")]


def test_a_migration_that_another_process_made_meanwhile_is_accepted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is faster between our look at the version and our first statement."""
    real: Any = database._scripts
    raced: list[None] = []

    def scripts() -> dict[int, str]:
        found: dict[int, str] = real()
        if len(raced) == 1:  # asked for by the migration, after the check
            with closing(sqlite3.connect(path)) as other:
                other.executescript(found[1] + "PRAGMA user_version = 1;")
        raced.append(None)
        return {1: found[1]}

    monkeypatch.setattr(database, "_scripts", scripts)
    database.connect(path).close()
    assert version(path) == 1
    assert len(raced) >= 2


def test_the_scripts_make_one_gapless_series() -> None:
    assert sorted(database._scripts()) == list(range(1, database.newest_version() + 1))


def test_what_is_no_database_is_refused_and_not_touched(path: Path) -> None:
    path.parent.mkdir(parents=True)
    text = "These are the shop's accounts, please keep them.\n" * 100
    path.write_text(text)
    with pytest.raises(JournalError, match=r"is damaged\. It was left as it is"):
        database.connect(path)
    assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("cut", [True, False], ids=["cut short", "overwritten"])
def test_a_damaged_journal_is_refused_and_not_touched(made: Path, cut: bool) -> None:
    with closing(sqlite3.connect(made)) as db:
        db.executemany(
            "INSERT INTO requests (identifier, status, created_at) VALUES (?, 'paid', 'now')",
            [(f"sale {number}",) for number in range(2000)],
        )
        db.commit()
    raw = made.read_bytes()
    middle = len(raw) // 2 // 4096 * 4096
    made.write_bytes(raw[:middle] if cut else raw[:middle] + b"\xee" * 8192 + raw[middle + 8192 :])
    before = made.read_bytes()
    with pytest.raises(JournalError, match=r"is damaged\. It was left as it is"):
        database.connect(made)
    assert made.read_bytes() == before


def test_a_folder_in_the_place_of_the_file(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(JournalError, match="cannot be used"):
        database.connect(path)
    assert path.is_dir()


def test_a_file_in_the_place_of_the_folder(path: Path) -> None:
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.write_text("not a folder")
    with pytest.raises(JournalError, match="cannot be used"):
        database.connect(path)
    assert path.parent.read_text() == "not a folder"


def test_a_file_that_another_program_holds(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sqlite3.connect

    def hasty(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(*args, **{**kwargs, "timeout": 0.02})
        return connection

    with closing(real(made, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE requests SET status = 'check'")
        monkeypatch.setattr(sqlite3, "connect", hasty)
        with pytest.raises(JournalError, match="in use by another program"):
            database.connect(made)
        other.execute("ROLLBACK")
    assert requests(made) == [("one", "paid")]


def test_a_file_that_may_only_be_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights do not bind an administrator, so the connection itself is made read-only."""
    path.parent.mkdir(parents=True)
    real = sqlite3.connect

    def reading(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(*args, **kwargs)
        connection.execute("PRAGMA query_only = ON")
        return connection

    monkeypatch.setattr(sqlite3, "connect", reading)
    with pytest.raises(JournalError, match="is read-only"):
        database.connect(path)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (sqlite3.DatabaseError("database disk image is malformed"), "is damaged"),
        (sqlite3.DatabaseError("file is not a database"), "is damaged"),
        (sqlite3.OperationalError("database or disk is full"), "The disk is full"),
        (OSError(28, "No space left on device"), "The disk is full"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "is read-only"),
        (PermissionError(13, "Permission denied"), "is read-only"),
        (sqlite3.OperationalError("database is locked"), "is in use by another program"),
        (sqlite3.OperationalError("disk I/O error"), "reports an error"),
        (sqlite3.OperationalError("no such table: facts"), "cannot be used (OperationalError: no"),
    ],
)
def test_troubles_in_plain_words(error: Exception, words: str) -> None:
    sentence = database.error_message(error, Path("journal"))
    assert words in sentence
    assert "journal" in sentence
