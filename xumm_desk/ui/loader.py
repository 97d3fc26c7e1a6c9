"""Knows how facts are read without anybody waiting. Must not know the disk, nor who shows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import shiboken6
from PySide6.QtCore import QObject, Signal

from xumm_desk.core.facts import Fact

from .background import Start


class FactLoader(QObject):
    """Reads facts without anybody waiting; `loaded` comes back on Qt's own time."""

    loaded = Signal(str, object)
    failed = Signal(str, str)

    def __init__(
        self,
        read: Callable[[str], Awaitable[Sequence[Fact]]],
        start: Start,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._read, self._start = read, start
        self._busy = ""
        self._again = ""

    def ask(self, identifier: str) -> None:
        """Read the facts of a request; asked again while reading, it reads once more after."""
        if self._busy:
            self._again = identifier
            return
        self._busy = identifier
        self._start(self._load(identifier), f"facts {identifier}")

    async def _load(self, identifier: str) -> None:
        found: Sequence[Fact] | None = None
        try:
            found = await self._read(identifier)
        except Exception:  # noqa: BLE001 - top of a task: the pane says it, the log has it elsewhere
            found = None
        finally:
            # The pane may have gone while the disk was read, or the task been cancelled.
            if shiboken6.isValid(self):
                self._busy = ""
        if not shiboken6.isValid(self):
            return
        if found is None:
            self.failed.emit(identifier, "The journal cannot be read now.")
        else:
            self.loaded.emit(identifier, tuple(found))
        if self._again:
            again, self._again = self._again, ""
            self.ask(again)
