"""Keep the last log lines in memory, for the log window and for error reports.

While nobody reads them a line costs no more than being kept: it is redacted when it is read.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

CAPACITY: Final = 5000

_MAX_CHARACTERS: Final = 20_000
"""Of one line: the memory of all of them is bounded."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as it may be read by others. `number` counts all lines of this run from 1; `text`
    has several lines where an error's traceback follows."""

    number: int
    at: datetime
    level: int
    source: str
    text: str


class LogRing(logging.Handler):
    """The last `capacity` lines, from every thread. `redact` takes out of a text what nobody else
    may read."""

    def __init__(self, redact: Callable[[str], str], capacity: int = CAPACITY) -> None:
        super().__init__()
        self.capacity = capacity
        self._redact = redact
        self._lines: deque[tuple[float, int, str, str]] = deque(maxlen=capacity)
        self._count = 0
        self._traceback = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line; called under the handler's lock."""
        try:
            text = record.getMessage()
            if record.exc_info:
                text += "\n" + (record.exc_text or self._traceback.formatException(record.exc_info))
        except Exception:  # noqa: BLE001 - as every handler: a bad line stops nothing
            self.handleError(record)
            return
        self._lines.append((record.created, record.levelno, record.name, text[:_MAX_CHARACTERS]))
        self._count += 1

    @property
    def count(self) -> int:
        """How many lines there have been, those among them that are kept no more."""
        return self._count

    def lines_after(self, number: int = 0, most: int = CAPACITY) -> list[LogLine]:
        """At most the `most` newest of the lines after line `number`, the oldest first."""
        if number >= self._count:
            return []
        self.acquire()
        try:
            wanted = min(self._count - number, len(self._lines), most)
            newest = list(islice(reversed(self._lines), wanted))
            first = self._count - wanted + 1
        finally:
            self.release()
        return [
            LogLine(
                first + place, datetime.fromtimestamp(at, UTC), level, source, self._redact(text)
            )
            for place, (at, level, source, text) in enumerate(reversed(newest))
        ]

    def last_lines(self, most: int) -> list[str]:
        """The last lines as text."""
        return [line_text(line) for line in self.lines_after(0, most)]


def line_text(line: LogLine) -> str:
    """A line as in the log file."""
    level = logging.getLevelName(line.level)
    return f"{line.at:%Y-%m-%d %H:%M:%S} {level} {line.source}: {line.text}"
