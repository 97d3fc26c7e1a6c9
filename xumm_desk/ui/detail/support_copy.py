"""Copies everything known of a request as text for support."""

from __future__ import annotations

from functools import partial

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from xumm_desk.core.verdict.support_text import support_text
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _
from xumm_desk.version import __version__


class SupportCopy(QObject):
    """`notice` carries what happened, as a sentence."""

    notice = Signal(str)
    _ready = Signal(str)

    def __init__(self, desk: Desk, start: StartTask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._start = desk, start
        self._ready.connect(self._to_clipboard)

    def copy(self, row: RequestRow) -> None:
        """Read the facts of this request and copy all of it, redacted."""
        self._start(self._copy(row), f"copy {row.identifier}")

    async def _copy(self, row: RequestRow) -> None:
        try:
            recorded = await self._desk.facts(row.identifier)
        except Exception:  # noqa: BLE001 - top of a task: the person is told, the log has it
            recorded = None
        if not shiboken6.isValid(self):
            return
        if recorded is None:
            self.notice.emit(_("The journal cannot be read now."))
            return
        make = partial(support_text, now=self._desk.clock.now(), program=f"Xumm Desk {__version__}")
        self._ready.emit(make(row.request, row.verdict, tuple(recorded)))

    def _to_clipboard(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.notice.emit(_("Copied everything about this request, without tokens and keys"))
