"""Cancel, close and resend a request: the question before, and the sentence after."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import error_text
from xumm_desk.core.sale.sale import request_label
from xumm_desk.core.verdict import wording
from xumm_desk.core.wire.api_answers import CancelAnswer, Failure
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.ui.dialogs.confirm import Choice, Role, ask, ask_about_duplicate, find_duplicate

from .actions import why_no_cancel, why_no_close
from .open_question import OpenQuestion


def name_of(desk: Desk, identifier: str) -> str:
    """What people call the request: its sale number, if it has one."""
    row = desk.row(identifier)
    return identifier if row is None else request_label(row.request.spec)


class CancelCommand(QObject):
    """Asks before it cancels and shows the result: `notice` if it is cancelled, `alarm` if the
    request may still be paid."""

    notice = Signal(str)
    alarm = Signal(str)
    _answered = Signal(str, object)

    def __init__(self, desk: Desk, *, start: StartTask, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._start, self._widget = desk, start, parent
        self._question = OpenQuestion(why_no_cancel)
        self._answered.connect(self._say)

    def confirm(self, identifier: str) -> None:
        """Ask first: Del lies close to other keys, and a sale is not ended by one slip."""
        box = ask(
            self._widget.window(),
            _("Cancel request"),
            _("Cancel request {identifier}?", identifier=self._name(identifier)),
            _("It can be cancelled only while no phone has opened it."),
            Choice(_("Cancel the request"), lambda: self.cancel(identifier), default=True),
            Choice(_("Keep it", context="request"), role=Role.RejectRole, escape=True),
        )
        self._question.keep(identifier, box)

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """A request that a phone has opened meanwhile is not asked about any more."""
        self._question.rows_changed(rows)

    def cancel(self, identifier: str) -> None:
        """Cancel it without asking."""

        async def cancel() -> None:
            answer = await self._desk.cancel(identifier)
            if shiboken6.isValid(self):
                self._answered.emit(identifier, answer)

        self._start(cancel(), f"cancel {identifier}")

    def _name(self, identifier: str) -> str:
        return name_of(self._desk, identifier)

    def _say(self, identifier: str, answer: object) -> None:
        if isinstance(answer, Failure):
            self.alarm.emit(
                _(
                    "{identifier} was not cancelled. {reason}",
                    identifier=self._name(identifier),
                    reason=answer.message,
                )
            )
        elif isinstance(answer, CancelAnswer) and not answer.cancelled:
            self.alarm.emit(
                _(
                    "{identifier}: {sentence}",
                    identifier=self._name(identifier),
                    sentence=wording.cancel_refused(answer.reason),
                )
            )
        else:
            self.notice.emit(_("{identifier} is cancelled.", identifier=self._name(identifier)))


class CloseAndResendCommands(QObject):
    """Closes requests and sends them again: `notice` when that is done, `alarm` with the reason
    why it is not."""

    notice = Signal(str)
    alarm = Signal(str)
    _ended = Signal(str, str)

    def __init__(self, desk: Desk, *, start: StartTask, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._start, self._widget = desk, start, parent
        self._question = OpenQuestion(why_no_close)
        self._ended.connect(self._say)

    def confirm_close(self, identifier: str) -> None:
        """Ask first: what is closed is not opened again."""
        box = ask(
            self._widget.window(),
            _("Close request"),
            _("Close request {identifier}?", identifier=name_of(self._desk, identifier)),
            _(
                "It counts as not paid from then on. Whoever has its code may still pay:"
                " a late payment is seen on the ledger all the same, and makes the row a"
                " Check."
            ),
            Choice(_("Close the request"), lambda: self._close(identifier)),
            Choice(
                _("Keep it open", context="request"),
                role=Role.RejectRole,
                default=True,
                escape=True,
            ),
        )
        self._question.keep(identifier, box)

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """A request that ended meanwhile is not asked about any more."""
        self._question.rows_changed(rows)

    def resend(self, identifier: str) -> None:
        """Send it again; ask first where another request for the same may still be paid."""
        row = self._desk.row(identifier)
        if row is None:
            return
        duplicate = find_duplicate(self._desk, row.request.spec)
        if duplicate is None:
            self._send(identifier)
            return
        ask_about_duplicate(
            self._widget.window(),
            duplicate,
            Choice(_("Do not send"), role=Role.RejectRole, default=True, escape=True),
            Choice(_("Send it again"), lambda: self._send(identifier)),
        )

    def _close(self, identifier: str) -> None:
        call = self._desk.close(identifier)
        self._start(
            self._on_done(
                call, _("{identifier} is closed.", identifier=name_of(self._desk, identifier))
            ),
            f"close {identifier}",
        )

    def _send(self, identifier: str) -> None:
        call = self._desk.resend(identifier)
        words = _(
            "{identifier} was sent again. Its row says how it stands.",
            identifier=name_of(self._desk, identifier),
        )
        self._start(self._on_done(call, words), f"send {identifier} again")

    async def _on_done(self, call: Awaitable[str], done: str) -> None:
        try:
            refused = await call
        except Exception as error:
            refused = error_text(error)
            if not isinstance(error, JournalError):
                raise
        finally:
            if shiboken6.isValid(self):
                self._ended.emit(refused, done)

    def _say(self, refused: str, done: str) -> None:
        if refused:
            self.alarm.emit(refused)
        else:
            self.notice.emit(done)
