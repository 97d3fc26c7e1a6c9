"""Record what a person decides about a request: ask for the PIN and the reason, then the desk."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.decision.rules import NEEDS_REASON
from xumm_desk.core.message import Message, error_text
from xumm_desk.core.state.decisions import Decision, DecisionKind
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.requests.commands import name_of

_LOCKED: Final = Message("The desk is locked. Decisions about money need the PIN.")


class DecideCommand(QObject):
    """Records decisions: `notice` when one is on disk, `alarm` with the reason why not."""

    notice = Signal(str)
    alarm = Signal(str)
    _answered = Signal(str, str, object)

    def __init__(self, desk: Desk, *, start: StartTask, lock: DeskLock, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._start, self._lock, self._widget = desk, start, lock, parent
        self._answered.connect(self._say)

    def decide(self, identifier: str, kind: DecisionKind, about: str = "") -> None:
        """Decide this about a request; a reason is asked for where one is needed. `about` is the
        evidence that the person has seen."""
        if kind in NEEDS_REASON:
            self._lock.require(_LOCKED, partial(self._ask, identifier, kind))
        elif kind in (DecisionKind.CALL_BACK, DecisionKind.CALLED_BACK):
            self._ask(identifier, kind)
        else:
            self.record(identifier, Decision(kind, self._lock.who, about=about))

    def wait(self, identifier: str, duration: timedelta, about: str = "") -> None:
        """Show the request again after a while."""
        until = self._desk.clock.now() + duration
        self.record(
            identifier, Decision(DecisionKind.WAIT, self._lock.who, until=until, about=about)
        )

    def record(self, identifier: str, decision: Decision, dialog: QObject | None = None) -> None:
        """Hand a decision to the desk; `dialog` is what it came from."""

        async def decide() -> None:
            refused = ""
            try:
                refused = await self._desk.decide(identifier, decision)
            except Exception as error:
                refused = error_text(error)
                raise
            finally:
                if shiboken6.isValid(self):
                    self._answered.emit(identifier, refused, dialog)

        self._start(decide(), f"decide about {identifier}")

    def _ask(self, identifier: str, kind: DecisionKind) -> None:
        from .decision_dialog import DecisionDialog  # noqa: PLC0415 - seldom asked for

        row = self._desk.row(identifier)
        if row is None:
            return
        dialog = DecisionDialog(row, kind, self._lock.who, self._widget.window())
        dialog.decided.connect(lambda decision: self.record(identifier, decision, dialog))
        dialog.open()

    def _say(self, identifier: str, refused: str, dialog: object) -> None:
        from .decision_dialog import DecisionDialog  # noqa: PLC0415 - see above

        if isinstance(dialog, DecisionDialog) and shiboken6.isValid(dialog):
            dialog.close_with(refused)
        elif refused:
            self.alarm.emit(refused)
        if not refused:
            self.notice.emit(
                _(
                    "{identifier}: your decision is recorded.",
                    identifier=name_of(self._desk, identifier),
                )
            )
