"""Reads the facts of the selected request in the background."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from xumm_desk.core.state.facts import Fact
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _

PAUSE_MS: Final = 50
"""Before a read: the code and the verdict, which need none, are on the screen first, and of a few
changes at once only the last is read."""


class FactLoader(QObject):
    """Reads facts in the background; `loaded` is emitted on Qt's thread."""

    loaded = Signal(str, object)
    failed = Signal(str, str)

    def __init__(
        self,
        read: Callable[[str], Awaitable[Sequence[Fact]]],
        start: StartTask,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._read, self._start = read, start
        self._wanted = self._busy = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._begin)

    def request(self, identifier: str) -> None:
        """Read the facts of a request soon; a request that comes while reading is read once more
        after it."""
        self._wanted = identifier
        if not self._busy and not self._pause.isActive():
            self._pause.start(PAUSE_MS)

    def request_now(self) -> None:
        """Read at once: a person waits for it."""
        if self._pause.isActive():
            self._pause.stop()
            self._begin()

    def _begin(self) -> None:
        self._busy, self._wanted = self._wanted, ""
        self._start(self._load(self._busy), f"facts {self._busy}")

    async def _load(self, identifier: str) -> None:
        found: Sequence[Fact] | None = None
        try:
            found = await self._read(identifier)
        except Exception:  # noqa: BLE001 - top of a task: the pane says it, the log has it elsewhere
            found = None
        finally:
            # The pane may be gone by now, or the task was cancelled.
            if shiboken6.isValid(self):
                self._busy = ""
        if not shiboken6.isValid(self):
            return
        if found is None:
            self.failed.emit(identifier, _("The journal cannot be read now."))
        else:
            self.loaded.emit(identifier, tuple(found))
        if self._wanted:
            self.request(self._wanted)
