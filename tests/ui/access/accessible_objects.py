"""What a screen reader finds in a window: roles, names and values, asked of Qt's own interfaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QButtonGroup,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QSlider,
    QSplitterHandle,
    QTabBar,
    QTextEdit,
    QToolButton,
    QWidget,
)

from xumm_desk.ui.lamps.lamp import Lamp
from xumm_desk.ui.lock.pin_pad import PinPad
from xumm_desk.ui.requests.table_view import RequestTableView
from xumm_desk.ui.till.keypad import Keypad
from xumm_desk.ui.till.till_view import TillView

OURS: Final = "xumm_desk."
FIELDS: Final = (QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit, QSlider)


def interface(widget: QWidget) -> QAccessibleInterface:
    """What Qt hands to a screen reader for a widget."""
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None, widget
    return found


def name_of(widget: QWidget) -> str:
    """The name that is spoken."""
    return interface(widget).text(QAccessible.Text.Name)


def description_of(widget: QWidget) -> str:
    """What is spoken after the name."""
    return interface(widget).text(QAccessible.Text.Description)


def shown_widgets(root: QWidget) -> Iterator[QWidget]:
    """The widgets under `root` that are on the screen, without the parts of Qt's own widgets."""
    for widget in root.findChildren(QWidget):
        if widget.isVisible() and widget.window() is root and not _is_part(widget):
            yield widget


def _is_part(widget: QWidget) -> bool:
    """Whether it belongs to a widget of Qt's that speaks for it."""
    if isinstance(widget, QScrollBar | QHeaderView | QSplitterHandle):
        return True
    parent = widget.parentWidget()
    if widget.objectName().startswith("qt_"):
        return True
    if isinstance(widget, QLineEdit) and isinstance(parent, QComboBox | QAbstractSpinBox):
        return True
    if isinstance(widget, QToolButton) and isinstance(parent, QLineEdit | QTabBar):
        return True
    return isinstance(parent, QComboBox) or type(widget).__name__ == "QTableCornerButton"


def is_painted(widget: QWidget) -> bool:
    """Whether a class of ours paints it, so that Qt knows nothing of what is seen."""
    return any(
        "paintEvent" in vars(one) for one in type(widget).__mro__ if one.__module__[:10] == OURS
    )


GROUNDS: Final = frozenset(
    {
        *("Banner", "RequestPane", "SimulatorPanel", "LampWindow", "NetworkFrame"),
        *("Surround", "CodeCard", "Logo", "StatusCard", "ShapeIcon", "_Ring"),
    }
)
"""Widgets that paint a ground, an edge or a shape of which a text beside them says the same."""

ROLES: Final = QAccessible.Role
SPEAKING: Final = frozenset(
    {
        *(ROLES.StaticText, ROLES.Graphic, ROLES.Button, ROLES.CheckBox, ROLES.RadioButton),
        *(ROLES.EditableText, ROLES.ComboBox, ROLES.SpinBox, ROLES.Slider, ROLES.ProgressBar),
        *(ROLES.Table, ROLES.List, ROLES.Tree, ROLES.ButtonMenu, ROLES.PageTabList),
    }
)
"""Roles of which every screen reader says something."""


CELL_ROLES: Final = frozenset({ROLES.Cell, ROLES.ListItem, ROLES.TreeItem})
CELLS: Final = 400
"""So many cells of a view are looked at."""

PARTS: Final = 4
"""So often Tab may stay in one field."""


def is_interactive(widget: QWidget) -> bool:
    """Whether a person can do something with it."""
    return isinstance(widget, (QAbstractButton, *FIELDS, QAbstractItemView))


def without_name(root: QWidget) -> Iterator[str]:
    """Whatever can be used or is painted, and says nothing."""
    for widget in shown_widgets(root):
        name = type(widget).__name__
        if not (is_interactive(widget) or (is_painted(widget) and name not in GROUNDS)):
            continue
        if isinstance(widget, QComboBox):
            continue  # see `unlabelled`
        if not name_of(widget) and not _is_empty(widget):
            yield f"{name} {widget.objectName()} {widget.toolTip()}"


def _is_empty(widget: QWidget) -> bool:
    """Whether a painted widget shows nothing now, but keeps its room."""
    return _is_flat(widget.grab().toImage())


def _is_flat(picture: QImage) -> bool:
    if picture.isNull():
        return True
    first = picture.pixelColor(0, 0)
    return all(
        picture.pixelColor(x, y) == first
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    )


def without_role(root: QWidget) -> Iterator[str]:
    """Whatever can be used or is painted, and has a role that is not spoken."""
    for widget in shown_widgets(root):
        name = type(widget).__name__
        if is_interactive(widget) or (is_painted(widget) and name not in GROUNDS):
            role = interface(widget).role()
            if role not in SPEAKING:
                yield f"{name} is a {role.name}"


def ambiguous(root: QWidget) -> Iterator[str]:
    """Buttons and fields of which two have one name, and nothing that tells them apart."""
    said = Counter(
        (name_of(one), description_of(one))
        for one in shown_widgets(root)
        if isinstance(one, QAbstractButton | QLineEdit | QPlainTextEdit)
    )
    yield from (f"{count} times: {name}" for (name, _), count in said.items() if count > 1)


