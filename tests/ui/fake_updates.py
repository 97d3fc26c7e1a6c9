"""New versions as a test says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from xumm_desk.core.updates.notice import UpdateNotice


def new_version(**changes: Any) -> UpdateNotice:
    """A notice of a newer version, with `changes`."""
    values: dict[str, Any] = {
        "version": "1.4.0",
        "released": date(2026, 11, 28),
        "notes": "https://releases.xumm-desk.example/1.4.0/notes.html",
        "own": "1.3.2",
        "minimum_safe": "1.0.0",
        "unsafe": False,
    }
    return UpdateNotice(**values | changes)


class FakeUpdates:
    """What the window sees of the update notice."""

    def __init__(self, notice: UpdateNotice | None = None) -> None:
        self.notice = notice
        self.reason = ""
        self.hidden = self.looked = 0
        self._listeners: list[Callable[[], None]] = []

    def unavailable(self) -> str:
        return self.reason

    def on_change(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def changed(self) -> None:
        self.looked += 1

    async def hide(self) -> None:
        self.hidden += 1
        self.show(None)

    def show(self, notice: UpdateNotice | None) -> None:
        self.notice = notice
        for listener in self._listeners:
            listener()
