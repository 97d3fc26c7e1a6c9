"""Ask for the reason of a decision, and say what the decision changes and what it does not."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import isolate
from xumm_desk.core.decision.evidence import evidence_of
from xumm_desk.core.decision.rules import NEEDS_REASON
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.sale.sale import refunded_identifier, request_label
from xumm_desk.core.state.decisions import MAX_TEXT, Decision, DecisionKind
from xumm_desk.core.verdict.wording import reasons, row_label, status_sentence
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine
from xumm_desk.ui.widgets.labels import ParagraphLabel

ASKED_KINDS: Final = frozenset({*NEEDS_REASON, DecisionKind.CALLED_BACK, DecisionKind.CALL_BACK})
"""Decisions for which a text is asked."""

_TITLES: Final[dict[DecisionKind, Message]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message("Accept {request} as paid"),
    DecisionKind.NOT_PAID: Message("Close {request} as not paid"),
    DecisionKind.CALLED_BACK: Message("The customer of {request} was called back"),
    DecisionKind.CALL_BACK: Message("Call the customer of {request} back"),
}
_REFUND_TITLES: Final[dict[DecisionKind, Message]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message("{request} was paid back"),
    DecisionKind.NOT_PAID: Message("{request} was not paid back"),
}
_MEANINGS: Final[dict[DecisionKind, Message]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message(
        "The row keeps its status, since the ledger does not say more. Beside it stands who"
        " accepted it, and why. It leaves Attention until something new is known."
    ),
    DecisionKind.NOT_PAID: Message(
        "It leaves Attention until something new is known. Money that still comes is found on the"
        " ledger and brings it back."
    ),
    DecisionKind.CALLED_BACK: Message("It leaves Attention until something new is known."),
    DecisionKind.CALL_BACK: Message("It stays in Attention until somebody has called."),
}
_REFUND_MEANINGS: Final[dict[DecisionKind, Message]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message(
        "Its amount counts as refunded from now on, and cannot be refunded again. The row keeps"
        " its status."
    ),
    DecisionKind.NOT_PAID: Message(
        "Its amount can be refunded again. If the shop's account paid it all the same, the"
        " customer gets it twice: look at the transaction first."
    ),
}
_BUTTONS: Final[dict[DecisionKind, Message]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message("Accept as paid"),
    DecisionKind.NOT_PAID: Message("Close as not paid"),
    DecisionKind.CALLED_BACK: Message("Called back"),
    DecisionKind.CALL_BACK: Message("Call back"),
}
_REFUND_BUTTONS: Final[dict[DecisionKind, Message]] = {
    DecisionKind.ACCEPTED_AS_PAID: Message("It was paid back"),
    DecisionKind.NOT_PAID: Message("It was not paid back"),
}


class DecisionDialog(FittedDialog):
    """`decided` carries the decision, about what is shown here and nothing newer. The dialog stays
    open until `close_with` says that it was recorded, or why not."""

    decided = Signal(object)

    def __init__(
        self, row: RequestRow, kind: DecisionKind, who: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._kind, self._who = kind, who
        self._about = evidence_of(row.request, row.verdict)
        refund = bool(refunded_identifier(row.request.spec))
        title = (_REFUND_TITLES if refund else {}).get(kind, _TITLES[kind])
        words = tr(title.filled(request=as_written(tr(request_label(row.request.spec)))))
        self.setWindowTitle(words)
        self._title = ParagraphLabel(words)
        self._state = ParagraphLabel(_state(row))
        meaning = (_REFUND_MEANINGS if refund else {}).get(kind, _MEANINGS[kind])
        recorded = Message("It is recorded under the name of {name}.", name=isolate(who))
        self._meaning = ParagraphLabel(Sentences([meaning, recorded if who else ""]))
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        label = _("Reason") if kind in NEEDS_REASON else _("What was said")
        self._field = LabelledField("reason", label, self.reason, optional=kind not in NEEDS_REASON)
        self.problem = MessageLine(Tone.ATTENTION)
        self.cancel_button = QPushButton(_("Back"))
        self.decide_button = QPushButton(
            tr((_REFUND_BUTTONS if refund else {}).get(kind, _BUTTONS[kind]))
        )
        self._build()
        self.reason.textChanged.connect(self._refresh)
        self.cancel_button.clicked.connect(self.reject)
        self.decide_button.clicked.connect(self._decide)
        self._refresh()

    def close_with(self, problem: str) -> None:
        """The desk's answer: "" closes the dialog, a sentence is shown."""
        if not problem:
            self.accept()
            return
        self.problem.set_text(problem)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter decides, since Enter is part of a text."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self.decide_button.isEnabled():
                self._decide()
            return
        super().keyPressEvent(event)

    def _build(self) -> None:
        self.setMinimumWidth(460)
        self._title.setFont(theme.font(Size.LARGE, strong=True))
        self._meaning.setProperty("muted", True)
        self.reason.setFixedHeight(84)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        for part in (self._title, self._state, self._field, self._meaning, self.problem):
            column.addWidget(part)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.decide_button)
        column.addLayout(buttons)
        self.decide_button.setProperty("primary", True)
        self.decide_button.setToolTip(
            _("{action} ({keys})", action=self.decide_button.text(), keys="Ctrl+Enter")
        )
        for button in (self.cancel_button, self.decide_button):
            button.setAutoDefault(False)
        self.reason.setFocus()

    def _text(self) -> str:
        return self.reason.toPlainText().strip()

    def _refresh(self) -> None:
        needed = self._kind in NEEDS_REASON
        fits = len(self._text()) <= MAX_TEXT
        self.decide_button.setEnabled(fits and (bool(self._text()) or not needed))
        self._field.hint.set_text(
            "" if fits else _("{count} characters too many", count=len(self._text()) - MAX_TEXT)
        )

    def _decide(self) -> None:
        self.problem.set_text("")
        self.decide_button.setEnabled(False)
        self.decided.emit(Decision(self._kind, self._who, self._text(), about=self._about))


def _state(row: RequestRow) -> str:
    why = [one for one in reasons(row.request, row.verdict)] or [
        status_sentence(row.request, row.verdict)
    ]
    return Sentences([row_label(row.request, row.verdict), *why], "\n")
