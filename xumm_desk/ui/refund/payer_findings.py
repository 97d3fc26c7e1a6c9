"""Say below a refund what the payer's account would refuse, and where its tag comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shiboken6
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from xumm_desk.core.account.finding import Finding, Kind, Severity
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.refund.refund import RefundBalance
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.labelled_field import MessageLine

_LOST: Final = frozenset({Kind.NEEDS_TAG, Kind.NO_SIGNER})
"""Findings with which a refund is certainly lost or refused, or reaches a stranger."""

_TONES: Final = {
    Severity.BLOCKS: Tone.HARM,
    Severity.ATTENTION: Tone.ATTENTION,
    Severity.UNKNOWN: Tone.ATTENTION,
    Severity.FINE: Tone.NEUTRAL,
}


class PayerFindings(QObject):
    """Fills `lines` with sentences. `changed` is emitted when other findings are shown."""

    changed = Signal()
    _found = Signal(object, object)

    def __init__(self, desk: Desk, *, start: StartTask, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._start = desk, start
        self._findings: tuple[Finding, ...] = ()
        self._balance: RefundBalance | None = None
        # What was asked about last: payer, asset, whether there is a tag.
        self._asked: tuple[str, str, bool] | None = None
        self.lines = QVBoxLayout()
        self.lines.setSpacing(int(Space.XS))
        self._found.connect(self._show)

    @property
    def any_blocks(self) -> bool:
        """Whether the refund will probably fail."""
        return any(one.blocks for one in self._findings)

    @property
    def why_lost(self) -> str:
        """Why a refund must not be tried, "" if it may."""
        lost = any(one.kind in _LOST for one in self._findings)
        return self._findings[0].meaning if lost else ""

    def look(self, balance: RefundBalance, asset: AcceptedAsset, *, has_tag: bool) -> None:
        """Ask about the payer of `balance`, unless the answer is known."""
        self._balance = balance
        asked = (balance.payer, asset.key, has_tag)
        if asked == self._asked:
            return
        self._asked = asked
        self._start(self._ask(asked, asset), "look at the payer's account")

    async def _ask(self, asked: tuple[str, str, bool], asset: AcceptedAsset) -> None:
        payer, _key, has_tag = asked
        found = await self._desk.account_check.destination_findings(payer, asset, has_tag=has_tag)
        if shiboken6.isValid(self):
            self._found.emit(asked, found)

    def _show(self, asked: object, found: Sequence[Finding]) -> None:
        if asked != self._asked:
            return
        self._findings = tuple(found)
        while self.lines.count():
            taken = self.lines.takeAt(0)
            if taken is not None and (widget := taken.widget()) is not None:
                widget.deleteLater()
        for one in found:
            self._add_line(_TONES[one.severity], Sentences([one.meaning, one.action]))
        if self._balance is not None and self._balance.tags:
            self._add_line(Tone.ATTENTION, _source_tag_words(self._balance))
        self.changed.emit()

    def _add_line(self, tone: Tone, sentence: str) -> None:
        line = MessageLine(tone)
        line.set_text(sentence)
        self.lines.addWidget(line)


def _source_tag_words(balance: RefundBalance) -> str:
    if balance.tag is not None:
        return Message(
            "The payment came with source tag {tag}, as from an exchange. The refund uses it as its"
            " destination tag: ask the customer whether deposits under it arrive.",
            tag=balance.tag,
        )
    return Message(
        "The payments came with several source tags, as from an exchange. Ask the customer for the"
        " tag to refund to."
    )
