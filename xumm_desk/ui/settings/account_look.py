"""Look at the receiving account that is being typed, before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from xumm_desk.core.account.finding import Finding
from xumm_desk.core.money import address
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.engine.runtime.tasks import StartTask

from .context import LookAtAccount

_PAUSE_MS: Final = 500
"""After the last key: each look is several questions to a node."""


class AccountLook(QObject):
    """Asks about what is typed. `found` carries the findings, None while they are not known;
    `asking` says whether an answer is awaited."""

    found = Signal(object)
    _answered = Signal(object, object)

    def __init__(self, look: LookAtAccount | None, start: StartTask, parent: QObject) -> None:
        super().__init__(parent)
        self._look, self._start = look, start
        self._subject: tuple[str, tuple[AcceptedAsset, ...], bool] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.ask_now)
        self._answered.connect(self._show)

    @property
    def possible(self) -> bool:
        """Whether there is anything to ask."""
        return self._look is not None

    def use(self, typed: str, assets: Sequence[AcceptedAsset], uses_tags: bool) -> None:
        """What is typed now; the same as before changes nothing."""
        found = address.parse_address(typed.strip())
        subject = (found.classic, tuple(assets), uses_tags) if found is not None else None
        if subject == self._subject:
            return
        self._subject = subject
        self.found.emit(None)
        if subject is None or self._look is None:
            self._timer.stop()
        else:
            self._timer.start()

    def asking(self) -> bool:
        """Whether an answer is awaited."""
        return self._subject is not None and self._look is not None

    def ask_now(self) -> None:
        """Ask without waiting for the next key."""
        self._timer.stop()
        subject, look = self._subject, self._look
        if subject is None or look is None:
            return

        async def ask() -> None:
            findings = await look(*subject)
            if shiboken6.isValid(self):
                self._answered.emit(subject, findings)

        self._start(ask(), "look at the typed account")

    def _show(self, subject: object, findings: tuple[Finding, ...]) -> None:
        if subject == self._subject:
            self.found.emit(findings)
