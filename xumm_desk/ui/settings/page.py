"""What every page of the settings has, and the parts that several of them use."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.account.finding import Finding, Severity
from xumm_desk.core.message import Sentences
from xumm_desk.core.money.typed_number import Marks
from xumm_desk.locale.translation import tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space
from xumm_desk.ui.widgets.check_box import CheckBox
from xumm_desk.ui.widgets.flow_layout import FlowLayout
from xumm_desk.ui.widgets.labelled_field import LabelledField, MessageLine
from xumm_desk.ui.widgets.labels import ParagraphLabel, wrapped_label

_TONES: Final = {
    Severity.BLOCKS: Tone.HARM,
    Severity.ATTENTION: Tone.ATTENTION,
    Severity.UNKNOWN: Tone.NEUTRAL,
    Severity.FINE: Tone.GOOD,
}


class SettingsPage(QWidget):
    """One section. `edited` is emitted at every change; a page never saves by itself."""

    edited = Signal()
    title: str = ""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr(self.title))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        self.column.setSpacing(Space.S)

    def values(self) -> dict[str, Any]:
        """What is typed, by the names of the settings. Only called where `problem` found none."""
        raise NotImplementedError

    def problem(self) -> tuple[str, QWidget | None]:
        """Show what is wrong beside where it is; returns the first sentence and its input, "" for
        none."""
        return "", None

    def heading(self, words: str, why: str = "") -> None:
        """A heading within the page, and why its settings matter."""
        if self.column.count():
            self.column.addSpacing(Space.M)
        label = ParagraphLabel(words)
        label.setFont(theme.font(Size.LARGE, strong=True))
        self.column.addWidget(label)
        if why:
            self.column.addWidget(wrapped_label(tr(why), muted=True))

    def finish(self) -> None:
        """Push everything to the top, and let labels be broken into lines."""
        for field in self.findChildren(LabelledField):
            field.wrap_label()
        self.column.addStretch(1)


class Choice(QComboBox):
    """A choice that scrolling over it does not change, and that is never wider than its page."""

    def __init__(self, choices: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for data, words in choices:
            self.addItem(tr(words), data)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page, which scrolls."""
        event.ignore()


class FindingList(QWidget):
    """What was found about an account, a line each, the gravest first."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.XS)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def show_findings(self, findings: Sequence[Finding], waiting: str = "") -> None:
        """Show these; `waiting` is a sentence while nothing is known yet."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if waiting:
            self._add(Tone.NEUTRAL, waiting)
        for one in findings:
            self._add(_TONES[one.severity], Sentences([one.meaning, one.action]))

    def lines(self) -> list[str]:
        """The sentences that are shown."""
        return [
            widget.text()
            for place in range(self._column.count())
            if (item := self._column.itemAt(place)) is not None
            and isinstance(widget := item.widget(), MessageLine)
        ]

    def _add(self, tone: Tone, words: str) -> None:
        line = MessageLine(tone)
        self._column.addWidget(line)
        line.set_text(words)


def side_by_side(*widgets: QWidget) -> FlowLayout:
    """Widgets of one width in a row; below each other where there is no room."""
    row = FlowLayout(even=True)
    for widget in widgets:
        row.addWidget(widget)
    return row


def button_row(*buttons: QPushButton) -> FlowLayout:
    """Buttons at the left, in as many lines as they need."""
    row = FlowLayout()
    for button in buttons:
        button.setAutoDefault(False)
        row.addWidget(button)
    return row


def first_problem(fields: Sequence[LabelledField]) -> tuple[str, QWidget | None]:
    """The first of these that shows a problem."""
    for field in fields:
        if field.problem():
            return field.problem(), field
    return "", None


def switch(words: str, on: bool) -> CheckBox:
    """A setting that is on or off."""
    box = CheckBox(tr(words), wraps=True)
    box.setMinimumHeight(36)
    box.setChecked(on)
    return box


def typed(value: str, marks: Marks) -> str:
    """A number of the settings as this computer writes it; what is none as it is."""
    return value.replace(".", marks.decimal) if _is_number(value) else value


def _is_number(value: str) -> bool:
    return value.count(".") <= 1 and value.replace(".", "").isdigit()


def plain(value: Decimal) -> str:
    """A number as the settings hold it."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
