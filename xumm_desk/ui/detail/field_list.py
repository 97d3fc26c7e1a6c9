"""Names and values in sections, each value to be selected and copied whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.theme import Space, escape_tooltip
from xumm_desk.ui.widgets.containers import ContentHeightScrollArea, EmptyView
from xumm_desk.ui.widgets.labels import text_label, wrapped_label

_ONE_LINE: Final = 24
"""Characters of a word from which on it gets a line that scrolls: it cannot be wrapped."""


@dataclass(frozen=True, slots=True)
class Section:
    """Names and values under a title. `link` is the address of a page about it; `note` says what is
    to be known besides, for instance why there is no link."""

    title: str
    fields: tuple[tuple[str, str], ...]
    link: str = ""
    note: str = ""


class FieldList(QWidget):
    """Sections of names and values; `empty` stands there where there is none. `link_asked` carries
    the address of a page that a person wants to see; it is opened in the browser."""

    link_asked = Signal(str)

    def __init__(self, empty: tuple[str, str] = ("", "")) -> None:
        super().__init__()
        self._shown: tuple[Section, ...] | None = None
        self._values: list[QWidget] = []
        self._empty_view = EmptyView()
        self._empty_view.show_message(*empty)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, int(Space.S), int(Space.S), int(Space.S))
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(int(Space.M))
        self._form.setVerticalSpacing(int(Space.XS))
        column.addLayout(self._form)
        column.addStretch(1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty_view)
        self._stack.addWidget(ContentHeightScrollArea(self._body, _("Details")))
        self.link_asked.connect(lambda link: QDesktopServices.openUrl(QUrl(link)))

    def show_empty(self, title: str, words: str) -> None:
        """Show a sentence in place of sections."""
        self._empty_view.show_message(title, words)
        self.show_sections(())

    def show_sections(self, sections: Sequence[Section]) -> None:
        """Show these; where only values differ, they are changed in place."""
        fresh = tuple(section for section in sections if section.fields)
        if fresh == self._shown:
            return
        kept, self._shown = self._shown, fresh
        self._stack.setCurrentIndex(1 if fresh else 0)
        if kept is not None and _structure(kept) == _structure(fresh):
            pairs = [pair for section in fresh for pair in section.fields]
            for widget, (name, value) in zip(self._values, pairs, strict=True):
                _set_value(widget, name, value)
            return
        self._rebuild(fresh)

    def _rebuild(self, sections: Sequence[Section]) -> None:
        self._values = []
        while self._form.rowCount():
            self._form.removeRow(0)
        for number, section in enumerate(sections):
            if section.title:
                title = text_label(section.title, strong=True)
                title.setContentsMargins(0, int(Space.S) if number else 0, 0, 0)
                self._form.addRow(title)
            for name, value in section.fields:
                field = _make_value(value)
                _set_value(field, name, value)
                self._values.append(field)
                label = text_label(name, muted=True)
                label.setWordWrap(False)
                self._form.addRow(label, field)
            if section.link:
                self._form.addRow(self._link(section.link))
            if section.note:
                self._form.addRow(wrapped_label(section.note, muted=True))

    def _link(self, link: str) -> QPushButton:
        host = QUrl(link).host()
        button = QPushButton(_("Open in the explorer ({host})", host=host))
        button.setToolTip(escape_tooltip(link))
        button.setAccessibleDescription(tr(link))
        button.clicked.connect(lambda: self.link_asked.emit(link))
        return button


def _structure(sections: Sequence[Section]) -> object:
    """What has to be equal so that widgets can be kept."""
    return [
        (one.title, one.link, one.note, [(name, _is_long(value)) for name, value in one.fields])
        for one in sections
    ]


def _is_long(value: str) -> bool:
    return " " not in value and len(value) > _ONE_LINE


def _make_value(value: str) -> QWidget:
    if not _is_long(value):
        return text_label()
    line = QLineEdit()
    line.setReadOnly(True)
    line.setFrame(False)
    line.setTextMargins(-2, 0, 0, 0)  # in line with labels: Qt's own margin stands before it
    line.setProperty("flat", True)
    return line


def _set_value(widget: QWidget, name: str, value: str) -> None:
    widget.setAccessibleName(tr(Message("{name}: {value}", name=name, value=value)))
    if isinstance(widget, QLineEdit):
        widget.setText(value)
        widget.setCursorPosition(0)
        widget.setToolTip(escape_tooltip(value))
    elif isinstance(widget, QLabel):
        widget.setText(tr(value))
