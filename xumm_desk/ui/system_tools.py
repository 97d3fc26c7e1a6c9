"""What the window uses of the operating system and of the log; `window_system.py` brings it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from xumm_desk.core.message import Message
from xumm_desk.core.updates.notice import UpdateNotice
from xumm_desk.setup.error_reports import ErrorReports
from xumm_desk.setup.log_ring import LogRing


class Autostart(Protocol):
    """Whether the system starts this program at login. Sentences are "" where all is well."""

    def refusal(self) -> str:
        """Why that cannot be switched on or off."""
        ...

    def is_on(self) -> bool:
        """Whether it is switched on."""
        ...

    def switch(self, on: bool) -> str:
        """Switch it on or off; returns why that did not work."""
        ...


class NoAutostart:
    """Where the window is not shown by the program itself."""

    def refusal(self) -> str:
        """Always the same."""
        return Message("This program cannot be started with the system.")

    def is_on(self) -> bool:
        """Never."""
        return False

    def switch(self, on: bool) -> str:  # noqa: ARG002 - the protocol's
        """Never."""
        return self.refusal()


class Updates(Protocol):
    """What is known of newer versions of this program."""

    @property
    def notice(self) -> UpdateNotice | None:
        """What to tell; None for nothing."""
        ...

    def unavailable(self) -> str:
        """Why nobody can choose to be told, "" if that is possible."""
        ...

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the window's thread whenever `notice` changed."""
        ...

    def changed(self) -> None:
        """What a person chose may have changed."""
        ...

    async def hide(self) -> None:
        """Tell nothing more of this version."""
        ...


class NoUpdates:
    """Where the window is not shown by the program itself."""

    notice: UpdateNotice | None = None

    def unavailable(self) -> str:
        """Always the same."""
        return Message("This program does not look for new versions.")

    def on_change(self, listener: Callable[[], None]) -> None:
        """There is nothing to tell."""

    def changed(self) -> None:
        """There is nothing to tell."""

    async def hide(self) -> None:
        """There is nothing to tell."""


def _nothing_saved(_path: Path, _text: str) -> str:
    return Message("Nothing can be saved.")


def _no_folder() -> Path | None:
    return None


@dataclass(frozen=True, slots=True)
class SystemTools:
    """`reports` are the unhandled errors and `log` the last lines, of every thread. `save` writes a
    file and returns why it could not; it is for a worker thread."""

    reports: ErrorReports = field(default_factory=lambda: ErrorReports(str))
    log: LogRing = field(default_factory=lambda: LogRing(str))
    autostart: Autostart = field(default_factory=NoAutostart)
    updates: Updates = field(default_factory=NoUpdates)
    log_folder: Callable[[], Path | None] = _no_folder
    save: Callable[[Path, str], str] = _nothing_saved
