"""The banner about the receiving account: what cannot arrive there, and what to do."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.account.finding import Finding, Kind
from xumm_desk.core.account.finding import Severity as Gravity
from xumm_desk.core.message import Sentences
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.ledger.account_check import AccountReport
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _

from .banner import BannerStack, Severity

KEY: Final = "account"

_MOST: Final = 2
"""Findings that are told beside the gravest; the others are counted, or the banner would fill a
small screen."""

_LOOK: Final = {
    Gravity.BLOCKS: Severity.HARM,
    Gravity.ATTENTION: Severity.ATTENTION,
    Gravity.UNKNOWN: Severity.NEUTRAL,
}


class AccountBanner(QObject):
    """Shows the gravest findings of `desk.account_check`; nothing while all is fine. Without a
    ledger node the lamp says so already, and there is no banner."""

    _changed = Signal(object)
    _answered = Signal()

    def __init__(self, desk: Desk, *, start: StartTask, bars: BannerStack, parent: QWidget) -> None:
        super().__init__(parent)
        self._check, self._start, self._bars = desk.account_check, start, bars
        self._asking = False
        self._changed.connect(self._show)
        self._answered.connect(self._after_answer)
        self._leave = self._check.on_change(self._on_report)
        self._show(self._check.report)

    def look_again(self) -> None:
        """Ask because a person pressed the banner's button."""
        if self._asking:
            return
        self._asking = True
        self._show(self._check.report)

        async def ask() -> None:
            try:
                await self._check.check_now()
            finally:
                if shiboken6.isValid(self):
                    self._answered.emit()

        self._start(ask(), "account check")

    def leave(self) -> None:
        """Unsubscribe from the desk, which is about to end."""
        self._leave()

    def _on_report(self, report: AccountReport) -> None:
        if shiboken6.isValid(self):
            self._changed.emit(report)

    def _show(self, report: AccountReport) -> None:
        told = [one for one in report.findings if _is_told(one)]
        if not told:
            self._bars.remove(KEY)
            return
        first, others = told[0], told[1:]
        also = Sentences([one.meaning for one in others[:_MOST]])
        rest, at = len(others) - _MOST, report.found_at
        answered = _("Last answer: {time}.", time=formats.time_of_day(at)) if at is not None else ""
        besides = _("Besides: {findings}", findings=also) if others else ""
        more = _("{n} more finding.", plural="{n} more findings.", n=rest) if rest > 0 else ""
        lines = [Sentences([first.action, answered]), Sentences([besides, more])]
        self._bars.show_banner(
            KEY,
            first.meaning,
            Sentences(lines, "\n"),
            _("Looking…") if self._asking else _("Look again"),
            _LOOK[first.severity],
        )

    def _after_answer(self) -> None:
        self._asking = False
        self._show(self._check.report)


def _is_told(finding: Finding) -> bool:
    return finding.severity in _LOOK and finding.kind is not Kind.NO_NODE
