"""Write a file of this account alone beside its place and put it there at the end.

Until then what was there stays as it is; after an error or a cancellation nothing is left behind.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from xumm_desk.core.message import Message, Sentences

from . import private_files

_HINTS: Final[dict[int, str]] = {
    errno.ENOSPC: Message("The disk is full. Free some room, or choose another place."),
    errno.EDQUOT: Message("The disk is full. Free some room, or choose another place."),
    errno.EFBIG: Message("The disk takes no file of this size. Choose another place."),
    errno.EROFS: Message("This place can only be read. Choose another one."),
    errno.EACCES: Message(
        "It may be open in another program, or this account may not write there. Close it, or"
        " choose another place."
    ),
    errno.EPERM: Message("This account may not write there. Choose another place."),
    errno.ENOENT: Message("The folder is not there. Choose another place."),
    errno.EISDIR: Message("This is a folder. Type a file name."),
}


@contextmanager
def replace_text(target: Path, *, encoding: str = "utf-8") -> Iterator[IO[str]]:
    """A text file that takes the place of `target` at the end. Raises OSError."""
    with _draft_of(target) as (draft, final):
        with private_files.open_for_writing(draft, newline="", encoding=encoding) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _put(draft, final)


@contextmanager
def replace_binary(target: Path) -> Iterator[IO[bytes]]:
    """The same for bytes; the file can be read and sought while it is written. Raises OSError."""
    with _draft_of(target) as (draft, final):
        with open(draft, "w+b", opener=private_files.opener) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _put(draft, final)


def write_error(target: Path, error: OSError) -> Sentences:
    """Why `target` cannot be written, and what helps, for a person."""
    said = Message(
        "{name} cannot be written ({reason}).", name=target, reason=error.strerror or error
    )
    return Sentences([said, _HINTS.get(error.errno or 0, "")])


@contextmanager
def _draft_of(target: Path) -> Iterator[tuple[Path, Path]]:
    """A name beside the file that `target` leads to, and that file; the draft is removed where it
    is left."""
    final = target.resolve()
    if final.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(final))
    if final.exists() and not os.access(final, os.W_OK):
        # A rename would replace a file that its owner has protected.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(final))
    draft = final.with_name(f".{final.name}.{secrets.token_hex(4)}.part")
    try:
        yield draft, final
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _put(draft: Path, final: Path) -> None:
    os.replace(draft, final)
    if sys.platform != "win32":
        # The name is in the folder, which a power cut could lose as well.
        with contextlib.suppress(OSError):
            folder = os.open(final.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