def unlabelled(root: QWidget) -> Iterator[str]:
    """Combo boxes without a label of their own: on Linux their name is their value, and only a
    label says what it is about."""
    for widget in shown_widgets(root):
        if isinstance(widget, QComboBox):
            related = interface(widget).relations()
            if not any(flag & QAccessible.RelationFlag.Label for _, flag in related):
                yield f"{type(widget).__name__} {widget.accessibleName()}"


def wordless_cells(root: QWidget) -> Iterator[str]:
    """Cells of which a screen reader says nothing although something stands in them."""
    for view in shown_widgets(root):
        if not isinstance(view, QAbstractItemView):
            continue
        spoken = interface(view)
        for number in range(min(spoken.childCount(), CELLS)):
            cell = spoken.child(number)
            if cell is None or cell.role() not in CELL_ROLES:
                continue
            if not cell.text(QAccessible.Text.Name) and _is_seen(view, cell):
                yield f"{type(view).__name__} {number} {cell.role().name}"


def _is_seen(view: QAbstractItemView, cell: QAccessibleInterface) -> bool:
    """Whether anything is painted at the cell's place."""
    corner = view.viewport().mapFromGlobal(cell.rect().topLeft())
    place = cell.rect().translated(corner - cell.rect().topLeft())
    place = place.adjusted(3, 3, -3, -3).intersected(view.viewport().rect())
    picture = view.viewport().grab(place).toImage() if place.isValid() else None
    return picture is not None and not _is_flat(picture)


def tab_order(
    root: QWidget, look: Callable[[QWidget], object] = lambda _stop: None
) -> list[QWidget]:
    """What Tab reaches in the window, in order; `look` is called while each has the focus."""
    root.activateWindow()
    QApplication.processEvents()
    first = QApplication.focusWidget()
    if first is None or first.window() is not root:
        root.setFocus(Qt.FocusReason.OtherFocusReason)
    reached: list[QWidget] = []
    stays = 0  # within one field, such as the parts of a date
    while stays < PARTS:
        before = QApplication.focusWidget() or root
        QTest.keyClick(before, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is None or (now is not before and now in reached):
            break
        stays = stays + 1 if now is before else 0
        reached += [now] if now not in reached else []
        look(now)
    return reached


def unreachable(root: QWidget) -> Iterator[str]:
    """Whatever can be used and is not reached by Tab, nor by a key of its own."""
    reached = tab_order(root)
    groups = {one.group() for one in reached if isinstance(one, QAbstractButton)} - {None}
    for widget in shown_widgets(root):
        if not widget.isEnabled() or widget in reached or widget.focusProxy() is not None:
            continue
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield f"{type(widget).__name__} {name_of(widget)!r} is skipped"
        elif is_interactive(widget) and not (_has_key(widget) or _has_arrows(widget, groups)):
            yield f"{type(widget).__name__} {name_of(widget)!r} takes no focus"


def _has_arrows(widget: QWidget, groups: set[QButtonGroup]) -> bool:
    """Whether it is one of several that are one stop for Tab: arrow keys go on from there."""
    return isinstance(widget, Lamp) or (
        isinstance(widget, QAbstractButton) and widget.group() in groups
    )


def _has_key(widget: QWidget) -> bool:
    """Whether a key of the keyboard says what this one for fingers says."""
    parent = widget.parentWidget()
    erases = isinstance(widget, QPushButton) and widget.text() == "⌫"
    return isinstance(parent, Keypad | PinPad) or erases


def key_for_menu(widget: QWidget) -> QContextMenuEvent:
    """What the menu key and Shift+F10 send to the widget that has the focus."""
    spot = widget.rect().center()
    return QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, spot, widget.mapToGlobal(spot))


def silent_menus(root: QWidget) -> Iterator[str]:
    """Widgets with a menu for the right mouse button that the menu key does not open."""
    for widget in [root, *shown_widgets(root)]:
        if not _has_menu(widget) or not widget.isEnabled():
            continue
        opened: list[QMenu] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(QMenu, "popup", lambda menu, *_: opened.append(menu))  # noqa: B023
            QApplication.sendEvent(widget, key_for_menu(widget))
        takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) or widget.isWindow()
        # Of several of which one is chosen, the chosen one alone is reached by Tab.
        takes_focus |= isinstance(widget, QAbstractButton) and widget.group() is not None
        if not (takes_focus and opened):
            yield type(widget).__name__


def _has_menu(widget: QWidget) -> bool:
    """Whether our code shows a menu at the right mouse button."""
    if isinstance(widget, RequestTableView) and not widget.currentIndex().isValid():
        return False  # a menu is about a request
    if widget.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents):
        return False  # the customer's code is only looked at: clicks go to the window
    ours = any(
        "contextMenuEvent" in vars(one)
        for one in type(widget).__mro__
        if one.__module__.startswith(OURS)
    )
    return ours or widget.contextMenuPolicy() is Qt.ContextMenuPolicy.CustomContextMenu


def unseen_focus(root: QWidget) -> Iterator[str]:
    """What looks the same when Tab has reached it and when Tab has left it."""
    looks: dict[QWidget, QImage] = {}
    for widget in tab_order(root, lambda stop: looks.setdefault(stop, stop.grab().toImage())):
        if widget.hasFocus() or widget is root or isinstance(widget, TillView):
            continue  # the till takes digits wherever the focus is: its price shows them
        if widget.isVisible() and widget.grab().toImage() == looks[widget]:
            yield f"{type(widget).__name__} {name_of(widget)!r}"
