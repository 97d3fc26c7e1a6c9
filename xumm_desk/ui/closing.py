"""What a person does with a request that the platform never had: closes it, or sends it again.

Knows what is asked before and said after; must not know which row is selected.
"""

from __future__ import annotations

from collections.abc import Awaitable

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.engine.desk import Desk

from .background import Start
from .question import Choice, Role, ask
from .rivalry import ask_first, in_the_way


class Closing(QObject):
    """Closes requests and sends them again: `noticed` when that is done, `alarmed` with the reason
    why it is not."""

    noticed = Signal(str)
    alarmed = Signal(str)
    _ended = Signal(str, str)

    def __init__(self, desk: Desk, *, start: Start, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._start, self._widget = desk, start, parent
        self._ended.connect(self._say)

    def confirm_give_up(self, identifier: str) -> None:
        """Ask first: what is closed is not opened again."""
        ask(
            self._widget.window(),
            "Close request",
            f"Close request {identifier}?",
            "It counts as not paid from then on. Whoever has its code may still pay: a late payment"
            " is seen on the ledger all the same, and makes the row a Check.",
            Choice("Close the request", lambda: self._give_up(identifier)),
            Choice("Keep it open", role=Role.RejectRole, default=True, escape=True),
        )

    def resend(self, identifier: str) -> None:
        """Send it again; ask first where another request for the same may still be paid."""
        row = self._desk.row(identifier)
        if row is None:
            return
        rival = in_the_way(self._desk, row.request.order)
        if rival is None:
            self._send(identifier)
            return
        ask_first(
            self._widget.window(),
            rival,
            Choice("Do not send", role=Role.RejectRole, default=True, escape=True),
            Choice("Send it again", lambda: self._send(identifier)),
        )

    def _give_up(self, identifier: str) -> None:
        call = self._desk.give_up(identifier)
        self._start(self._told(call, f"{identifier} is closed."), f"close {identifier}")

    def _send(self, identifier: str) -> None:
        call = self._desk.resend(identifier)
        words = f"{identifier} was sent again. Its row says how it stands."
        self._start(self._told(call, words), f"send {identifier} again")

    async def _told(self, call: Awaitable[str], done: str) -> None:
        try:
            refused = await call
        except Exception as error:
            refused = str(error) or type(error).__name__
            if not self._desk.health().journal_fault:
                raise
        finally:
            if shiboken6.isValid(self):
                self._ended.emit(refused, done)

    def _say(self, refused: str, done: str) -> None:
        if refused:
            self.alarmed.emit(refused)
        else:
            self.noticed.emit(done)
