"""Open the journal's SQLite file: safe settings, migrations, sentences for its errors."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalDamagedError, JournalError
from xumm_desk.core.message import Message

from . import private_files
from .keeping import swap

_SWITCHES: Final = 40
_PAUSE: Final = 0.05

_CHECKPOINT: Final = 4000
"""Pages of the write-ahead log, 16 MB, after which they go into the file itself: a flood changes
the same pages again and again, which then are written there once for several groups."""

_SCRIPT: Final = re.compile(r"(\d{4})\.sql")


def connect(path: Path, *, check: bool = True) -> sqlite3.Connection:
    """Open the journal at `path`, created or migrated to the present version.

    Without `check` a journal that need not be written now is not checked for damage, which takes a
    third of a second for each 250 MB; the caller runs `quick_check` before the first write.

    Raises:
        JournalError: damaged, locked, read-only, full, or written by a newer program. Nothing is
            overwritten then.
    """
    try:
        private_files.make_folder(path.parent)
        private_files.narrow(path.parent)
        swap.finish(path)
        private_files.make_file(path)  # its log and index take over its rights
        connection = sqlite3.connect(
            path, isolation_level=None, timeout=5.0, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise journal_error(error, path) from None
    try:
        # Checked before anything is set, since the journal mode is written into the file.
        refuse_newer(connection, path)
        if check or not _is_current(connection):
            quick_check(connection)
        _switch_to_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        _migrate(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise journal_error(error, path) from None
    except JournalError:
        connection.close()
        raise
    return connection


def newest_version() -> int:
    """The schema version that this program writes."""
    return max(_scripts())


def is_damage(error: Exception) -> bool:
    """Whether the error says that the file itself is damaged."""
    words = str(error).lower()
    return isinstance(error, sqlite3.DatabaseError) and (
        "malformed" in words or "not a database" in words or "corrupt" in words
    )


def journal_error(error: Exception, path: Path) -> JournalError:
    """The error of the journal at `path` that this one of SQLite or of the system means."""
    kind = JournalDamagedError if is_damage(error) else JournalError
    return kind(error_message(error, path))


def error_message(error: Exception, path: Path) -> str:
    """What happened to the journal, what it means, what to do."""
    words = str(error).lower()
    if is_damage(error):
        return Message(
            "The journal {path} is damaged. It was left as it is. Salvage what can be read of it;"
            " unfinished requests in it are not followed until then.",
            path=path,
        )
    if "full" in words or getattr(error, "errno", None) == 28:
        return Message(
            "The disk is full, {path} cannot grow. Free some space; nothing was lost.", path=path
        )
    if "disk i/o" in words:
        return Message(
            "The disk with {path} reports an error. Look whether it is full,"
            " unplugged or failing; what the screen says about money is saved.",
            path=path,
        )
    if "readonly" in words or "read-only" in words or isinstance(error, PermissionError):
        return Message(
            "The journal {path} is read-only. Give this user the right to write there; it was left"
            " as it is.",
            path=path,
        )
    if "locked" in words or "busy" in words:
        return Message(
            "The journal {path} is in use by another program. Close that one and try again.",
            path=path,
        )
    return Message(
        "The journal {path} cannot be used ({error_type}: {reason}).",
        path=path,
        error_type=type(error).__name__,
        reason=str(error)[:120],
    )


def refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `JournalError` where a newer program wrote the file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > newest_version():
        raise JournalError(
            Message(
                "The journal {path} was written by a newer Xumm Desk (version"
                " {version}, this one knows {newest_version}). Update this program; the"
                " journal was not touched.",
                path=path,
                version=version,
                newest_version=newest_version(),
            )
        )


def quick_check(connection: sqlite3.Connection) -> None:
    """Check the whole file for damage; raises `sqlite3.DatabaseError`."""
    (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if state != "ok":
        raise sqlite3.DatabaseError("malformed")


def _is_current(connection: sqlite3.Connection) -> bool:
    """Whether opening it writes nothing."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    return bool(version == newest_version() and mode == "wal")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """The switch needs the file for itself, and SQLite does not wait for that: two programs that
    make the file at the same moment would meet here."""
    for _ in range(_SWITCHES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(_PAUSE)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    pending = {number: text for number, text in _scripts().items() if number > version}
    if not pending:
        return
    if version:
        _back_up(connection, path, version)
    for number, text in sorted(pending.items()):
        # One transaction a script, so a power cut leaves the old version or the new one.
        try:
            connection.executescript(
                f"BEGIN IMMEDIATE;\n{text}\nPRAGMA user_version = {number};\nCOMMIT;"
            )
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            (reached,) = connection.execute("PRAGMA user_version").fetchone()
            if reached < number:  # else another process was faster
                raise


def _back_up(connection: sqlite3.Connection, path: Path, version: int) -> None:
    copy = path.with_name(f"{path.stem}-before-{version + 1}{path.suffix}")
    private_files.make_file(copy)
    with closing(sqlite3.connect(copy)) as target:
        connection.backup(target)


def _scripts() -> dict[int, str]:
    folder = Path(__file__).resolve().parent / "schema"
    found = {}
    for entry in folder.iterdir():
        match = _SCRIPT.fullmatch(entry.name)
        if match:
            found[int(match[1])] = entry.read_text(encoding="utf-8")
    return found
