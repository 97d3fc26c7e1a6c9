"""Knows how the tick list behind a verdict looks. Must not know how a check is made."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from xumm_desk.core.verdict import Check, Mark

from .calm import Calm
from .detail_parts import Snug, prose, words
from .shapes import Mark as ShapeMark
from .shapes import Shape
from .theme import Role, Space

_CHECKED: Final[dict[Mark, tuple[Shape, Role, str]]] = {
    # Not green: a single tick is not a payment.
    Mark.PASSED: (Shape.TICK, Role.PROGRESS, "holds"),
    Mark.OPEN: (Shape.DOTS, Role.NEUTRAL, "not yet"),
    Mark.FAILED: (Shape.X, Role.HARM, "does not hold"),
}


class Checks(QWidget):
    """The tick list behind a verdict."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Check, ...] | None = None
        self._calm = Calm()
        self._calm.say("Nothing to check yet", "Checks begin when somebody has signed.")
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(int(Space.S))
        self._grid.setVerticalSpacing(2)
        self._area = Snug(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._calm)
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
        self._calm.setVisible(not checks)
        self._area.setVisible(bool(checks))
        line = 0
        for check in checks:
            line = self._add(check, line)
        self._grid.setRowStretch(line, 1)

    def _add(self, check: Check, line: int) -> int:
        shape, role, stands = _CHECKED[check.mark]
        mark = ShapeMark(16)
        mark.show_shape(shape, role)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.setRowStretch(line, 0)
        self._grid.addWidget(mark, line, 0, top)
        name = words(check.name, strong=True)
        name.setAccessibleName(f"{check.name}: {stands}")
        self._grid.addWidget(name, line, 1, top)
        line += 1
        for text, muted in (
            (_expected(check), True),
            (check.advice, False),
        ):
            if text:
                self._grid.addWidget(prose(text, muted=muted), line, 1, top)
                line += 1
        self._grid.setRowMinimumHeight(line, int(Space.S))
        return line + 1


def _expected(check: Check) -> str:
    if check.mark is Mark.FAILED:
        return f"Expected {check.expected}, found {check.found}"
    # Never capitalised: an address with another first letter is another address.
    if not check.expected or check.expected == check.found:
        return check.found
    return f"{check.found} (expected: {check.expected})"
