"""The way from "Cancel" to what the platform made of it; must not know which row is selected."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core import wording
from xumm_desk.core.outcome import Failure
from xumm_desk.core.snapshot import CancelAnswer
from xumm_desk.engine.desk import Desk

from .background import StartTask
from .question import Choice, Role, ask


class CancelCommand(QObject):
    """Asks before it cancels and says what came of it: `noticed` when it is cancelled, `alarmed`
    when the request may still be paid."""

    notice = Signal(str)
    alarm = Signal(str)
    _answered = Signal(str, object)

    def __init__(self, desk: Desk, *, start: StartTask, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._start, self._widget = desk, start, parent
        self._answered.connect(self._say)

    def confirm(self, identifier: str) -> None:
        """Ask first: Del lies close to other keys, and a sale is not ended by one slip."""
        ask(
            self._widget.window(),
            "Cancel request",
            f"Cancel request {identifier}?",
            "It can be cancelled only while no phone has opened it.",
            Choice("Cancel the request", lambda: self.cancel(identifier), default=True),
            Choice("Keep it", role=Role.RejectRole, escape=True),
        )

    def cancel(self, identifier: str) -> None:
        """Cancel it without asking."""

        async def cancel() -> None:
            answer = await self._desk.cancel(identifier)
            if shiboken6.isValid(self):
                self._answered.emit(identifier, answer)

        self._start(cancel(), f"cancel {identifier}")

    def _say(self, identifier: str, answer: object) -> None:
        if isinstance(answer, Failure):
            self.alarm.emit(f"{identifier} was not cancelled. {answer.message}")
        elif isinstance(answer, CancelAnswer) and not answer.cancelled:
            self.alarm.emit(f"{identifier}: {wording.cancel_refused(answer.reason)}")
        else:
            self.notice.emit(f"{identifier} is cancelled.")
