"""The sections of a report as cards: the main figure of each, and the others below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from xumm_desk.core.report.line import ReportLine, Section
from xumm_desk.locale.translation import _, tr
from xumm_desk.locale.words import spoken_again
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space, escape_tooltip
from xumm_desk.ui.widgets.flow_layout import FlowLayout
from xumm_desk.ui.widgets.labels import breakable

from . import wording
from .figure_button import PAD, FigureButton

_WIDTH: Final = 41
"""The least width of a card, in letters."""
_LABEL: Final = 17
"""Letters of a label for which there is room beside the longest figure."""
_WORD: Final = 12
"""Letters of a word that is never broken: codes of currencies may have twenty."""

_PAIRS: Final = (
    ((Section.TAKINGS,), (Section.REQUESTS,)),
    ((Section.DOUBT, Section.REFUNDS), (Section.TIMES,)),
)
"""Four columns, or two of two below each other, or one: never three, which would leave a gap."""


class ReportCards(QWidget):
    """`asked` carries the `Figure` that was pressed."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[Section, ReportCard] = {}
        whole = FlowLayout(even=True)
        for pair in _PAIRS:
            flow = FlowLayout(even=True)
            for sections in pair:
                flow.addWidget(self._column(sections))
            whole.addWidget(_filled(flow))
        self.setLayout(whole)
        _take_height_for_width(self)

    def _column(self, sections: Sequence[Section]) -> QWidget:
        column = QWidget()
        column.setMinimumWidth(_WIDTH * _letter())
        inside = QVBoxLayout(column)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(int(Space.M))
        for section in sections:
            card = self.cards[section] = ReportCard(section)
            card.asked.connect(self.asked)
            inside.addWidget(card)
        inside.addStretch()
        return column

    def show_lines(self, lines: Sequence[ReportLine]) -> None:
        """Show these figures."""
        for section, card in self.cards.items():
            card.show_lines([line for line in lines if line.section is section])


class ReportCard(QFrame):
    """One section. Its widgets stay while the same figures are shown, so that the keyboard does."""

    asked = Signal(object)

    def __init__(self, section: Section) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.section = section
        self.setAccessibleName(tr(section.value))
        column = QVBoxLayout(self)
        column.setContentsMargins(int(Space.M), int(Space.M), int(Space.M), int(Space.M))
        column.setSpacing(int(Space.S))
        title = QLabel(tr(section.value))
        title.setFont(theme.font(strong=True))
        title.setIndent(PAD)  # in one line with the figures
        column.addWidget(title)
        self._body = QWidget()
        column.addWidget(self._body)
        self._keys: tuple[str, ...] = ()
        self._rows: dict[str, _LineRow] = {}

    def show_lines(self, lines: Sequence[ReportLine]) -> None:
        """Show these lines; the first of several main ones is the largest."""
        keys = tuple(line.key for line in lines)
        if keys != self._keys:
            self._build(lines)
            self._keys = keys
        for line in lines:
            self._rows[line.key].show_line(line)

    def row(self, key: str) -> _LineRow | None:
        """What shows the line of this key."""
        return self._rows.get(key)

    def _build(self, lines: Sequence[ReportLine]) -> None:
        old, self._body = self._body, QWidget()
        grid = QGridLayout(self._body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(int(Space.S))
        grid.setVerticalSpacing(int(Space.XS))
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(0, _LABEL * _letter())
        self._rows = {}
        for place, line in enumerate(lines):
            row = self._rows[line.key] = _LineRow(line.main)
            row.add_to(grid, 3 * place)
            row.figure.clicked.connect(partial(self._ask, row, False))
            row.before.clicked.connect(partial(self._ask, row, True))
        layout = self.layout()
        assert layout is not None
        layout.replaceWidget(old, self._body)
        old.hide()
        old.deleteLater()

    def _ask(self, row: _LineRow, before: bool) -> None:
        line = row.line
        if line is None:
            return
        figure = line.before if before else line.now
        if figure.leads:
            self.asked.emit(figure)


class _LineRow:
    """The widgets of one line: label, figure and difference; a main one shows the figure before
    too."""

    def __init__(self, main: bool) -> None:
        self.main = main
        self.line: ReportLine | None = None
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setMinimumWidth(1)
        self.label.setIndent(PAD)
        self.label.setProperty("muted", True)
        self.figure = FigureButton(size=Size.TITLE if main else Size.BODY, strong=main, left=main)
        self.before = FigureButton(size=Size.SMALL, left=True)
        self.difference = QLabel()
        self.difference.setProperty("muted", True)
        self.difference.setFont(theme.font(Size.SMALL, tabular=True))
        self.difference.setTextFormat(Qt.TextFormat.PlainText)
        if not main:
            self.difference.setContentsMargins(0, 1, 0, 0)  # on the line of the larger figure

    def add_to(self, grid: QGridLayout, row: int) -> None:
        """Put them into the grid, from this row on."""
        if not self.main:
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(self.label, row, 0)
            grid.addWidget(self.figure, row, 1, top)
            self.difference.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            widest = self.difference.fontMetrics().horizontalAdvance("+0 000 %")
            self.difference.setMinimumWidth(widest)
            grid.addWidget(self.difference, row, 2)
            return
        self.label.setFont(theme.font(Size.SMALL))
        grid.addWidget(self.label, row, 0, 1, 3)
        grid.addWidget(self.figure, row + 1, 0, 1, 3)
        below = QWidget()
        line = FlowLayout()
        below.setLayout(line)
        _take_height_for_width(below)
        self.difference.setIndent(PAD)
        line.addWidget(self.difference)
        line.addWidget(self.before)
        grid.addWidget(below, row + 2, 0, 1, 3)

    def show_line(self, line: ReportLine) -> None:
        """Show the present figures."""
        self.line = line
        compared = wording.compared(line)
        text = tr(line.now.text)
        label = wording.line_label(line)
        self.label.setText(_breakable(label))
        self.label.setAccessibleName(label)
        self.figure.show_figure(
            text,
            wording.spoken(line),
            f"{text}\n{compared}\n" + _("Press to see what is behind it."),
            leads=line.now.leads,
        )
        if self.main:
            before = _("before: {figure}", figure=tr(line.before.text))
            spoken = _("{label}, {before}", label=label, before=before)
            self.before.show_figure(before, spoken, before, leads=line.before.leads)
            self.difference.setText(tr(line.difference.words))
        else:
            self.difference.setText(tr(line.difference.short))
        self.difference.setToolTip(escape_tooltip(compared))
        self.difference.setAccessibleName(tr(line.difference.words))


def _letter() -> int:
    """How wide a letter is: cards grow with the size of the text."""
    return theme.letter_width(QFontMetrics(theme.font()))


@spoken_again
def _breakable(text: str) -> str:
    """The text with invisible places to break inside long words."""
    return breakable(text, _WORD)


def _filled(layout: FlowLayout) -> QWidget:
    widget = QWidget()
    widget.setLayout(layout)
    _take_height_for_width(widget)
    return widget


def _take_height_for_width(widget: QWidget) -> None:
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)
