"""Bring the operating system and the log to the window: error reports, crash trace, autostart."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.setup import error_hooks, start_command
from xumm_desk.setup.config import Config
from xumm_desk.setup.crash_trace import CrashTrace
from xumm_desk.setup.error_reports import ErrorReports, Origin
from xumm_desk.setup.log_ring import LogRing
from xumm_desk.setup.redaction import redact_all
from xumm_desk.store import private_files
from xumm_desk.ui.system_tools import SystemTools

_LOG_LINES: Final = 100
"""Of the log's end in an error report."""


class WindowSystem:
    """One for the process. `install` connects it; without that it reports what it is given."""

    def __init__(self) -> None:
        self._configuration: Config | None = None
        self._crash = CrashTrace()
        self._undo: list[Callable[[], object]] = []
        self._log = LogRing(self._clean)
        self.reports = ErrorReports(self._clean, context=lambda: self._log.last_lines(_LOG_LINES))

    def install(self) -> None:
        """Keep log lines, and report every unhandled error from now on."""
        from xumm_desk.qt import qt_messages  # noqa: PLC0415 - not before the hooks

        root = logging.getLogger()
        root.addHandler(self._log)
        self._undo.append(lambda: root.removeHandler(self._log))
        self._undo.append(error_hooks.install(self.reports))
        self._undo.append(
            qt_messages.install(lambda words: self.reports.add_text(words, words, Origin.QT))
        )

    def watch_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Report what callbacks and forgotten tasks of this loop raise."""
        error_hooks.watch_loop(loop, self.reports)

    def use(self, configuration: Config) -> None:
        """This configuration is in use, and its folder is this run's alone: a crash leaves its
        trace there, and that of the run before is reported."""
        self._configuration = configuration
        if found := self._crash.begin(configuration.data_dir / "logs"):
            self.reports.add_text(found.title, found.text, Origin.CRASH)

    def task_failed(self, name: str, error: BaseException) -> None:
        """A bug in a task of ours, which the log has already."""
        self.reports.add(error, Origin.TASK, name, logged=True)

    def tools(self) -> SystemTools:
        """What the window uses."""
        return SystemTools(
            reports=self.reports,
            log=self._log,
            autostart=SystemAutostart(),
            log_folder=self._log_folder,
            save=_save,
        )

    def close(self) -> None:
        """The program ends in order."""
        self.reports.close()
        self._crash.end()
        while self._undo:
            self._undo.pop()()

    def _clean(self, text: str) -> str:
        return redact_all(text, self._configuration)

    def _log_folder(self) -> Path | None:
        if self._configuration is None:
            return None
        folder = self._configuration.data_dir / "logs"
        return folder if folder.is_dir() else None


class SystemAutostart:
    """The system's entry for this program, with sentences instead of errors."""

    def refusal(self) -> str:
        """Why the entry cannot be written or removed."""
        from xumm_desk.qt import autostart  # noqa: PLC0415 - with the settings

        try:
            autostart.for_this_system().check()
        except OSError as error:
            return _refusal(error)
        return ""

    def is_on(self) -> bool:
        """Whether there is an entry that is not switched off."""
        from xumm_desk.qt import autostart  # noqa: PLC0415 - see above

        with suppress(OSError):
            return autostart.for_this_system().is_on()
        return False

    def switch(self, on: bool) -> str:
        """Write or remove the entry; returns why that did not work."""
        from xumm_desk.qt import autostart  # noqa: PLC0415 - see above

        entry = autostart.for_this_system()
        try:
            if on:
                entry.turn_on(start_command.start_command())
            else:
                entry.turn_off()
        except OSError as error:
            return _refusal(error)
        return ""


def show_start_failure(system: WindowSystem, error: Exception) -> None:
    """Show an error that ended the start: in a window where Qt can show one, else as its text on
    standard error."""
    system.reports.add(error, Origin.START)
    try:
        _show_until_closed(system)
    except Exception:  # noqa: BLE001 - the text is what counts
        with suppress(OSError, ValueError, AttributeError):  # no standard error either
            sys.stderr.write(system.reports.text())


def _show_until_closed(system: WindowSystem) -> None:
    from PySide6.QtCore import QEventLoop  # noqa: PLC0415 - may be what is missing
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from xumm_desk.ui.diagnostics.report_window import ReportWindow  # noqa: PLC0415

    if QApplication.instance() is None:
        raise RuntimeError("no window can be shown")
    window, loop = ReportWindow(system.tools()), QEventLoop()
    window.hidden.connect(loop.quit)
    window.show_reports(has_desk=False)
    window.show()
    loop.exec()


def _refusal(error: OSError) -> str:
    return Message(
        "The start with the system cannot be changed here ({reason}): {path}",
        reason=error.strerror or type(error).__name__,
        path=error.filename or "–",
    )


def _save(path: Path, text: str) -> str:
    """On a worker thread."""
    try:
        with private_files.open_for_writing(path) as out:
            out.write(text)
    except OSError as error:
        return Message("{path} cannot be written ({reason}).", path=path, reason=error.strerror)
    return ""
