"""Leave a trace on disk when the interpreter itself crashes, and find that of the run before.

`faulthandler` writes the stack of each thread at a segmentation fault, an abort of Qt and the like.
A file that holds more than its first line at the next start is the trace of a crash.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from xumm_desk.store import private_files
from xumm_desk.version import __version__

log = logging.getLogger(__name__)

FILE: Final = "crash.txt"
KEPT: Final = "crash-before.txt"
"""The trace of the last crash, kept until there is another one."""

_MOST_READ: Final = 60_000


@dataclass(frozen=True, slots=True)
class Crash:
    """The trace that an earlier run left; `title` is its gist."""

    title: str
    text: str


class CrashTrace:
    """Writes to one folder at a time; to standard error where that folder takes no file."""

    def __init__(self) -> None:
        self._file: IO[str] | None = None
        self._path: Path | None = None

    def begin(self, folder: Path) -> Crash | None:
        """Write to `folder` from now on, which no other run uses; returns the crash of the run
        before, if that had one."""
        path = folder / FILE
        if self._file is not None and self._path == path:
            return None
        self.end()
        found = _take(path)
        try:
            private_files.make_folder(folder)
            file = private_files.open_for_writing(path)
            file.write(
                f"xumm-desk {__version__}, begun {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n"
            )
            file.flush()
        except OSError as error:
            log.warning("no file for a crash: %s", error.strerror)
            if sys.stderr is not None:
                with suppress(OSError, ValueError):  # a stream without a descriptor
                    faulthandler.enable()
            return found
        faulthandler.enable(file)
        self._file, self._path = file, path
        return found

    def end(self) -> None:
        """This run ends in order: there is no crash to be found."""
        file, self._file = self._file, None
        path, self._path = self._path, None
        if file is None or path is None:
            return
        faulthandler.disable()
        with suppress(OSError):
            file.close()
        with suppress(OSError):
            path.unlink()


def _take(path: Path) -> Crash | None:
    """The trace in this file, which is put aside."""
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_READ).decode("utf-8", "replace")
        body = text.partition("\n")[2]
        if not body.strip():
            return None  # killed, or the power failed
        with suppress(OSError):
            path.replace(path.with_name(KEPT))
    except OSError:
        return None
    fatal = next((line for line in body.splitlines() if "atal" in line), "")
    return Crash(fatal.strip() or body.strip().splitlines()[0], text)
