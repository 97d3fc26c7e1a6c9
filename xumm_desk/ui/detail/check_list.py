"""The list of checks behind a verdict."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from xumm_desk.core.message import LABEL_SEPARATOR, Message, Sentences
from xumm_desk.core.verdict.check import Check, CheckState
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.status_shapes import ShapeIcon as ShapeMark
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.containers import ContentHeightScrollArea, EmptyView
from xumm_desk.ui.widgets.labels import text_label, wrapped_label

_CHECKED: Final[dict[CheckState, tuple[Shape, Tone, str]]] = {
    # Not green: a single tick is not a payment.
    CheckState.PASSED: (Shape.TICK, Tone.PROGRESS, Message("holds")),
    CheckState.PENDING: (Shape.DOTS, Tone.NEUTRAL, Message("not yet")),
    CheckState.FAILED: (Shape.X, Tone.HARM, Message("does not hold")),
}


class CheckList(QWidget):
    """The tick list behind a verdict."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Check, ...] | None = None
        self._empty_view = EmptyView()
        self._empty_view.show_message(
            _("Nothing to check yet"), _("Checks begin when somebody has signed.")
        )
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(int(Space.S))
        self._grid.setVerticalSpacing(2)
        self._area = ContentHeightScrollArea(self._body, _("Checks"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty_view)
        layout.addWidget(self._area)

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Show these; nothing moves when they are the same."""
        if checks == self._shown:
            return
        self._shown = checks
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._empty_view.setVisible(not checks)
        self._area.setVisible(bool(checks))
        line = 0
        for check in checks:
            line = self._add(check, line)
        self._grid.setRowStretch(line, 1)

    def _add(self, check: Check, line: int) -> int:
        shape, role, stands = _CHECKED[check.state]
        mark = ShapeMark(16)
        mark.show_shape(shape, role)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.setRowStretch(line, 0)
        self._grid.addWidget(mark, line, 0, top)
        name = text_label(tr(check.name), strong=True)
        name.setAccessibleName(tr(Sentences([check.name, stands], LABEL_SEPARATOR)))
        self._grid.addWidget(name, line, 1, top)
        line += 1
        for text, muted in (
            (_expected(check), True),
            (check.advice, False),
        ):
            if text:
                self._grid.addWidget(wrapped_label(tr(text), muted=muted), line, 1, top)
                line += 1
        self._grid.setRowMinimumHeight(line, int(Space.S))
        return line + 1


def _expected(check: Check) -> str:
    if check.state is CheckState.FAILED:
        return _(
            "Expected {expected}, found {actual}", expected=check.expected, actual=check.actual
        )
    # Never capitalised: an address with another first letter is another address.
    if not check.expected or check.expected == check.actual:
        return check.actual
    return _("{actual} (expected: {expected})", actual=check.actual, expected=check.expected)
