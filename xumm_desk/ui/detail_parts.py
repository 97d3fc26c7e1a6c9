"""Knows the parts of the detail pane that merely show: labels, buttons, fields, raw text.
Must not know when they are shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core import wire
from xumm_desk.core.facts import Fact

from . import theme
from .theme import Size, Space, escape_tooltip

_SMALLEST: Final = 0.6
"""How far a line may shrink before it is cut."""


def text_label(
    text: str = "", *, size: Size = Size.BODY, strong: bool = False, muted: bool = False
) -> QLabel:
    """A label that wraps, can be copied, and never reads a customer's words as markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setFont(theme.font(size, strong=strong))
    label.setProperty("muted", muted)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    # Long ids have no blank to break at: they may make the label, but not the window, wide.
    label.setMinimumWidth(1)
    return label


def wrapped_label(text: str = "", *, muted: bool = False) -> QLabel:
    """Sentences that may hold ids: those may be broken anywhere. Not to be copied, since the
    places to break would be copied with it."""
    label = text_label(with_break_points(text), muted=muted)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    label.setAccessibleName(text)
    return label


def with_break_points(text: str) -> str:
    """The text with invisible places to break inside words that are too long for a line."""
    return " ".join("\u200b".join(w) if len(w) > 24 else w for w in text.split(" "))


class ShrinkingLabel(QLabel):
    """One line that becomes smaller where it is too long, and only then is cut in its middle;
    whole in its tooltip."""

    def __init__(self, *, size: Size = Size.BODY, strong: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, strong=strong, tabular=True))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.setText(text)
        self.setToolTip(escape_tooltip(text))

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be."""
        return QSize(1, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        font, share = self.font(), 1.0
        while QFontMetrics(font).horizontalAdvance(self.text()) > self.width() > 0:
            share -= 0.04
            if share < _SMALLEST:
                break
            font.setPointSizeF(self.font().pointSizeF() * share)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(self.rect(), flags, text)


class ActionButton(QPushButton):
    """A button that is its action: words, state, and the reason why it cannot be pressed. While
    `instead` is visible, it is that one."""

    def __init__(
        self, action: QAction, *, main: bool = False, instead: QAction | None = None
    ) -> None:
        super().__init__()
        self._usual, self._alternative = action, instead
        self.setProperty("primary", main)
        self.clicked.connect(self._press)
        for one in (action, instead):
            if one is not None:
                one.changed.connect(self._follow)
        self._follow()

    def _press(self) -> None:
        self._action.trigger()

    @property
    def _action(self) -> QAction:
        shown = self._alternative is not None and self._alternative.isVisible()
        return self._alternative if shown and self._alternative is not None else self._usual

    def set_primary(self, main: bool) -> None:
        """Make it the one main button of its place, or an ordinary one."""
        if self.property("primary") != main:
            self.setProperty("primary", main)
            self.style().unpolish(self)
            self.style().polish(self)

    def _follow(self) -> None:
        self.setText(self._action.iconText())
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleDescription(self._action.toolTip())


class ContentHeightScrollArea(QScrollArea):
    """Content that may be higher than its place, but never wider; asks for the height which the
    content needs at its present width."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._content = content
        self.setWidget(content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        """The content's own size."""
        wide = max(self.viewport().width(), 200)
        content = self._content
        high = content.heightForWidth(wide) if content.hasHeightForWidth() else -1
        hint = content.sizeHint()
        return QSize(hint.width(), high if high > 0 else hint.height())

    def minimumSizeHint(self) -> QSize:
        """Enough to see that there is something to scroll."""
        return QSize(120, 100)


class FieldList(QWidget):
    """Names and values, each to be selected, with a JSON body below."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, str], ...] = ()
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(int(Space.M))
        self._form.setVerticalSpacing(int(Space.XS))
        self._json = RawText("Request body")
        self._json.setMinimumHeight(120)
        column.addLayout(self._form)
        column.addWidget(text_label("Body sent to the platform", muted=True))
        column.addWidget(self._json, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ContentHeightScrollArea(self._body))

    def show_fields(self, fields: Sequence[tuple[str, str]], body: wire.JsonObject) -> None:
        """Show these; a value that changed is changed in its place."""
        fresh = tuple(fields)
        self._json.show_text(json.dumps(body, indent=2, ensure_ascii=False))
        if fresh == self._shown:
            return
        self._shown = fresh
        while self._form.rowCount():
            self._form.removeRow(0)
        for name, value in fresh:
            field = _value(value)
            field.setAccessibleName(f"{name}: {value}")
            self._form.addRow(text_label(name, muted=True), field)


def _value(value: str) -> QWidget:
    """A value to be selected and copied whole; ids, which cannot be wrapped, in one line."""
    if " " in value or len(value) <= 24:
        return text_label(value)
    line = QLineEdit(value)
    line.setReadOnly(True)
    line.setFrame(False)
    line.setProperty("flat", True)
    line.setCursorPosition(0)
    line.setToolTip(escape_tooltip(value))
    return line


class RawText(QPlainTextEdit):
    """Text as machines wrote it; grows at its end and keeps its place."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAccessibleName(name)
        self.setFont(theme.font(Size.SMALL, fixed=True))
        self.setTabChangesFocus(True)
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show another text; what is only longer is appended."""
        if text == self._shown:
            return
        if self._shown and text.startswith(self._shown + "\n"):
            self.appendPlainText(text[len(self._shown) + 1 :])
        else:
            self.setPlainText(text)
        self._shown = text


def facts_as_text(recorded: Sequence[Fact]) -> str:
    """All material of a request, as it was heard."""
    parts = []
    for fact in recorded:
        value = wire.parse_object(fact.text)
        body = fact.text if isinstance(value, str) else json.dumps(value, indent=2)
        head = f"{fact.at:%Y-%m-%d %H:%M:%S.%f}"[:-3]
        parts.append(f"--- {head} UTC  {fact.source.value}  {fact.kind.value}\n{body}")
    return "\n".join(parts)
