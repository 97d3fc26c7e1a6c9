"""The dialog that writes requests to a file: which ones, which columns, where, with progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDate, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QDateEdit,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.export.choice import (
    PERIOD_LABELS,
    STATUSES,
    ExportChoice,
    Period,
    Wanted,
    choice_from_text,
    days_of,
)
from xumm_desk.core.export.columns import NAMES
from xumm_desk.core.export.job import (
    ExportFormat,
    ExportJob,
    ExportProgress,
    ExportResult,
    ExportRunner,
    file_name,
)
from xumm_desk.core.export.selection import Selection
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.settings import SettingsStore
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.containers import VerticalScrollArea
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import INPUT_HEIGHT, MessageLine, choice_field
from xumm_desk.ui.widgets.labels import wrapped_label
from xumm_desk.ui.widgets.screens import screen_of
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

from .columns_dialog import ColumnsDialog
from .export_worker import ExportWorker

_SIZE: Final = (560, 560)
LAYOUT_KEY: Final = "export"
"""Where the choices are remembered, beside the states of windows."""

_FORMATS: Final = (
    (ExportFormat.CSV, Message("CSV")),
    (ExportFormat.XLSX, Message("Excel (XLSX)")),
    (ExportFormat.JSON_LINES, Message("JSON lines")),
)
_FILTERS: Final = {
    ExportFormat.CSV: Message("CSV files (*.csv)"),
    ExportFormat.XLSX: Message("Workbooks (*.xlsx)"),
    ExportFormat.JSON_LINES: Message("JSON lines (*.jsonl)"),
}
_ABOUT: Final = Message(
    "One line for each request, with exact amounts and times in UTC. A file that is there already"
    " is replaced only when the new one is whole."
)


@dataclass(frozen=True, slots=True)
class ViewFilter:
    """What the view shows now: a question to the history, or the requests themselves. Neither is
    set where nothing is filtered."""

    query: HistoryQuery | None = None
    identifiers: tuple[str, ...] | None = None

    @property
    def is_set(self) -> bool:
        """Whether the view leaves anything out."""
        return self.query is not None or self.identifiers is not None


class ExportDialog(FittedDialog):
    """Show it with `open()`. `now` is the present time; `view` says what the view shows."""

    def __init__(
        self,
        runner: ExportRunner,
        preferences: SettingsStore,
        *,
        now: Callable[[], datetime],
        view: ViewFilter,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Export requests"))
        self.setModal(True)
        self._runner, self._preferences, self._view = runner, preferences, view
        self._today = now().astimezone().date()
        saved = choice_from_text(preferences.value.layout.get(LAYOUT_KEY, ""))
        self._columns, self._folder = saved.columns, saved.folder
        wanted = [
            (Wanted.ALL.value, _("All requests")),
            (Wanted.PAID.value, _("Paid ones")),
        ]
        if view.is_set:
            wanted.append((Wanted.VIEW.value, _("As filtered in the view")))
        self.wanted = choice_field("wanted", _("Requests"), wanted)
        self.period = choice_field(
            "period",
            _("Created", context="date"),
            [(p.value, tr(PERIOD_LABELS[p])) for p in Period],
        )
        self.first, self.last = self._date_edit(_("First day")), self._date_edit(_("Last day"))
        self.format = SegmentedControl(
            _("Kind of file"), [(kind.value, tr(words)) for kind, words in _FORMATS]
        )
        self.mark = CheckBox(_("For a spreadsheet (UTF-8 with a byte-order mark)"))
        self.columns_button = QPushButton()
        self.problem, self.good = MessageLine(Tone.ATTENTION), MessageLine(Tone.GOOD)
        self.bar, self.count = QProgressBar(), QLabel()
        self.export_button, self.close_button = QPushButton(_("Export…")), QPushButton(_("Close"))
        self.show_button = QPushButton(_("Show folder"))
        self.worker = ExportWorker(self)
        self._build()
        self.wanted.set_text(Wanted.VIEW if view.is_set else saved.wanted)
        self.period.set_text(saved.period)
        self.format.set_value(saved.format)
        self.mark.setChecked(saved.mark)
        self._use_columns(saved.columns)
        self._refresh()

    def choice(self) -> ExportChoice:
        """What is chosen now."""
        return ExportChoice(
            format=ExportFormat(self.format.value()),
            mark=self.mark.isChecked(),
            columns=self._columns,
            wanted=Wanted(self.wanted.text() or Wanted.ALL),
            period=Period(self.period.text() or Period.ALL),
            folder=self._folder,
        )

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day that are chosen; None where it is open."""
        chosen = self.choice().period
        if chosen is Period.DAYS:
            return _day(self.first), _day(self.last)
        return days_of(chosen, self._today)

    def selection(self) -> Selection:
        """The requests that are chosen."""
        first, last = self.days()
        wanted = self.choice().wanted
        view = self._view if wanted is Wanted.VIEW else ViewFilter()
        return Selection(
            since=_midnight(first) if first is not None else None,
            until=_midnight(last + timedelta(days=1)) if last is not None else None,
            statuses=STATUSES[wanted],
            identifiers=view.identifiers,
            query=view.query,
        )

    def default_path(self) -> Path:
        """The name that is offered: shop and days, in the folder of the last export."""
        choice = self.choice()
        documents = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        folder = Path(choice.folder or documents or str(Path.home()))
        first, last = self.days()
        return folder / file_name(self._preferences.value.shop_name, first, last, choice.format)

    def export_to(self, path: Path) -> None:
        """Begin to write this file."""
        choice = self.choice()
        self._folder = str(path.parent)
        text = replace(choice, folder=self._folder).to_text()
        layout = self._preferences.value.layout
        self._preferences.change(layout={**layout, LAYOUT_KEY: text})
        self.problem.set_text("")
        self.good.set_text("")
        self.show_button.hide()
        self.bar.setRange(0, 1)  # no moving bar, as Qt paints one of unknown length
        self.count.setText(_("Reading the journal…"))
        self.worker.start(
            self._runner,
            ExportJob(path, choice.format, choice.columns, choice.mark, self.selection()),
        )
        self._refresh()

    def reject(self) -> None:
        """Stop what is being written, or close."""
        if self.worker.running:
            self.worker.cancel()
            self.count.setText(_("Stopping…"))
            return
        super().reject()

    # Events.

    def _ask_path(self) -> None:
        first, last = self.days()
        if first is not None and last is not None and first > last:
            self.problem.set_text(Message("The last day is before the first one."))
            return
        choice = self.choice()
        dialog = QFileDialog(self, _("Export requests"), str(self.default_path().parent))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(choice.format.value)
        dialog.setNameFilter(tr(_FILTERS[choice.format]))
        dialog.selectFile(str(self.default_path()))
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def _ask_columns(self) -> None:
        dialog = ColumnsDialog(self._columns, self)
        dialog.chosen.connect(self._use_columns)
        dialog.open()

    def _use_columns(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        number = len(columns)
        self.columns_button.setText(
            _("All columns…")
            if columns == NAMES
            else _("{n} column…", plural="{n} columns…", n=number)
        )

    def _progressed(self, progress: ExportProgress) -> None:
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)
        self.count.setText(
            _(
                "{done} of {total} requests looked at, {written} written",
                done=formats.whole_number(progress.done),
                total=formats.whole_number(progress.total),
                written=formats.whole_number(progress.written),
            )
        )

    def _finished(self, result: ExportResult) -> None:
        written = formats.whole_number(result.written)
        said: list[str] = [
            Message(
                "{number} request is in {name}.",
                plural="{number} requests are in {name}.",
                n=result.written,
                number=written,
                name=result.path.name,
            )
        ]
        if result.long_numbers:
            said.append(
                Message(
                    "{number} number has more than 15 digits and is text in the workbook, so that"
                    " it is not rounded.",
                    plural="{number} numbers have more than 15 digits and are text in the"
                    " workbook, so that none is rounded.",
                    n=result.long_numbers,
                    number=formats.whole_number(result.long_numbers),
                )
            )
        self.good.set_text(Sentences(said))
        self.show_button.setVisible(True)
        self._refresh()

    def _failed(self, sentence: str) -> None:
        self.problem.set_text(sentence)
        self._refresh()

    def _cancelled(self) -> None:
        self.problem.set_text(Message("Stopped. No file was changed."))
        self._refresh()

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._folder))

    def _refresh(self) -> None:
        """Show what fits the choices, and either the choices or the progress."""
        busy = self.worker.running
        for part in self._choices:
            part.setEnabled(not busy)
        self._days.setVisible(self.choice().period is Period.DAYS)
        self.mark.setVisible(self.choice().format is ExportFormat.CSV)
        self.bar.setVisible(busy)
        self.count.setVisible(busy)
        self.export_button.setVisible(not busy)
        self.close_button.setText(_("Stop") if busy else _("Close"))

    # Building.

    def _date_edit(self, spoken: str) -> QDateEdit:
        editor = QDateEdit(QDate(self._today.year, self._today.month, self._today.day))
        editor.setCalendarPopup(True)
        editor.setAccessibleName(spoken)
        editor.setMinimumHeight(INPUT_HEIGHT)
        return editor

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(wrapped_label(_ABOUT, muted=True))
        column.addWidget(self.wanted)
        column.addWidget(self.period)
        self._days = QWidget()
        days = QHBoxLayout(self._days)
        days.setContentsMargins(0, 0, 0, 0)
        days.setSpacing(Space.S)
        days.addWidget(self.first, 1)
        days.addWidget(QLabel("–"))
        days.addWidget(self.last, 1)
        column.addWidget(self._days)
        column.addWidget(self.format)
        column.addWidget(self.mark)
        row = QHBoxLayout()
        row.addWidget(self.columns_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        for part in (self.bar, self.count, self.good, self.problem):
            column.addWidget(part)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Progress"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(VerticalScrollArea(inside), 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.XL, Space.S, Space.XL, Space.L)
        foot.setSpacing(Space.S)
        foot.addWidget(self.show_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.export_button)
        whole.addLayout(foot)
        self.show_button.hide()
        self._choices: tuple[QWidget, ...] = (
            self.wanted,
            self.period,
            self._days,
            self.format,
            self.mark,
            self.columns_button,
        )
        self._connect()
        room = screen_of(self).availableSize()
        self.resize(min(_SIZE[0], room.width() - 80), min(_SIZE[1], room.height() - 80))

    def _connect(self) -> None:
        for button in (self.columns_button, self.show_button, self.close_button):
            button.setAutoDefault(False)
        self.export_button.setProperty("primary", True)
        self.export_button.setDefault(True)
        self.export_button.clicked.connect(self._ask_path)
        self.close_button.clicked.connect(self.reject)
        self.show_button.clicked.connect(self._show_folder)
        self.columns_button.clicked.connect(self._ask_columns)
        self.period.edited.connect(self._refresh)
        self.format.chosen.connect(lambda _kind: self._refresh())
        self.worker.progressed.connect(self._progressed)
        self.worker.finished.connect(self._finished)
        self.worker.failed.connect(self._failed)
        self.worker.cancelled.connect(self._cancelled)


def _day(editor: QDateEdit) -> date:
    shown = editor.date()
    return date(shown.year(), shown.month(), shown.day())


def _midnight(day: date) -> datetime:
    """The beginning of a day of this computer's time zone."""
    return datetime(day.year, day.month, day.day).astimezone()
