"""The requests view: table, detail, new-request form and practice phone, by the room there is.

The detail stands beside the table while both fit, else below it. The form and the phone are panels
that a person opens; the form takes the place of the detail where there is no room for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QWidget

from xumm_desk.locale.translation import _

from .columns import Column
from .pane import RequestPane
from .table_columns.widths import min_width

_CLOSED: Final = "requests closed"
_DETAIL: Final = "detail"
_PHONE: Final = "phone"
_FORM_WIDTH: Final = "requests form width"
_SIZE_NAMES: Final[dict[tuple[bool, str], str]] = {
    (True, _DETAIL): "requests detail beside",
    (False, _DETAIL): "requests detail below",
    (True, _PHONE): "requests phone below",
    (False, _PHONE): "requests phone beside",
}
"""Under which name a size is kept: by whether the detail is beside the table, and of what."""

_TABLE_COLUMNS: Final = (Column.STATUS, Column.LEFT, Column.REFERENCE, Column.AMOUNT, Column.ASSET)
"""What a table beside a detail has to show."""
_FILTERS: Final = 96
"""Pixels of the filters in their narrow form."""
_FORM: Final = 380
_PHONE_HEIGHT: Final = 300
_PHONE_WIDTH: Final = 280


class RequestsPage(QWidget):
    """Fills the requests view. `detail_action` and `phone_action` open and close their panels; Esc
    closes the form, else the detail. `form_toggled` says that the form was opened or closed."""

    form_toggled = Signal(bool)

    def __init__(
        self,
        *,
        pane: RequestPane,
        detail: QWidget,
        form: QWidget,
        phone: QWidget | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pane, self._detail, self._form, self._phone = pane, detail, form, phone
        self._sizes: dict[str, int] = {}
        self._is_arranging = False
        self._form_open = False
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._outer = QSplitter(horizontal, self)
        self._inner = QSplitter(horizontal, self._outer)
        self._evidence = QSplitter(vertical)
        self._inner.addWidget(pane)
        self._inner.addWidget(self._evidence)
        self._evidence.addWidget(detail)
        self._outer.addWidget(form)
        for splitter in (self._evidence, self._inner, self._outer):
            splitter.setChildrenCollapsible(False)
            splitter.setStretchFactor(0, 1)
            splitter.setStretchFactor(1, 0)
            splitter.splitterMoved.connect(self._remember_sizes)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._outer)
        self.detail_action = self._toggle(_("Details"), ["F4", "Ctrl+D"], checked=True)
        self.phone_action = self._toggle(_("Practice phone"), ["F9"], checked=True)
        columns = pane.view.columns
        self.panel_actions = (
            self.detail_action,
            *([self.phone_action] if phone else []),
            pane.saved.save_action,
            pane.view.follow.action,
            columns.arrange_action,
            columns.reset_action,
        )
        self.new_button = QPushButton(_("New request"))
        self.new_button.setProperty("primary", True)
        self.new_button.setToolTip(_("{action} ({keys})", action=_("New request"), keys="Ctrl+N"))
        pane.add_button(self.new_button)
        self._arrange()

    @property
    def is_beside(self) -> bool:
        """Whether the detail stands beside the table, not below it."""
        return self._inner.orientation() is Qt.Orientation.Horizontal

    @property
    def form_is_open(self) -> bool:
        """Whether the form is shown."""
        return self._form_open

    def take_phone(self) -> None:
        """Take the practice phone back from another view."""
        if self._phone is not None:
            self._evidence.addWidget(self._phone)
            self._evidence.setStretchFactor(1, 0)
        self._arrange()

    def open_form(self) -> None:
        """Show the form, with what was typed in it before."""
        self._set_form(True)

    def close_form(self) -> None:
        """Hide the form; what is typed stays in it."""
        self._set_form(False)

    def open_detail(self) -> None:
        """Show the detail of the selected request, in place of a form that hides it."""
        self.detail_action.setChecked(True)
        if self._form_open and not self._has_room_for_both():
            self._set_form(False)

    def close_detail(self) -> None:
        """Give the table all the room."""
        self.detail_action.setChecked(False)

    def state(self) -> dict[str, str]:
        """Sizes and open panels, as the settings keep them."""
        closed = [
            name
            for name, action in ((_DETAIL, self.detail_action), (_PHONE, self.phone_action))
            if not action.isChecked()
        ]
        kept = {name: str(size) for name, size in self._sizes.items()}
        return {**kept, _CLOSED: " ".join(closed)}

    def restore(self, kept: Mapping[str, str]) -> None:
        """Take over what `state` returned in an earlier run."""
        for name in (_FORM_WIDTH, *_SIZE_NAMES.values()):
            text = str(kept.get(name, ""))
            if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 10_000:
                self._sizes[name] = int(text[:6])
        closed = str(kept.get(_CLOSED, "")).split()
        self.detail_action.setChecked(_DETAIL not in closed)
        self.phone_action.setChecked(_PHONE not in closed)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size may have room for another order."""
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes what was opened last: the form, then the detail."""
        if event.key() == Qt.Key.Key_Escape and self._close_one():
            return
        super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """The table alone: everything else can be closed."""
        return QSize(480, 320)

    def _close_one(self) -> bool:
        if self._form_open:
            self.close_form()
        elif self.detail_action.isChecked():
            self.close_detail()
        else:
            return False
        return True

    def _toggle(self, words: str, keys: list[str], *, checked: bool) -> QAction:
        action = QAction(words, self)
        action.setCheckable(True)
        action.setChecked(checked)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.toggled.connect(self._toggled)
        return action

    def _toggled(self) -> None:
        had_focus = self._has_focus(self._evidence)
        self._arrange()
        if had_focus and not self._evidence.isVisible():
            self._pane.focus_list()

    def _set_form(self, is_open: bool) -> None:
        if is_open == self._form_open:
            return
        had_focus = self._has_focus(self._form)
        self._form_open = is_open
        self._arrange()
        if had_focus and not is_open:
            self._pane.focus_list()
        self.form_toggled.emit(is_open)

    def _has_focus(self, within: QWidget) -> bool:
        focused = within.window().focusWidget()
        return focused is not None and within.isAncestorOf(focused)

    # Who stands where.

    def _arrange(self) -> None:
        """Decide by the room there is; sizes are those that a person has chosen for this order."""
        if self._is_arranging:
            return
        self._is_arranging = True
        form_open, detail_open = self._form_open, self.detail_action.isChecked()
        form_width = self._form_width() if form_open else 0
        room = self.width() - form_width
        beside = room >= self._table_width() + self._detail.sizeHint().width()
        if form_open and not self._has_room_for_both():
            detail_open = False
        self._form.setVisible(form_open)
        self._detail.setVisible(detail_open)
        if self._phone is not None and self._phone.parent() is self._evidence:
            self._phone.setVisible(detail_open and self.phone_action.isChecked())
        self._evidence.setVisible(detail_open)
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._inner.setOrientation(horizontal if beside else vertical)
        self._evidence.setOrientation(vertical if beside else horizontal)
        self._outer.setSizes([room, form_width])
        if detail_open:
            whole = room if beside else self.height()
            detail = self._detail_size(beside=beside)
            self._inner.setSizes([whole - detail, detail])
            across = self.height() if beside else room
            usual = min(_PHONE_HEIGHT, across * 38 // 100) if beside else _PHONE_WIDTH
            phone = self._sizes.get(_SIZE_NAMES[beside, _PHONE], usual)
            self._evidence.setSizes([across - phone, phone])
        self._is_arranging = False

    def _has_room_for_both(self) -> bool:
        """Whether a form beside the detail leaves the table more than its least."""
        table = self._table_width() * 4 // 3
        detail = self._detail_size(beside=True)
        return self.width() >= self._form_width() + table + detail

    def _form_width(self) -> int:
        least = self._form.minimumSizeHint().width()
        return max(least, self._sizes.get(_FORM_WIDTH, min(_FORM, self.width() // 3)))

    def _table_width(self) -> int:
        return _FILTERS + sum(map(min_width, _TABLE_COLUMNS))

    def _detail_size(self, *, beside: bool) -> int:
        """The width of a detail beside the table, or the height of one below it."""
        least = self._detail.minimumSizeHint()
        chosen = self._sizes.get(_SIZE_NAMES[beside, _DETAIL])
        if not beside:
            return max(least.height(), chosen or self.height() * 45 // 100)
        usual = max(self._detail.sizeHint().width(), min(520, self.width() * 29 // 100))
        most = self.width() - self._table_width()
        return max(least.width(), min(most, chosen or usual))

    def _remember_sizes(self) -> None:
        """A person has moved a border."""
        if self._is_arranging:
            return
        if self._form_open:
            self._sizes[_FORM_WIDTH] = self._outer.sizes()[1]
        if self._evidence.isVisible():
            beside = self.is_beside
            self._sizes[_SIZE_NAMES[beside, _DETAIL]] = self._inner.sizes()[1]
            if self._phone is not None and self._phone.isVisible():
                self._sizes[_SIZE_NAMES[beside, _PHONE]] = self._evidence.sizes()[1]
