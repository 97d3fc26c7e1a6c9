"""Put a new file in the place of the journal, so that a kill at any moment leaves one of the two.

The journal is up to three files, and SQLite reads a write-ahead log into whatever file stands
beside it. So a note is written first that says what is to be done; whoever opens the journal next
finishes what the note says. The old files are kept, untouched, under another name.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message
from xumm_desk.store import private_files

NEW: Final = "-new"
"""What the name of the file has more that is to become the journal."""

_SIDES: Final = ("-wal", "-shm")
_SHARED_FIRST: Final = 0x40000002
_SHARED_SIZE: Final = 510
"""The bytes on which SQLite holds a lock as long as a file is open (https://sqlite.org/lockingv3.html)."""


def new_path(path: Path) -> Path:
    """Where the file is made that is to take the place of the journal at `path`."""
    return path.with_name(f"{path.stem}{NEW}{path.suffix}")


def replace_journal(path: Path, kept: Path | None) -> None:
    """Let the file at `new_path(path)`, which is complete and closed, become the journal at `path`;
    what is there now is kept as `kept`, with its log. Raises `OSError`, and `JournalError` if
    another program uses the journal; nothing is changed then."""
    with _alone(path):
        if kept is not None and path.exists():
            _keep(path, kept)
        note = _note(path)
        draft = note.with_suffix(".part")
        with private_files.open_for_writing(draft) as out:
            json.dump({"new": new_path(path).name}, out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, note)
        sync_folder(path.parent)
        finish(path)


def refuse_if_used(path: Path) -> None:
    """Raise `JournalError` if another program has the journal open."""
    with _alone(path):
        pass


def state_of(path: Path) -> tuple[tuple[int, int], ...]:
    """Size and time of change of the journal and its log: the same while nobody writes."""
    found = []
    for side in ("", "-wal"):
        file = path.with_name(path.name + side)
        known = file.stat() if file.exists() else None
        found.append((known.st_size, known.st_mtime_ns) if known is not None else (0, 0))
    return tuple(found)


def finish(path: Path) -> None:
    """Finish what was under way when a program was killed; does nothing otherwise. Raises
    `OSError`."""
    note = _note(path)
    if not note.exists():
        return
    new = new_path(path)
    if new.exists():
        # Until the new file has its name, the log belongs to the old one; it is kept beside that.
        for side in _SIDES:
            path.with_name(path.name + side).unlink(missing_ok=True)
        sync_folder(path.parent)
        os.replace(new, path)
        sync_folder(path.parent)
    note.unlink(missing_ok=True)


def in_use(path: Path) -> str:
    """The sentence for a journal that another program has open."""
    return Message(
        "The journal {path} is in use by another program. Close that one and try again.", path=path
    )


def is_decided(path: Path) -> bool:
    """Whether the new file will take the place of the journal, now or at the next start."""
    return _note(path).exists()


def remove(path: Path) -> None:
    """Remove a database with what SQLite put beside it."""
    for side in ("", *_SIDES, "-journal"):
        path.with_name(path.name + side).unlink(missing_ok=True)


def free_name(path: Path) -> Path:
    """`path`, or with a number where there is such a file."""
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found


def sync_file(path: Path) -> None:
    """Return when the file is on the disk. Raises `OSError`."""
    # Windows writes out only what was opened for writing.
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Return when the names in the folder are on the disk, where the system can tell."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.stem}-swap.json")


def _keep(path: Path, kept: Path) -> None:
    """The same files under another name: a second name of each where the disk can, else a copy."""
    for side in ("", *_SIDES):
        source, target = path.with_name(path.name + side), kept.with_name(kept.name + side)
        if not source.exists():
            continue
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            draft = target.with_name(target.name + ".part")
            private_files.make_file(draft)
            shutil.copyfile(source, draft)
            sync_file(draft)
            os.replace(draft, target)
    sync_folder(path.parent)
    if kept.parent != path.parent:
        sync_folder(kept.parent)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else has the journal open, since what another program wrote into the old file
    meanwhile would be lost. The caller has closed its own connections: locks are the process's."""
    if not path.exists():
        yield
        return
    with path.open("r+b") as file:
        try:
            import fcntl  # noqa: PLC0415 - not on every system
        except ImportError:
            yield  # there the system refuses to rename a file that is open
            return
        try:
            # SQLite is not asked: it changes a file on opening it, and cannot lock a damaged one.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError:
            raise JournalError(in_use(path)) from None
        yield
