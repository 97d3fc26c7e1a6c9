"""The window with the reports of unhandled errors: what happened, what it means, the whole text."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Message
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.setup.error_reports import ErrorReport, Origin
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape, ShapeIcon
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.system_tools import SystemTools
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.labels import ParagraphLabel, text_label

_SIZE: Final = (720, 520)
_TITLE_LETTERS: Final = 300

_WHERE: Final[dict[Origin, Message]] = {
    Origin.WINDOW: Message("In the window: {error}"),
    Origin.THREAD: Message("In the thread {name}: {error}"),
    Origin.TASK: Message("In the background task {name}: {error}"),
    Origin.CLEAN_UP: Message("While something was put away ({name}): {error}"),
    Origin.QT: Message("In the window's library: {error}"),
    Origin.CRASH: Message("At the run before: {error}"),
    Origin.START: Message("While the program began or ended: {error}"),
}
_GOES_ON: Final = Message(
    "The program goes on. Requests that are open are still followed, and payments are still"
    " recorded. If you have just pressed something, look at the list whether it was done before you"
    " press it again."
)
NO_DESK: Final = Message(
    "No desk is open: nothing was sent. Requests that were open before are not followed until there"
    " is one; they may still be paid."
)
_CRASHED: Final = Message(
    "Every request was on disk before it was sent. Those that were open are read again from the"
    " platform, so nothing that was paid is lost."
)
_NOT_STARTED: Final = Message(
    "The program ends after this window. Nothing was sent. Requests that were open before are not"
    " followed meanwhile; they may still be paid. Start it again."
)
_PRIVATE: Final = Message(
    "Keys, tokens, signatures and your name in paths are taken out. Read the text all the same"
    " before you give it to anybody."
)


def happened(report: ErrorReport) -> str:
    """What happened, in one line."""
    error = report.title
    if len(error) > _TITLE_LETTERS:
        error = error[:_TITLE_LETTERS] + "…"
    return tr(_WHERE[report.origin].filled(name=report.name or "–", error=error))


class ReportWindow(QWidget):
    """A window of its own that blocks nothing. `hidden` is emitted when a person puts it away."""

    hidden = Signal()

    def __init__(self, tools: SystemTools, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(_("Error report"))
        self._tools = tools
        self._title = text_label(size=Size.LARGE, strong=True)
        self.meaning, self.what = text_label(), text_label()
        self.text = QPlainTextEdit()
        self.done = MessageLine(Tone.NEUTRAL, Shape.TICK)
        self.copy_button = QPushButton(_("Copy"))
        self.save_button = QPushButton(_("Save…"))
        self.hide_button = QPushButton(_("Hide"))
        self._build()

    def show_reports(self, *, has_desk: bool) -> None:
        """Show what is reported by now; the place that is being read stays where it is."""
        reports = self._tools.reports.reports()
        if not reports:
            return
        newest = max(reports, key=lambda report: report.last_at)
        total = sum(report.count for report in reports)
        self._title.setText(_headline(newest.origin, total))
        self.meaning.setText(tr(_meaning(newest.origin, has_desk=has_desk)))
        lines = [happened(newest)]
        if newest.count > 1:
            lines.append(
                _(
                    "{n} time, the last one at {time}.",
                    plural="{n} times, the last one at {time}.",
                    n=newest.count,
                    time=_time(newest.last_at),
                )
            )
        if (others := len(reports) - 1) > 0:
            lines.append(
                _(
                    "{n} other error is in the text.",
                    plural="{n} other errors are in the text.",
                    n=others,
                )
            )
        self.what.setText("\n".join(lines))
        text = self._tools.reports.text()
        if text != self.text.toPlainText():
            bar = self.text.verticalScrollBar()
            place = bar.value()
            self.text.setPlainText(text)
            bar.setValue(place)

    def show_quietly(self) -> None:
        """Show it without taking the keyboard away from where a person types."""
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.show()
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)

    def copy(self) -> None:
        """Copy the text as it is shown."""
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.done.set_text(_("Copied."))

    def save(self, path: Path) -> None:
        """Save the text as it is shown."""
        text = self.text.toPlainText()

        def saved(refusal: str) -> None:
            if shiboken6.isValid(self):
                self.done.set_text(refusal or _("Saved as {path}.", path=path))

        run_in_thread(partial(self._tools.save, path, text), saved)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Put away: another error shows it again."""
        super().closeEvent(event)
        self.done.set_text("")
        self.hidden.emit()

    def _build(self) -> None:
        mark = ShapeIcon(28)
        mark.show_shape(Shape.TRIANGLE, Tone.ATTENTION)
        self.text.setReadOnly(True)
        self.text.setFont(theme.font(fixed=True))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(_("The text of the report"))
        words = QVBoxLayout()
        words.setSpacing(Space.S)
        for label in (self._title, self.meaning, self.what):
            words.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        private = ParagraphLabel(_PRIVATE)
        private.setProperty("muted", True)
        foot = QHBoxLayout()
        foot.setSpacing(Space.S)
        foot.addWidget(self.done, 1)
        foot.addStretch()
        for button in (self.copy_button, self.save_button, self.hide_button):
            foot.addWidget(button)
        self.hide_button.setProperty("primary", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addWidget(private)
        column.addLayout(foot)
        self.copy_button.clicked.connect(self.copy)
        self.save_button.clicked.connect(self._ask_where)
        self.hide_button.clicked.connect(self.close)
        QShortcut(QKeySequence("Esc"), self, self.close)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self._ask_where)
        self.resize(*_SIZE)
        self.hide_button.setFocus()

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, _("Save the error report"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.setNameFilter(_("Text files (*.txt)"))
        dialog.selectFile(f"xumm-desk-error-{datetime.now().astimezone():%Y-%m-%d-%H%M}.txt")
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()


def _headline(origin: Origin, total: int) -> str:
    if origin is Origin.CRASH and total == 1:
        return _("The program ended suddenly the last time")
    if origin is Origin.START:
        return _("The program cannot go on")
    return _(
        "An error of this program occurred", plural="{n} errors of this program occurred", n=total
    )


def _meaning(origin: Origin, *, has_desk: bool) -> str:
    if origin is Origin.CRASH:
        return _CRASHED
    if origin is Origin.START:
        return _NOT_STARTED
    return _GOES_ON if has_desk else NO_DESK


def _time(at: datetime) -> str:
    return formats.time_of_day(at)
