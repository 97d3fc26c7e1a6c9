"""The log of this run: level, search, follow, copy, open its folder.

The log says everything in English; only the frame around it is translated. While the window is
closed nothing is asked of the log.
"""

from __future__ import annotations

import logging
from typing import Final

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QGuiApplication,
    QHideEvent,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.setup.log_ring import line_text
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Space, Theme
from xumm_desk.ui.system_tools import SystemTools
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

from .log_model import LogColumn, LogModel

_SIZE: Final = (960, 600)
_SEARCH: Final = 10
"""Letters of the search field that are seen at least."""
_POLL_MS: Final = 250
_SEARCH_MS: Final = 150
"""After the last key: a search looks at all lines."""

_LEVELS: Final = {"all": logging.NOTSET, "warnings": logging.WARNING, "errors": logging.ERROR}


class LogWindow(QWidget):
    """A window of its own; show it with `show`."""

    def __init__(self, tools: SystemTools, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(_("Log"))
        self._tools, self._last = tools, 0
        self.model = LogModel(self, tools.log.capacity)
        self.level = SegmentedControl(
            _("Level"),
            (
                ("all", Message("Everything")),
                ("warnings", Message("Warnings and errors")),
                ("errors", Message("Errors")),
            ),
        )
        self.search = QLineEdit()
        self.follow = CheckBox(_("Follow the newest"))
        self.table, self.whole_line = QTableView(), QPlainTextEdit()
        self.count = QLabel()
        self.copy_button = QPushButton(_("Copy"))
        self.folder_button = QPushButton(_("Open the folder"))
        self._build()
        self._poll = QTimer(self)
        self._poll.setInterval(_POLL_MS)
        self._poll.timeout.connect(self.read)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_SEARCH_MS)
        self._typed.timeout.connect(self._filter)
        self._wire()

    def read(self) -> None:
        """Take over the lines that were logged since the last look."""
        lines = self._tools.log.lines_after(self._last)
        if not lines:
            return
        self._last = lines[-1].number
        self.model.add(lines)
        self._show_count()
        self._scroll()

    def copy(self) -> None:
        """Copy the chosen lines, or all that are shown."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        QGuiApplication.clipboard().setText(self.model.text(rows or None))
        shown = len(rows) or self.model.rowCount()
        self.count.setText(_("{n} line copied", plural="{n} lines copied", n=shown))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.folder_button.setEnabled(self._tools.log_folder() is not None)
        self.read()
        self._poll.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Minimised too: what came meanwhile is read when it is shown again."""
        super().hideEvent(event)
        self._poll.stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hold nothing while it is closed."""
        super().closeEvent(event)
        self._last = 0
        self.model.clear()
        self.whole_line.clear()

    # Building.

    def _build(self) -> None:
        self.search.setPlaceholderText(_("Search (Ctrl+F)"))
        self.search.setAccessibleName(_("Search the log"))
        self.search.setClearButtonEnabled(True)
        self.follow.setChecked(True)
        self._build_table()
        self.whole_line.setReadOnly(True)
        self.whole_line.setAccessibleName(_("The whole line"))
        self.whole_line.setPlaceholderText(_("Choose a line to read it whole."))
        self.whole_line.setFont(theme.font(fixed=True))
        self.count.setProperty("muted", True)
        top = QHBoxLayout()
        top.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        top.setSpacing(Space.M)
        self.search.setMinimumWidth(theme.letter_width(self.fontMetrics()) * _SEARCH)
        self.level.setMinimumWidth(self.level.sizeHint().width())
        top.addWidget(self.search, 1)
        top.addWidget(self.level)
        top.addWidget(self.follow)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.whole_line)
        split.setStretchFactor(0, 1)
        split.setSizes([420, 110])
        split.setChildrenCollapsible(False)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.M, Space.S, Space.M, Space.M)
        foot.setSpacing(Space.S)
        foot.addWidget(self.count, 1)
        foot.addWidget(self.folder_button)
        foot.addWidget(self.copy_button)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(0)
        column_.addLayout(top)
        column_.addWidget(split, 1)
        column_.addLayout(foot)
        self.resize(*_SIZE)

    def _build_table(self) -> None:
        self.table.setObjectName("log")
        self.table.setModel(self.model)
        self.table.setAccessibleName(_("Lines of the log"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        metrics = self.table.fontMetrics()
        rows = self.table.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(metrics.height() + int(Space.S))
        head = self.table.horizontalHeader()
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        for column, wide in (
            (LogColumn.TIME, metrics.horizontalAdvance("00:00:00") + 24),
            (LogColumn.LEVEL, metrics.horizontalAdvance(_("Information")) + 48),
            (LogColumn.SOURCE, theme.letter_width(metrics) * 32),
        ):
            self.table.setColumnWidth(column, wide)

    def _wire(self) -> None:
        self.search.textChanged.connect(lambda _text: self._typed.start())
        self.level.chosen.connect(lambda _key: self._filter())
        self.follow.toggled.connect(lambda _on: self._scroll())
        self.table.selectionModel().currentRowChanged.connect(
            lambda now, _before: self._show_line(now.row())
        )
        # Whoever scrolls back wants to read, and whoever scrolls to the end, to follow.
        self.table.verticalScrollBar().actionTriggered.connect(
            lambda _action: QTimer.singleShot(0, self, self._scrolled_by_hand)
        )
        self.copy_button.clicked.connect(self.copy)
        self.folder_button.clicked.connect(self._open_folder)
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._find),
            (QKeySequence(QKeySequence.StandardKey.Close), self.close),
            (QKeySequence("Esc"), self._leave),
        ):
            QShortcut(keys, self, slot)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, self.copy)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        Theme.current().changed.connect(self.table.viewport().update)

    # Acting.

    def _filter(self) -> None:
        chosen = self.table.currentIndex()
        line = self.model.line(chosen.row()) if chosen.isValid() else None
        self.model.set_filter(_LEVELS[self.level.value()], self.search.text())
        self._show_count()
        self._scroll()
        if line is not None:
            self._choose(line.number)

    def _choose(self, number: int) -> None:
        """Keep the line that was chosen, where it is still shown."""
        for row in range(self.model.rowCount()):
            line = self.model.line(row)
            if line is not None and line.number == number:
                flags = QItemSelectionModel.SelectionFlag
                self.table.selectionModel().setCurrentIndex(
                    self.model.index(row, 0), flags.ClearAndSelect | flags.Rows
                )
                return
        self.whole_line.clear()

    def _show_line(self, row: int) -> None:
        line = self.model.line(row)
        self.whole_line.setPlainText(line_text(line) if line is not None else "")

    def _show_count(self) -> None:
        shown, total = self.model.rowCount(), self.model.total
        self.count.setText(
            _("{n} line", plural="{n} lines", n=total)
            if shown == total
            else _("{shown} of {total} lines", shown=shown, total=total)
        )

    def _scroll(self) -> None:
        if self.follow.isChecked():
            self.table.scrollToBottom()

    def _scrolled_by_hand(self) -> None:
        bar = self.table.verticalScrollBar()
        self.follow.setChecked(bar.value() >= bar.maximum())

    def _find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _leave(self) -> None:
        """Empty the search first, as everywhere."""
        if self.search.text():
            self.search.clear()
        else:
            self.close()

    def _open_folder(self) -> None:
        folder = self._tools.log_folder()
        if folder is None or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.count.setText(
                _("The system opens no folder here: {folder}", folder=folder or tr("–"))
            )
