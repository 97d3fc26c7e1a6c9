"""Arrange the parts of a desk: the till, or the form beside table and detail; keep their sizes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from xumm_desk.ui.requests.pane import RequestPane

_SPLIT: Final = "split"
_MIDDLE: Final = "middle"
_COLUMNS: Final = "columns"


class DeskLayout:
    """Fills `view`. The practice phone, if there is one, stands beside the till or the detail,
    whichever is shown."""

    def __init__(
        self,
        view: QWidget,
        *,
        till: QWidget,
        form: QWidget,
        pane: RequestPane,
        detail: QWidget,
        phone: QWidget | None,
    ) -> None:
        self._pane, self._phone = pane, phone
        self._views = QStackedWidget()
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._below = QSplitter(Qt.Orientation.Horizontal)
        self._below.addWidget(detail)
        self._below.setStretchFactor(0, 1)
        self._below.setChildrenCollapsible(False)
        beside = QWidget()
        self._till_row = QHBoxLayout(beside)
        self._till_row.setContentsMargins(0, 0, 0, 0)
        self._till_row.addWidget(till, 1)
        if phone is not None:
            self._below.addWidget(phone)
            self._below.setSizes([900, 260])
        self._middle.addWidget(pane)
        self._middle.addWidget(self._below)
        self._middle.setStretchFactor(0, 1)
        self._middle.setChildrenCollapsible(False)
        self._split.addWidget(form)
        self._split.addWidget(self._middle)
        self._split.setStretchFactor(1, 1)
        self._split.setChildrenCollapsible(False)
        self._middle.setSizes([230, 550])
        self._split.setSizes([350, 1090])
        self._views.addWidget(beside)
        self._views.addWidget(self._split)
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._views)

    def show_till(self, till: bool) -> None:
        """Show the till, or the requests."""
        self._views.setCurrentIndex(0 if till else 1)
        if self._phone is not None:
            if till:
                self._till_row.addWidget(self._phone)
            else:
                self._below.addWidget(self._phone)

    def state(self) -> dict[str, str]:
        """The sizes that a person has chosen, as the settings keep them."""
        return {
            _COLUMNS: _to_text(self._pane.view.layout_state()),
            _SPLIT: _to_text(self._split.saveState()),
            _MIDDLE: _to_text(self._middle.saveState()),
        }

    def restore(self, kept: dict[str, str]) -> None:
        """Take over what `state` returned in an earlier run."""
        for name, restore in (
            (_COLUMNS, self._pane.view.restore_layout),
            (_SPLIT, self._split.restoreState),
            (_MIDDLE, self._middle.restoreState),
        ):
            if kept.get(name):
                restore(QByteArray.fromHex(QByteArray(kept[name].encode())))


def _to_text(state: QByteArray) -> str:
    return bytes(state.toHex().data()).decode()
