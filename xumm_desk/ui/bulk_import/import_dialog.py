"""The dialog that creates requests from a CSV file: choose it, look at all errors, create."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bulk_import import import_columns
from xumm_desk.core.bulk_import.csv_table import parse_table
from xumm_desk.core.bulk_import.import_plan import ImportPlan, make_plan
from xumm_desk.core.bulk_import.import_result import (
    OUTCOME_LABELS,
    LineResult,
    Outcome,
    results_csv,
)
from xumm_desk.core.bulk_import.import_row import ImportRules, LineProblem, NumberStyle
from xumm_desk.core.export.job import ExportError, ExportRunner
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences, error_text
from xumm_desk.core.money import amount, fiat, networks
from xumm_desk.core.pricing.accepted_asset import assets_from_json
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.bulk_creation import BulkCreation, ExaminedPlan
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale import formats
from xumm_desk.locale.languages import to_customers
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.fitted_dialog import FittedDialog
from xumm_desk.ui.widgets.labelled_field import MessageLine, choice_field, line_field
from xumm_desk.ui.widgets.labels import text_label, wrapped_label
from xumm_desk.ui.widgets.screens import screen_of

from .line_table import (
    PROBLEM_TITLES,
    ROW_TITLES,
    LineTable,
    problem_cells,
    result_text,
    row_cells,
    tone_of,
)

_SIZE: Final = (860, 620)
_REFRESH_MS: Final = 200
_ABOUT: Final = Message(
    "A CSV file whose first line names the columns, such as amount, currency, tag and reference. It"
    " is only looked at first: nothing is sent before you say so. The same row makes the same"
    " request, so a file that is imported again goes on where it stopped."
)
_NUMBERS: Final = (
    (NumberStyle.CAREFUL, Message("Refuse it as in doubt")),
    (NumberStyle.POINT, Message("A point is before decimals")),
    (NumberStyle.COMMA, Message("A comma is before decimals")),
)


class ImportDialog(FittedDialog):
    """Show it with `open()`."""

    _examined = Signal(object)
    _ended = Signal(str)

    def __init__(
        self,
        desk: Desk,
        preferences: SettingsStore,
        runner: ExportRunner,
        *,
        network: str,
        start: StartTask,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Import requests"))
        self.setModal(True)
        self._desk, self._preferences, self._runner = desk, preferences, runner
        self._network, self._start = network, start
        self._path: Path | None = None
        self._data = b""
        self._plan = ImportPlan()
        self._existing: dict[str, str] = {}
        self._bulk: BulkCreation | None = None
        self._running = self._done = False
        self.title = text_label(_("Choose a file"), size=Size.LARGE, strong=True)
        self.about = wrapped_label(_ABOUT, muted=True)
        self.numbers = choice_field(
            "numbers",
            _("A number such as 1,234 or 1.234"),
            [(style.value, tr(words)) for style, words in _NUMBERS],
        )
        self.batch = line_field("batch", _("Name of this import"), optional=True)
        self.batch.hint.set_text(
            Message("With another name, rows that were imported before are created anew.")
        )
        self.table = LineTable(_("Lines of the file"))
        self.problem, self.note = MessageLine(Tone.HARM), MessageLine(Tone.ATTENTION)
        self.bar, self.count = QProgressBar(), QLabel()
        self.choose_button = QPushButton(_("Choose file…"))
        self.template_button = QPushButton(_("Save a template…"))
        self.create_button = QPushButton(_("Create"))
        self.pause_button, self.close_button = QPushButton(_("Pause")), QPushButton(_("Close"))
        self.save_button = QPushButton(_("Save results…"))
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._show_progress)
        self._build()
        self._examined.connect(self._use_examined)
        self._ended.connect(self._after_run)
        self._refresh()

    def read_file(self, path: Path) -> None:
        """Look at this file; nothing is sent."""
        self._path = path
        self.problem.set_text("")

        def read() -> bytes | str:
            try:
                return path.read_bytes()
            except OSError as error:
                return Message(
                    "{file} cannot be read ({error}).", file=path, error=error.strerror or error
                )

        run_in_thread(read, self._use_file)

    def begin(self) -> None:
        """Create what was looked at."""
        if self._bulk is None or self._plan.problems or self._running:
            return
        self._running = True
        bulk = self._bulk
        self._start(self._run(bulk), "import")
        self._timer.start()
        self._refresh()

    def results(self) -> Sequence[LineResult]:
        """What became of each line so far."""
        return self._bulk.results if self._bulk is not None else ()

    def reject(self) -> None:
        """Stop the creation, or close."""
        if self._running and self._bulk is not None:
            self._bulk.stop()
            self.close_button.setEnabled(False)
            return
        super().reject()

    # Reading and looking.

    def _use_file(self, read: bytes | str) -> None:
        if not shiboken6.isValid(self):
            return
        if isinstance(read, str):
            self._show_unreadable(read)
            return
        self._data = read
        self._read_plan()

    def _read_plan(self) -> None:
        """Make the plan in a thread: a long file takes seconds."""
        if self._path is None or self._running or self._done:
            return
        data, rules = self._data, self._rules()

        def make() -> ImportPlan | str:
            table = parse_table(data)
            return table if isinstance(table, str) else make_plan(table, rules)

        run_in_thread(make, self._use_plan)

    def _rules(self) -> ImportRules:
        saved = self._preferences.value
        return ImportRules(
            network=self._network,
            destination=saved.destination,
            expire=saved.expire,
            shop_currency=saved.shop_currency,
            assets=assets_from_json(saved.assets, networks.asset_of(self._network)),
            numbers=NumberStyle(self.numbers.text() or NumberStyle.CAREFUL),
            batch=self.batch.text(),
        )

    def _use_plan(self, plan: ImportPlan | str) -> None:
        if not shiboken6.isValid(self):
            return
        if isinstance(plan, str):
            self._show_unreadable(plan)
            return
        self._plan, self._existing, self._bulk = plan, {}, None
        if plan.problems:
            self._show_problems(plan.problems)
            return
        self._bulk = BulkCreation(
            self._desk,
            plan,
            self._preferences.value,
            network=self._network,
            say=to_customers(tr),
        )
        self.title.setText(_("Looking at the lines…"))
        self._start(self._examine(self._bulk), "examine import")

    async def _examine(self, bulk: BulkCreation) -> None:
        found: ExaminedPlan | str
        try:
            found = await bulk.examine()
        except JournalError as error:
            found = error_text(error)
        self._say(lambda: self._examined.emit((bulk, found)))

    def _use_examined(self, answer: tuple[BulkCreation, ExaminedPlan | str]) -> None:
        bulk, found = answer
        if bulk is not self._bulk:
            return  # another file was chosen meanwhile
        if isinstance(found, str):
            self._show_unreadable(found)
        elif found.problems:
            self._bulk = None
            self._show_problems(found.problems)
        else:
            self._existing = found.existing
            self._show_rows()

    def _show_unreadable(self, sentence: str) -> None:
        self._plan, self._bulk = ImportPlan(), None
        self.title.setText(_("Choose a file"))
        self.problem.set_text(sentence)
        self.table.lines.show(PROBLEM_TITLES, 0, lambda _place: ())
        self._refresh()

    def _show_problems(self, problems: Sequence[LineProblem]) -> None:
        number = len(problems)
        self.title.setText(
            _("{n} error in {name}", plural="{n} errors in {name}", n=number, name=self._name())
        )
        self.problem.set_text(Message("Nothing was sent. Correct the file and choose it again."))
        self.note.set_text("")
        self.table.lines.show(PROBLEM_TITLES, number, lambda place: problem_cells(problems[place]))
        self._refresh()

    def _show_rows(self) -> None:
        rows, warnings = self._plan.rows, self._plan.warnings
        self.title.setText(
            _(
                "{n} request in {name}",
                plural="{n} requests in {name}",
                n=len(rows),
                name=self._name(),
            )
        )
        self.problem.set_text("")
        said: list[str] = []
        if self._existing:
            said.append(
                Message(
                    "{n} of them was created before and is not sent again.",
                    plural="{n} of them were created before and are not sent again.",
                    n=len(self._existing),
                )
            )
        said += [
            Message("Line {line}: {sentence}", line=one.line, sentence=one.message)
            for one in warnings[:3]
        ]
        if len(warnings) > 3:
            more = len(warnings) - 3
            said.append(Message("{n} more note.", plural="{n} more notes.", n=more))
        self.note.set_text(Sentences(said))
        self.table.lines.show(
            ROW_TITLES,
            len(rows),
            lambda place: row_cells(rows[place], self._result(place)),
            self._tone,
        )
        self._refresh()

    def _result(self, place: int) -> str:
        """What becomes of the row at this place, as far as it is known."""
        row = self._plan.rows[place]
        if self._bulk is not None and (self._running or self._done):
            return result_text(self._bulk.result_of(row))
        known = row.identifier in self._existing
        return tr(OUTCOME_LABELS[Outcome.EXISTED]) if known else ""

    def _tone(self, place: int) -> Tone | None:
        if self._bulk is None:
            return None
        return tone_of(self._bulk.result_of(self._plan.rows[place]).outcome)

    # Creating.

    async def _run(self, bulk: BulkCreation) -> None:
        try:
            problem = await bulk.run()
        except JournalError as error:
            problem = error_text(error)
        self._say(lambda: self._ended.emit(problem))

    def _after_run(self, problem: str) -> None:
        self._timer.stop()
        self._running, self._done = False, True
        self._show_progress()
        self.problem.set_text(problem)
        counts = self._bulk.state().counts if self._bulk is not None else None
        if counts is not None:
            self.title.setText(
                _(
                    "{created} created, {existed} were there already, {refused} refused",
                    created=formats.whole_number(counts.created + counts.unsure),
                    existed=formats.whole_number(counts.existed),
                    refused=formats.whole_number(counts.refused),
                )
            )
            if counts.done < counts.total:
                left = Message(
                    "{n} line was not begun. Import the same file again to go on.",
                    plural="{n} lines were not begun. Import the same file again to go on.",
                    n=counts.total - counts.done,
                )
                self.note.set_text(left)
        self.close_button.setEnabled(True)
        self._refresh()

    def _show_progress(self) -> None:
        if self._bulk is None:
            return
        state = self._bulk.state()
        self.bar.setRange(0, max(1, state.counts.total))
        self.bar.setValue(state.counts.done)
        self.count.setText(
            _(
                "{done} of {total} lines",
                done=formats.whole_number(state.counts.done),
                total=formats.whole_number(state.counts.total),
            )
        )
        self.table.lines.update_all()
        self.pause_button.setText(_("Go on") if state.paused else _("Pause"))
        self.problem.set_text(state.pause_reason if state.paused else "")

    def _toggle_pause(self) -> None:
        if self._bulk is None:
            return
        if self._bulk.state().paused:
            self._bulk.go_on()
        else:
            self._bulk.pause()
        self._show_progress()

    def _say(self, tell: Callable[[], None]) -> None:
        """Tell the dialog from a coroutine, unless it is gone by now."""
        if shiboken6.isValid(self):
            tell()

    # Files.

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, _("Import requests"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([_("CSV files (*.csv *.txt *.tsv)"), _("All files (*)")])
        dialog.fileSelected.connect(lambda name: self.read_file(Path(name)))
        dialog.open()

    def _save(self, title: str, name: str, text: Callable[[], str]) -> None:
        dialog = QFileDialog(self, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilter(_("CSV files (*.csv)"))
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: self.save_text(Path(chosen), text()))
        dialog.open()

    def save_text(self, path: Path, text: str) -> None:
        """Write a file in a thread, and say why where that is not possible."""

        def write() -> str:
            try:
                self._runner.save_text(path, text)
            except ExportError as error:
                return error_text(error)
            return ""

        def written(problem: str) -> None:
            if shiboken6.isValid(self):
                self.problem.set_text(problem)

        run_in_thread(write, written)

    def _name(self) -> str:
        return self._path.name if self._path is not None else ""

    # Building.

    def _refresh(self) -> None:
        """Show what fits the step that it is at."""
        ready = self._bulk is not None and not self._plan.problems
        begun = self._running or self._done
        rows = len(self._plan.rows) - len(self._existing)
        self.about.setVisible(not begun and self.table.lines.rowCount() == 0)
        for part in (self.numbers, self.batch, self.choose_button, self.template_button):
            part.setVisible(not begun)
        self.table.setVisible(self.table.lines.rowCount() > 0)
        self._sums.setVisible(ready and not begun)
        self._sums.setText(_sums_text(self._plan) if ready else "")
        self.create_button.setVisible(not begun)
        self.create_button.setEnabled(ready and bool(self._plan.rows))
        self.create_button.setText(
            _("Create {n} request", plural="Create {n} requests", n=rows) if ready else _("Create")
        )
        self.create_button.setProperty("primary", ready)
        self.choose_button.setProperty("primary", not ready)
        for button in (self.create_button, self.choose_button):
            button.style().unpolish(button)
            button.style().polish(button)
        self.bar.setVisible(begun)
        self.count.setVisible(begun)
        self.pause_button.setVisible(self._running)
        self.save_button.setVisible(self._done)
        self.close_button.setText(_("Stop") if self._running else _("Close"))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.S)
        self._sums = text_label()
        options = QHBoxLayout()
        options.setSpacing(Space.L)
        for field in (self.numbers, self.batch):
            options.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.title)
        column.addWidget(self.about)
        column.addLayout(options)
        column.addWidget(self._sums)
        column.addWidget(self.note)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        for part in (self.bar, self.count, self.problem):
            column.addWidget(part)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Progress"))
        foot = QHBoxLayout()
        foot.setContentsMargins(0, Space.S, 0, 0)
        foot.setSpacing(Space.S)
        foot.addWidget(self.template_button)
        foot.addWidget(self.save_button)
        foot.addStretch(1)
        for button in (self.close_button, self.pause_button, self.choose_button):
            button.setAutoDefault(False)
            foot.addWidget(button)
        foot.addWidget(self.create_button)
        column.addLayout(foot)
        self._connect()
        room = screen_of(self).availableSize()
        self.resize(min(_SIZE[0], room.width() - 80), min(_SIZE[1], room.height() - 80))

    def _connect(self) -> None:
        self.choose_button.clicked.connect(self._choose_file)
        self.template_button.clicked.connect(
            lambda: self._save(_("Save a template"), "requests.csv", import_columns.template)
        )
        self.save_button.clicked.connect(
            lambda: self._save(
                _("Save results"), f"results-{self._name()}", lambda: results_csv(self.results())
            )
        )
        self.create_button.clicked.connect(self.begin)
        self.pause_button.clicked.connect(self._toggle_pause)
        self.close_button.clicked.connect(self.reject)
        self.numbers.edited.connect(self._read_plan)
        self.batch.edited.connect(self._read_plan)


def _sums_text(plan: ImportPlan) -> str:
    sums = [tr(amount.format_amount(total)) for total in plan.totals]
    sums += [tr(fiat.format_fiat(price)) for price in plan.prices]
    return _("Sum: {sums}", sums=Sentences(sums, LIST_SEPARATOR)) if sums else ""
