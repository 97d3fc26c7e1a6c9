"""The bar that tells of payments without a request, and opens their list. Must not know how they
were found or how the list looks."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.proof import Stray
from xumm_desk.engine.desk import Desk

from .banner import BannerStack, Tone
from .unmatched_dialog import UnmatchedDialog

KEY: Final = "unmatched"

Start = Callable[[Coroutine[Any, Any, Any], str], object]


class UnmatchedBar(QObject):
    """The bar "1 payment could not be matched", and the list that it opens."""

    _changed = Signal(object)
    _answered = Signal(str, str)

    def __init__(self, desk: Desk, *, start: Start, bars: BannerStack, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._start, self._bars, self._window = desk, start, bars, parent
        self.dialog: UnmatchedDialog | None = None
        self._changed.connect(self._show)
        self._answered.connect(self._say)
        desk.on_unmatched(self._heard)
        self._show(desk.unmatched())

    def open(self) -> None:
        """Open the list."""
        if self.dialog is None:
            dialog = self.dialog = UnmatchedDialog(self._desk.clock.now, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.assign_asked.connect(self._assign)
            dialog.finished.connect(self._closed)
            dialog.show_rows(self._desk.rows())
            dialog.show_strays(self._desk.unmatched())
        self.dialog.open()

    def _heard(self, strays: Sequence[Stray]) -> None:
        if shiboken6.isValid(self):
            self._changed.emit(strays)

    def _show(self, strays: Sequence[Stray]) -> None:
        if self.dialog is not None:
            self.dialog.show_rows(self._desk.rows())
            self.dialog.show_strays(strays)
        count = len(strays)
        if not count:
            self._bars.remove(KEY)
            return
        what = "1 payment" if count == 1 else f"{count} payments"
        self._bars.show_bar(
            KEY,
            f"{what} could not be matched.",
            f"Money came that belongs to no request for sure. The newest: {strays[-1].amount}.",
            "Look at it" if count == 1 else "Look at them",
            Tone.ATTENTION,
        )

    def _assign(self, txid: str, identifier: str) -> None:
        async def assign() -> None:
            try:
                words = await self._desk.assign(txid, identifier)
            except Exception as error:
                if shiboken6.isValid(self):
                    self._answered.emit(identifier, str(error) or type(error).__name__)
                raise
            if shiboken6.isValid(self):
                self._answered.emit(identifier, words)

        self._start(assign(), f"assign to {identifier}")

    def _say(self, identifier: str, words: str) -> None:
        if self.dialog is not None:
            self.dialog.say(words, f"Assigned to {identifier}. Look at its row.")

    def _closed(self) -> None:
        self.dialog = None
