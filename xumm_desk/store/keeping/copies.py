"""Copy the journal once a day, verified, and keep the copies for a set time.

The copy is made page by page from one moment of the journal, on a connection and a thread of its
own, so that the writer never waits. It gets its name only when it was read through and is whole.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.keeping.reports import JournalCopy
from xumm_desk.core.message import Message
from xumm_desk.core.state.account_facts import SUBJECT
from xumm_desk.store import database, private_files, queries

from . import chain, swap

FOLDER: Final = "copies"
_NAME: Final = re.compile(r"journal-(\d{4}-\d{2}-\d{2})\.sqlite3")
_PAGES: Final = 128
_PAUSE: Final = 0.004
"""Half a megabyte at a time, and a pause after it: the disk is the journal's."""

_SPARE: Final = 32 * 1024 * 1024
"""Bytes that a copy must leave free: the journal itself goes on growing."""

_DRAFT_AGE: Final = 3600.0
"""Seconds after which an unfinished copy is of a program that was killed."""

Progress = Callable[[int, int], None]


def folder_of(path: Path) -> Path:
    """Where the copies of the journal at `path` are."""
    return path.parent / FOLDER


def copy_path(folder: Path, day: date) -> Path:
    """The file of a day."""
    return folder / f"journal-{day.isoformat()}.sqlite3"


def make_copy(
    path: Path,
    day: date,
    *,
    keep_days: int,
    on_progress: Progress = lambda _done, _all: None,
) -> Path:
    """Copy the journal at `path` as that of `day` (local), if there is none yet, and remove copies
    that are older than `keep_days`. What `on_progress` raises ends it. Raises `JournalError`; no
    half file is left."""
    folder = folder_of(path)
    target = copy_path(folder, day)
    try:
        private_files.make_folder(folder)
        _remove_drafts(folder)
        if not target.exists():
            _copy(path, target, on_progress)
        remove_old(folder, day, keep_days)
    except sqlite3.Error as error:
        raise JournalError(_not_made(error, path)) from None
    except OSError as error:
        raise JournalError(_not_made(error, path)) from None
    return target


def remove_old(folder: Path, today: date, keep_days: int) -> None:
    """Remove the copies of more than `keep_days` days ago; the newest one always stays."""
    days = sorted(_days(folder), reverse=True)
    for day in days[1:]:
        if day <= today - timedelta(days=keep_days):
            copy_path(folder, day).unlink(missing_ok=True)


def list_copies(folder: Path) -> list[JournalCopy]:
    """All copies, newest first, with what is in them; they are not read through."""
    return [_describe(copy_path(folder, day), day) for day in sorted(_days(folder), reverse=True)]


def problem_of(copy: Path, breathe: Callable[[], object] = lambda: None) -> str:
    """Why this copy cannot be used, "" if it is whole: reads it through."""
    if not copy.exists():
        return Message("There is no copy at {path}.", path=copy)
    try:
        with closing(_open(copy)) as db:
            database.refuse_newer(db, copy)
            database.quick_check(db)
            return chain.broken(db, breathe)
    except JournalError as error:
        return str(error.args[0])
    except sqlite3.Error as error:
        return Message("The copy {path} is damaged ({reason}).", path=copy, reason=error)


def _copy(path: Path, target: Path, on_progress: Progress) -> None:
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    size = path.stat().st_size
    free = shutil.disk_usage(target.parent).free
    if free < size + _SPARE:
        raise JournalError(
            Message(
                "There is no room for today's copy of the journal: {needed} MB are needed and"
                " {free} MB are free. The journal itself goes on.",
                needed=(size + _SPARE) // 1_000_000 + 1,
                free=free // 1_000_000,
            )
        )

    def on_step(_status: int, left: int, count: int) -> None:
        on_progress(80 * (count - left) // max(count, 1), 100)
        time.sleep(_PAUSE)

    def breathe() -> None:
        on_progress(90, 100)
        time.sleep(_PAUSE)

    private_files.make_file(draft)
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(draft)) as copy,
        ):
            source.isolation_level = None
            # One moment: else every write of the journal would make the copy begin anew.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            copy.execute("PRAGMA journal_mode = OFF")
            source.backup(copy, pages=_PAGES, progress=on_step)
            copy.execute("PRAGMA journal_mode = DELETE")
        if problem := problem_of(draft, breathe):
            raise JournalError(
                Message(
                    "Today's copy of the journal was not kept, since it is not whole: {problem}",
                    problem=problem,
                )
            )
        swap.sync_file(draft)
        os.replace(draft, target)
        swap.sync_folder(target.parent)
    finally:
        swap.remove(draft)


def _not_made(error: Exception, path: Path) -> str:
    words = str(error).lower()
    if "full" in words or getattr(error, "errno", None) in (27, 28) or "disk i/o" in words:
        return Message(
            "Today's copy of the journal was not made: the disk is full. Free some space. The"
            " journal itself goes on."
        )
    return Message(
        "Today's copy of the journal was not made. {reason}",
        reason=database.error_message(error, path),
    )


def _describe(copy: Path, day: date) -> JournalCopy:
    try:
        size = copy.stat().st_size
        with closing(_open(copy)) as db:
            (requests,) = db.execute(
                "SELECT count(*) FROM requests WHERE identifier <> ?", (SUBJECT,)
            ).fetchone()
            newest = db.execute("SELECT at FROM facts ORDER BY seq DESC LIMIT 1").fetchone()
            at = queries.when(newest[0]) if newest else None
            return JournalCopy(copy, day, size, requests, at)
    except (OSError, sqlite3.Error) as error:
        return JournalCopy(
            copy, day, 0, problem=Message("It cannot be read ({reason}).", reason=error)
        )


def _open(copy: Path) -> sqlite3.Connection:
    """Open a copy; nothing is put beside it, since nobody writes to it."""
    return sqlite3.connect(
        f"{copy.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None
    )


def _days(folder: Path) -> list[date]:
    found = []
    with suppress(OSError):
        for entry in folder.iterdir():
            match = _NAME.fullmatch(entry.name)
            if match:
                with suppress(ValueError):
                    found.append(date.fromisoformat(match[1]))
    return found


def _remove_drafts(folder: Path) -> None:
    for entry in folder.glob(".journal-*.part*"):
        with suppress(OSError):
            if time.time() - entry.stat().st_mtime > _DRAFT_AGE:
                entry.unlink()
