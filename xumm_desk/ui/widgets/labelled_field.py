"""An input with label, hint and error message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.money.pasted_text import escape_invisible
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape, ShapeIcon
from xumm_desk.ui.style.theme import Space, Theme

from .labels import ParagraphLabel

INPUT_HEIGHT: Final = 36
_SHAPES: Final = {
    Tone.ATTENTION: Shape.TRIANGLE,
    Tone.HARM: Shape.OCTAGON,
    Tone.GOOD: Shape.FULL_TICK,
    Tone.PROGRESS: Shape.HALF,
    Tone.NEUTRAL: Shape.DASH,
}


def set_text_colour(label: QLabel, colour: QColor) -> None:
    """Give a label's text this colour, whatever its parents have."""
    colours = label.palette()
    colours.setColor(QPalette.ColorRole.WindowText, colour)
    label.setPalette(colours)


def small_label(label: QLabel) -> QLabel:
    """Make a label one of the small grey ones beside and below inputs."""
    label.setProperty("muted", True)
    label.setFont(theme.font(theme.Size.SMALL))
    return label


class MessageLine(QWidget):
    """One sentence that comes and goes: grey if `role` is None, else with the role's shape."""

    def __init__(self, role: Tone | None = None, shape: Shape | None = None) -> None:
        super().__init__()
        self._role = role
        self._label = ParagraphLabel()
        self._label.setMinimumWidth(40)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS + 2)
        if role is not None:
            mark = ShapeIcon(16)
            mark.show_shape(shape or _SHAPES.get(role, Shape.DOT), role)
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        else:
            small_label(self._label)
        row.addWidget(self._label, 1)
        Theme.current().changed.connect(self._apply_colour)
        self._apply_colour()
        self.hide()

    def text(self) -> str:
        """The sentence shown, "" when hidden."""
        return self._label.text()

    def set_text(self, text: str) -> None:
        """Show this sentence; nothing at all when it is empty."""
        self._label.setText(tr(text))
        self.setVisible(bool(text))

    def _apply_colour(self) -> None:
        if self._role is not None:
            set_text_colour(self._label, Theme.current().colour(self._role))


class LabelledField(QWidget):
    """A label, an input, a hint in small type and the error, if there is one."""

    edited = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        editor: QLineEdit | QPlainTextEdit | QComboBox,
        *,
        spoken: str = "",
        optional: bool = False,
        above: QWidget | None = None,
    ) -> None:
        super().__init__()
        self.name = name
        self.editor = editor
        self._label = QLabel(tr(label))
        self._label.setBuddy(editor)
        self.note = small_label(QLabel(_("optional") if optional else ""))
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        self.hint = MessageLine()
        self._problem = MessageLine(Tone.ATTENTION)
        editor.setAccessibleName(tr(spoken or label))
        if not isinstance(editor, QPlainTextEdit):
            editor.setMinimumHeight(INPUT_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._label, 1)
        head.addWidget(above or self.note)
        if above is not None:
            self.note.setParent(self)  # not shown, and deleted with the field all the same
            self.note.hide()
        column.addLayout(head)
        column.addWidget(editor)
        column.addWidget(self.hint)
        column.addWidget(self._problem)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if isinstance(editor, QComboBox):
            editor.currentIndexChanged.connect(self._changed)
        else:
            editor.textChanged.connect(self._changed)
        Theme.current().changed.connect(self._mark)

    def set_label(self, label: str) -> None:
        """Name the input anew, for sighted people and for others."""
        self._label.setText(tr(label))
        self.editor.setAccessibleName(tr(label))

    def text(self) -> str:
        """The text of the input, as typed, without invisible characters."""
        if isinstance(self.editor, QLineEdit):
            return self.editor.text()
        if isinstance(self.editor, QPlainTextEdit):
            return self.editor.toPlainText()
        return str(self.editor.currentData() or "")

    def set_text(self, text: str) -> None:
        """Put `text` into the input; a choice is picked by its data."""
        if isinstance(self.editor, QLineEdit):
            self.editor.setText(strip_controls(tr(text)))
            self.editor.setCursorPosition(0)  # of a long address, the beginning
        elif isinstance(self.editor, QPlainTextEdit):
            self.editor.setPlainText(text)
        else:
            self.editor.setCurrentIndex(max(0, self.editor.findData(text)))

    def wrap_label(self) -> None:
        """Let the label take several lines, for a page that may be narrow."""
        self._label.setWordWrap(True)

    def problem(self) -> str:
        """The error shown under the input, "" if there is none."""
        return self._problem.text()

    def set_problem(self, sentence: str) -> None:
        """Show what is wrong; "" removes it. The input keeps what was typed."""
        self._problem.set_text(sentence)
        self.editor.setAccessibleDescription(tr(sentence))
        self._mark()

    def _changed(self) -> None:
        if isinstance(self.editor, QLineEdit) and _take_out_invisible(self.editor):
            return  # and here again, with what is left
        self.set_problem("")
        self.edited.emit()

    def _mark(self) -> None:
        colour = Theme.current().colours.tones[Tone.ATTENTION] if self.problem() else ""
        self.editor.setStyleSheet(f"border-color: {colour};" if colour else "")


def _take_out_invisible(editor: QLineEdit) -> bool:
    """Remove invisible characters from what was pasted; returns whether there were any."""
    text, place = editor.text(), editor.cursorPosition()
    kept = escape_invisible(text)
    if kept == text:
        return False
    place = len(escape_invisible(text[:place]))
    editor.setText(tr(kept))
    editor.setCursorPosition(place)
    return True


def line_field(
    name: str, label: str, *, hint: str = "", optional: bool = False, fixed: bool = False
) -> LabelledField:
    """A field of one line; `fixed` where letters are compared one by one."""
    editor = QLineEdit()
    editor.setPlaceholderText(tr(hint))
    if fixed:
        editor.setFont(theme.font(fixed=True))
    return LabelledField(name, label, editor, optional=optional)


def text_field(
    name: str, label: str, *, hint: str = "", lines: int = 2, optional: bool = False
) -> LabelledField:
    """A field of several lines, which Tab leaves instead of indenting."""
    editor = QPlainTextEdit()
    editor.setPlaceholderText(tr(hint))
    editor.setTabChangesFocus(True)
    editor.setFixedHeight(editor.fontMetrics().lineSpacing() * lines + 26)
    return LabelledField(name, label, editor, optional=optional)


def choice_field(name: str, label: str, choices: Sequence[tuple[str, str]]) -> LabelledField:
    """A field to pick one of `choices`: data and what a person reads."""
    editor = QComboBox()
    for data, words in choices:
        editor.addItem(words, data)
    return LabelledField(name, label, editor)
