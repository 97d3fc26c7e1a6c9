"""Collect unhandled errors of any thread: one redacted report for each place, with a count.

An error of a paint event may come sixty times a second, so that only its first occurrence is
formatted; the later ones are counted.
"""

from __future__ import annotations

import logging
import platform
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from xumm_desk.version import __version__

log = logging.getLogger(__name__)

MAX_REPORTS: Final = 20
"""Different errors that are kept; of further ones only the number."""

MAX_TEXT: Final = 20_000
"""Characters of one report; a recursion without end has a traceback of a megabyte."""


class Origin(Enum):
    """Where an error was met."""

    WINDOW = "window"
    THREAD = "thread"
    TASK = "task"
    CLEAN_UP = "clean-up"
    QT = "Qt"
    CRASH = "crash"
    START = "start"


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """One error, `count` times between two moments. `title` is its last line, `name` that of the
    thread or task; `text` may be read by others."""

    origin: Origin
    name: str
    title: str
    text: str
    first_at: datetime
    last_at: datetime
    count: int = 1


class ErrorReports:
    """Keeps the reports of this run. `clean` takes out of a text what nobody else may read,
    `context` returns the last lines of the log, as they may be read."""

    def __init__(
        self,
        clean: Callable[[str], str],
        *,
        context: Callable[[], Sequence[str]] = tuple,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clean, self._context, self._now = clean, context, now
        # An object that is freed while a report is made may add another one on the same thread.
        self._lock = threading.RLock()
        self._reports: dict[object, ErrorReport] = {}
        self._dropped = 0
        self._listeners: list[Callable[[], None]] = []
        self._closed = False

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener`, on whichever thread an error is met, when there is one more; returns
        what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def add(
        self, error: BaseException, origin: Origin, name: str = "", *, logged: bool = False
    ) -> None:
        """An error that nobody has handled; `logged` says that the log has it already. Never
        raises."""
        try:
            key = (type(error), *_place(error))
            if not self._is_known(key):
                if not logged:
                    log.error("error of this program (%s %s)", origin.value, name, exc_info=error)
                text = "".join(traceback.format_exception(error))
                self._add(key, origin, name, _title(error), text)
            self._tell()
        except Exception:
            log.exception("an error could not be reported")

    def add_text(self, title: str, text: str, origin: Origin, name: str = "") -> None:
        """An error of which only words are known, such as one of Qt. Never raises."""
        try:
            if not self._is_known((origin, title)):
                self._add((origin, title), origin, name, title, text)
            self._tell()
        except Exception:
            log.exception("an error could not be reported")

    def reports(self) -> tuple[ErrorReport, ...]:
        """Every report, the oldest first."""
        with self._lock:
            return tuple(self._reports.values())

    def text(self) -> str:
        """All reports as one text for support, with the end of the log."""
        with self._lock:
            reports, dropped = self.reports(), self._dropped
        lines = [
            "Xumm Desk error report",
            f"xumm-desk {__version__}, Python {platform.python_version()},"
            f" {platform.system()} {platform.release()} {platform.machine()}",
        ]
        for number, report in enumerate(reports, 1):
            times = _time(report.first_at)
            if report.count > 1:
                times += f" to {_time(report.last_at)}, {report.count} times"
            where = f"{report.origin.value} {report.name}".strip()
            lines += ["", f"Error {number}: {where}, {times}", report.text.rstrip()]
        if dropped:
            lines += ["", f"{dropped} further errors are in the log."]
        if context := list(self._context()):
            lines += ["", "The end of the log", *context]
        return "\n".join(lines) + "\n"

    def close(self) -> None:
        """The program ends: what follows goes to the log alone."""
        self._closed = True

    def _is_known(self, key: object) -> bool:
        """Count another occurrence, or one too many; False where it is the first one."""
        with self._lock:
            known = self._reports.get(key)
            if known is not None:
                count, title = known.count + 1, known.title
                self._reports[key] = replace(known, count=count, last_at=self._now())
            elif len(self._reports) >= MAX_REPORTS:
                self._dropped += 1
                count, title = self._dropped, f"another one than the first {MAX_REPORTS}, {key!r}"
            else:
                return False
        if count & (count - 1) == 0:  # 1, 2, 4, 8, …: an error of each frame must not fill the disk
            log.error("%d times by now: %s", count, title)
        return True

    def _add(self, key: object, origin: Origin, name: str, title: str, text: str) -> None:
        if len(text) > MAX_TEXT:
            half = MAX_TEXT // 2
            text = f"{text[:half]}\n…\n{text[-half:]}"
        now = self._now()
        made = ErrorReport(
            origin, self._clean(name), self._clean(title), self._clean(text), now, now
        )
        with self._lock:
            # Another thread may have met it while this one wrote it down.
            known = self._reports.get(key)
            if known is not None:
                made = replace(known, count=known.count + 1, last_at=now)
            self._reports[key] = made

    def _tell(self) -> None:
        if self._closed:
            return
        for listener in tuple(self._listeners):
            listener()


def _place(error: BaseException) -> tuple[str, int]:
    """File and line where it was raised."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return (step.tb_frame.f_code.co_filename, step.tb_lineno) if step is not None else ("", 0)


def _title(error: BaseException) -> str:
    lines = traceback.format_exception_only(error)
    return lines[0].strip() if lines else type(error).__name__


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
