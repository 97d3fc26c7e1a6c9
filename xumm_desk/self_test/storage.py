"""Check that a journal can be written where this shop's journal lies, and that keys can be kept."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message, error_text
from xumm_desk.store import database
from xumm_desk.store.keyring import keyring_calls, keyring_probe
from xumm_desk.store.keyring.secrets import KeyringError

from .check import FailedError, NoteError

_ROWS: Final = 100
_LIMIT: Final = 20.0
"""Seconds for which the keyring is waited for: it may ask a person for a password."""


def check_journal(folder: Path) -> str:
    """Make a journal in a temporary folder beside the shop's own, write to it, read it again."""
    place = folder
    while not place.is_dir() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryDirectory(prefix="xumm-desk-self-test-", dir=place) as made:
            _write_and_check(Path(made) / "journal.sqlite3")
    except JournalError as error:
        raise FailedError(error_text(error)) from None
    except (OSError, sqlite3.Error) as error:
        raise FailedError(
            Message(
                "No journal can be written in {folder} ({reason}), so nothing can be sold. Give"
                " this account the right to write there, free some space, or name another folder"
                " with --data-dir.",
                folder=place,
                reason=getattr(error, "strerror", None) or error,
            )
        ) from None
    return Message(
        "SQLite {version} writes and checks a journal in {folder}.",
        version=sqlite3.sqlite_version,
        folder=place,
    )


def _write_and_check(path: Path) -> None:
    with closing(database.connect(path)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if mode != "wal":
            raise FailedError(
                Message(
                    "The disk of {folder} cannot keep a write-ahead log, as network drives cannot."
                    " Name a folder on a disk of this computer with --data-dir.",
                    folder=path.parent.parent,
                )
            )
        connection.execute("CREATE TABLE self_test (number INTEGER PRIMARY KEY) STRICT")
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO self_test VALUES (?)", [(number,) for number in range(_ROWS)]
        )
        connection.execute("COMMIT")
    with closing(database.connect(path)) as connection:
        (state,) = connection.execute("PRAGMA integrity_check").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM self_test").fetchone()
    if state != "ok" or count != _ROWS:
        raise sqlite3.DatabaseError(f"{state}, {count} of {_ROWS} rows")


def check_keyring(limit: float = _LIMIT) -> str:
    """Keep, read and delete an entry in the system's keyring."""
    try:
        name = keyring_calls.wait(
            keyring_probe.try_keyring, notice_after=limit, limit=limit, on_notice=lambda: None
        )
    except KeyringError as error:
        raise FailedError(error_text(error)) from None
    except keyring_calls.KeyringSilentError:
        raise FailedError(
            Message(
                "The system's keyring has not answered for {limit} seconds. Unlock it, or log in"
                " again; until then enter the keys at each start.",
                limit=f"{limit:.0f}",
            )
        ) from None
    if not name:
        raise NoteError(
            Message(
                "No keyring works on this computer: keys are held for one run only. Install one"
                " (GNOME Keyring or KWallet), or set XUMM_APIKEY and XUMM_APISECRET."
            )
        )
    return Message("{name} keeps and gives back.", name=name)
