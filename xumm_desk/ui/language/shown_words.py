"""Exchange the texts on the screen when the language changes, whatever is open, typed or selected.

Qt's own way is a method in each widget that sets all its texts a second time. Here the setters of
Qt's classes remember the `Words` that they are given, so that `show_again` can hand each of them
over in the new language; what a widget holds besides (a price, a selection) is not touched. What is
painted or composed elsewhere is made again where `changeEvent` gets a LanguageChange.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from weakref import ref

import shiboken6
from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QDialogButtonBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidgetItem,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QWidget,
)

from xumm_desk.locale.words import Words

_PROPERTIES: Final[tuple[tuple[type, str, str], ...]] = (
    (QWidget, "setToolTip", "toolTip"),
    (QWidget, "setStatusTip", "statusTip"),
    (QWidget, "setAccessibleName", "accessibleName"),
    (QWidget, "setAccessibleDescription", "accessibleDescription"),
    (QWidget, "setWindowTitle", "windowTitle"),
    (QLabel, "setText", "text"),
    (QAbstractButton, "setText", "text"),
    (QGroupBox, "setTitle", "title"),
    (QMenu, "setTitle", "title"),
    (QMessageBox, "setText", "text"),
    (QMessageBox, "setInformativeText", "informativeText"),
    (QLineEdit, "setPlaceholderText", "placeholderText"),
    (QPlainTextEdit, "setPlaceholderText", "placeholderText"),
    (QAction, "setText", "text"),
    (QAction, "setIconText", "iconText"),
    (QAction, "setToolTip", "toolTip"),
    (QDateTimeEdit, "setDisplayFormat", "displayFormat"),
    (QListWidgetItem, "setText", "text"),
    (QListWidgetItem, "setToolTip", "toolTip"),
    (QTableWidgetItem, "setText", "text"),
    (QTableWidgetItem, "setToolTip", "toolTip"),
)
"""Class, setter and getter of what is one text."""

_BY_PLACE: Final[tuple[tuple[type, str, str], ...]] = (
    (QTabWidget, "setTabText", "tabText"),
    (QTabWidget, "setTabToolTip", "tabToolTip"),
    (QListWidgetItem, "setData", "data"),
    (QTableWidgetItem, "setData", "data"),
)
"""The same where the first argument says which text."""

_MADE_WITH_TEXT: Final[tuple[tuple[type, str], ...]] = (
    (QLabel, "setText"),
    (QPushButton, "setText"),
    (QCheckBox, "setText"),
    (QRadioButton, "setText"),
    (QGroupBox, "setTitle"),
    (QMenu, "setTitle"),
    (QAction, "setText"),
    (QListWidgetItem, "setText"),
    (QTableWidgetItem, "setText"),
)
"""Classes that are made with their text, and its setter."""

_MAKING: Final[tuple[tuple[type, str, str], ...]] = (
    (QMenu, "addAction", "setText"),
    (QMenu, "addMenu", "setTitle"),
    (QMenu, "addSection", "setText"),
    (QMenuBar, "addMenu", "setTitle"),
    (QActionGroup, "addAction", "setText"),
    (QDialogButtonBox, "addButton", "setText"),
    (QMessageBox, "addButton", "setText"),
)
"""Methods that return what they made of a text, and its setter."""

_SHOWN: Final = "_shown_words"
"""The attribute of what shows words: setter (and place) → the text that it was given, and what
shows it again."""

_showing: Final[dict[int, ref[Any]]] = {}
"""All that shows words by `id`, since items of lists have no hash; weak, so that closed windows
go."""


class LanguageChange(QObject):
    """Emits `changed` after the texts on the screen were exchanged: for models, which get no
    event."""

    changed = Signal()


language_change: Final = LanguageChange()


def install() -> None:
    """Let Qt's classes remember the words that they show. Call it before the first widget."""
    if hasattr(QLabel, _SHOWN):
        return  # by an application before: tests have several
    setattr(QLabel, _SHOWN, None)
    for kind, setter, getter in _PROPERTIES:
        _wrap_setter(kind, setter, getter)
    for kind, setter, getter in _BY_PLACE:
        _wrap_setter_by_place(kind, setter, getter)
    for kind, setter in _MADE_WITH_TEXT:
        _wrap_constructor(kind, setter)
    for kind, method, setter in _MAKING:
        _wrap_maker(kind, method, setter)
    _wrap_tab_widget()
    _wrap_combo_box()
    _wrap_table_header()


