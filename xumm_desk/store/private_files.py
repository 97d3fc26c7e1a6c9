"""Create folders and files that only this account can read, and restrict those of older versions.

A journal says who paid what. On Windows the rights of the user's profile folder do this, and the
functions here change nothing.
"""

from __future__ import annotations

import logging
import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

log = logging.getLogger(__name__)

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600

_OWN_FILES: Final = re.compile(
    r"(journal|platform)(-(before|damaged|replaced|new|\d+)[-\d]*)?\.sqlite3(-wal|-shm|-journal)?"
    r"|journal-swap\.(json|part)|archive-[-\d]+\.jsonl(\.part)?"
    r"|shop-logo\.(png|new)|receipt-[A-Za-z0-9-]+\.pdf"
    r"|shop\.json|platform\.json|updates\.json|settings\.(json|new|damaged)|xumm-desk\.log(\.\d+)?|window\.lock"
    r"|crash(-before)?\.txt"
)
_OWN_FOLDERS: Final = frozenset({"copies", "logs", "practice", "receipts"})


def make_folder(folder: Path) -> None:
    """Make `folder`, and what is missing above it, for this account alone; one that is there stays
    as it is. Raises OSError."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        with suppress(FileExistsError):
            missing.mkdir(FOLDER_MODE)


def make_file(path: Path) -> None:
    """Make an empty file for this account alone where there is none, so that a library which opens
    it next does not choose its rights. Raises OSError."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))


def opener(path: str, flags: int) -> int:
    """For `open(…, opener=opener)`: a file that is made, or was readable by others before, is this
    account's alone before anything is written to it."""
    descriptor = os.open(path, flags, FILE_MODE)
    if sys.platform != "win32" and flags & (os.O_WRONLY | os.O_RDWR):
        with suppress(OSError):  # a file of another account, a file system without rights
            found = os.fstat(descriptor)
            if stat.S_ISREG(found.st_mode) and found.st_mode & 0o077:
                os.fchmod(descriptor, FILE_MODE)
    return descriptor


def open_for_writing(path: Path, *, newline: str | None = None, encoding: str = "utf-8") -> IO[str]:
    """Open a text file of this account alone for writing; half a character becomes a
    question mark. Raises OSError."""
    return open(path, "w", encoding=encoding, errors="replace", newline=newline, opener=opener)


def narrow(folder: Path) -> None:
    """Remove the rights of other accounts from the desk's own files in `folder`, and from the
    folder itself if nothing else is in it. Logged if there were any."""
    if sys.platform == "win32":
        return
    changed = _narrow(folder)
    if changed:
        log.info(
            "Other accounts of this computer could read %s in %s. From now on only this one can.",
            "1 file or folder" if changed == 1 else f"{changed} files and folders",
            folder,
        )


def _narrow(folder: Path) -> int:
    """How many were narrowed."""
    changed, foreign = 0, False
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return 0
    for entry in entries:
        if entry.is_symlink():
            foreign = True
        elif entry.is_dir():
            # The journal of another platform lies in a folder of its own beside the journal.
            own = entry.name in _OWN_FOLDERS or (Path(entry.path) / "journal.sqlite3").exists()
            changed += _narrow(Path(entry.path)) if own else 0
            foreign = foreign or not own
        elif _OWN_FILES.fullmatch(entry.name):
            changed += _set_mode(Path(entry.path), FILE_MODE)
        else:
            foreign = True
    if entries and not foreign:
        changed += _set_mode(folder, FOLDER_MODE)
    return changed


def _set_mode(path: Path, mode: int) -> int:
    """1 when others had rights to `path` and have none now, else 0."""
    try:
        if not path.lstat().st_mode & 0o077:
            return 0
        path.chmod(mode)
    except OSError:
        return 0  # another account's, or gone: opening the journal reports what does not work
    return 1
