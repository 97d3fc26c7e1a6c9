"""A dialog that says what will be done, shows how far it is, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Sentences
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.announcement import announce
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labels import text_label


class WorkDialog(FittedDialog):
    """`begun` is emitted when the button is pressed, `stopped` when a person stops the work. It
    does not close while the work is under way."""

    begun = Signal()
    stopped = Signal()
    _progress = Signal(int, int)

    def __init__(
        self, title: str, words: Sequence[str], action: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr(title))
        self.setMinimumWidth(560)
        self.running = False
        self.title = text_label(title, size=Size.LARGE, strong=True)
        self.words = text_label(Sentences(words, "\n\n"))
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName(tr(title))
        self.bar.hide()
        self.action_button = QPushButton(tr(action))
        self.action_button.setProperty("primary", True)
        self.close_button = QPushButton(_("Cancel"))
        self.close_button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addWidget(self.bar)
        column.addStretch()
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.close_button)
        foot.addWidget(self.action_button)
        column.addLayout(foot)
        self.action_button.clicked.connect(self._begin)
        self.close_button.clicked.connect(self._close)
        self._progress.connect(self._show_progress)

    @property
    def progress(self) -> Callable[[int, int], None]:
        """Shows how far the work is; may be called from any thread."""
        return self._report

    def show_result(self, title: str, sentences: Sequence[str]) -> None:
        """The work is over, and this came of it."""
        self.running = False
        self.bar.hide()
        self.action_button.hide()
        self.close_button.setText(_("Close"))
        self.close_button.setEnabled(True)
        self.close_button.setDefault(True)
        self.title.setText(tr(title))
        self.words.setText(tr(Sentences(sentences, "\n\n")))
        announce(self, self.words.text())
        self.adjustSize()

    def reject(self) -> None:
        """Esc: stops the work that is under way, else closes."""
        self._close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The work goes on: a desk that locks itself closes its dialogs."""
        if self.running:
            event.ignore()
        else:
            super().closeEvent(event)

    def _begin(self) -> None:
        self.running = True
        self.bar.setValue(0)
        self.bar.show()
        self.action_button.setEnabled(False)
        self.close_button.setText(_("Stop"))
        self.begun.emit()

    def _close(self) -> None:
        if self.running:
            self.close_button.setEnabled(False)
            self.stopped.emit()
        else:
            super().reject()

    def _report(self, done: int, count: int) -> None:
        if shiboken6.isValid(self):
            self._progress.emit(done, count)

    def _show_progress(self, done: int, count: int) -> None:
        self.bar.setValue(100 * done // max(count, 1))