def show_again() -> None:
    """Show everything in the languages that are spoken now."""
    for weak in list(_showing.values()):
        shown = weak()
        if shown is not None and shiboken6.isValid(shown):
            for show in list(getattr(shown, _SHOWN).values()):
                show(shown)
    for window in QApplication.topLevelWidgets():
        QApplication.sendEvent(window, QEvent(QEvent.Type.LanguageChange))
    language_change.changed.emit()
    for widget in QApplication.allWidgets():
        if isinstance(widget, QAbstractItemView):
            widget.doItemsLayout()
        widget.updateGeometry()
        widget.update()


def _remember(shown: Any, key: object, show: Callable[[Any], None]) -> None:
    """`show` hands over again what `key` of `shown` got last. It must not hold `shown`, which would
    keep each widget from going with its window."""
    kept = getattr(shown, _SHOWN, None)
    if kept is None:
        kept = {}
        setattr(shown, _SHOWN, kept)
        key_of = id(shown)
        _showing[key_of] = ref(shown, lambda _gone: _showing.pop(key_of, None))
    kept[key] = show


def _wrap_setter(kind: Any, setter: str, getter: str) -> None:
    original, get = getattr(kind, setter), getattr(kind, getter)

    def put(self: Any, text: str) -> None:
        original(self, text)
        if type(text) is Words:
            _remember(self, setter, partial(_show, text, get, put))

    setattr(kind, setter, put)


def _show(words: Words, get: Any, put: Any, shown: Any, *place: object) -> None:
    """Show these words again, unless another text stands there by now."""
    if get(shown, *place) == words:
        put(shown, *place, words.again())


def _wrap_setter_by_place(kind: Any, setter: str, getter: str) -> None:
    original, get = getattr(kind, setter), getattr(kind, getter)

    def put(self: Any, place: Any, text: Any) -> None:
        original(self, place, text)
        if type(text) is Words:
            _remember(self, (setter, place), lambda shown: _show(text, get, put, shown, place))

    setattr(kind, setter, put)


def _wrap_constructor(kind: Any, setter: str) -> None:
    original = kind.__init__

    def make(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        _hand_over(self, setter, args)

    kind.__init__ = make


def _wrap_maker(kind: Any, method: str, setter: str) -> None:
    original = getattr(kind, method)

    def make(self: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(self, *args, **kwargs)
        _hand_over(made, setter, args)
        return made

    setattr(kind, method, make)


def _hand_over(made: Any, setter: str, args: tuple[Any, ...]) -> None:
    """What got its words when it was made gets them by its setter, which remembers them."""
    for words in args:
        if type(words) is Words:
            getattr(made, setter)(words)


def _wrap_tab_widget() -> None:
    original: Any = QTabWidget.addTab

    def add(self: QTabWidget, *args: Any) -> int:
        place: int = original(self, *args)
        if type(args[-1]) is Words:
            self.setTabText(place, args[-1])
        return place

    QTabWidget.addTab = add  # type: ignore[method-assign]


def _wrap_combo_box() -> None:
    """Items come and go, so they are found by their text."""
    original: Any = QComboBox.addItem

    def follow(box: QComboBox, words: Words) -> None:
        def show(box: QComboBox) -> None:
            place = box.findText(words)
            if place >= 0:
                now = Words(words.again(), words.again)
                box.setItemText(place, now)
                follow(box, now)

        _remember(box, str(words), show)

    def add(self: QComboBox, *args: Any) -> None:
        original(self, *args)
        for words in args:
            if type(words) is Words:
                follow(self, words)

    QComboBox.addItem = add  # type: ignore[method-assign, assignment]


def _wrap_table_header() -> None:
    original = QTableWidget.setHorizontalHeaderLabels

    def put(self: QTableWidget, labels: Sequence[str]) -> None:
        original(self, labels)
        words = [one for one in labels if type(one) is Words]
        if len(words) == len(labels):
            _remember(self, "header", lambda shown: put(shown, [one.again() for one in words]))

    QTableWidget.setHorizontalHeaderLabels = put  # type: ignore[method-assign]
