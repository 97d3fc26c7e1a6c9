"""What commands write: standard output, which may fail, and files that are whole or untouched."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

from xumm_desk.core.bidi import escape_controls
from xumm_desk.core.message import Message
from xumm_desk.locale.translation import tr
from xumm_desk.store import atomic_file


class OutputError(Exception):
    """What was to be written could not be; the text is a sentence for a person."""


class OutputStream(Protocol):
    """Where a command writes its text."""

    def write(self, text: str) -> object:
        """Write `text`."""
        ...


class StandardOutput:
    """Standard output. Whatever keeps it from being written is an `OutputError`, but a reader that
    is gone stays a `BrokenPipeError`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write `text`; raises `OutputError`."""
        with self._disconnected():
            self._stream.write(text)

    def flush(self) -> None:
        """Let it reach the reader now; raises `OutputError`."""
        with self._disconnected():
            self._stream.flush()

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream.isatty()

    @contextmanager
    def _disconnected(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:  # ValueError: it was closed
            reason = getattr(error, "strerror", None) or str(error)
            raise OutputError(
                Message("Standard output cannot be written ({reason}).", reason=reason)
            ) from None


def write_result(
    out: StandardOutput, found: Mapping[str, Any], said: Iterable[str], *, as_json: bool
) -> None:
    """Write what a command found out: one JSON object, or a line for each sentence of `said` that
    is not empty. Raises `OutputError`."""
    if as_json:
        out.write(escape_controls(json.dumps(found, ensure_ascii=False)) + "\n")
    else:
        out.write("".join(f"{tr(sentence)}\n" for sentence in said if sentence))
    out.flush()


def make_stdout_tolerant() -> None:
    """Let standard output take every character: data is UTF-8, and a terminal of another kind shows
    a substitute rather than end the run."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        if out.isatty():
            out.reconfigure(errors="replace")
        else:
            out.reconfigure(encoding="utf-8", errors="backslashreplace")


def detach_stdout() -> None:
    """Discard what standard output did not take: the interpreter would try it again at its end, and
    end with a traceback and a code of its own."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


@contextmanager
def named_file(name: str, *, encoding: str = "utf-8") -> Iterator[OutputStream]:
    """A text file that this account alone can read. It is written beside `name` and replaces it at
    the end; what was there before stays untouched until then. A device or a pipe is written as it
    is.

    Raises:
        OutputError: it cannot be written.
    """
    target = Path(name)
    try:
        if target.exists() and not target.is_file() and not target.is_dir():
            with target.open("w", encoding=encoding, errors="replace", newline="") as out:
                yield out
            return
        with atomic_file.replace_text(target, encoding=encoding) as out:
            yield out
    except OSError as error:
        raise OutputError(atomic_file.write_error(target, error)) from None
