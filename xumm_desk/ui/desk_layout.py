"""Arrange the parts of a desk: till, requests, report; keep the sizes that a person chose."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from xumm_desk.ui.requests.page import RequestsPage
from xumm_desk.ui.requests.pane import RequestPane
from xumm_desk.ui.requests.table_columns.column_state import state_from_text
from xumm_desk.ui.requests.table_columns.header_state import state_from_header

_COLUMNS: Final = "requests columns"
_OLD_COLUMNS: Final = "columns"
"""Where an earlier version kept them, in a form of Qt's own."""
_FOLLOW: Final = "requests follow"
_OFF: Final = "off"


class DeskLayout:
    """Fills `view`. The practice phone, if there is one, stands beside the till or with the detail,
    whichever is shown."""

    def __init__(
        self,
        view: QWidget,
        *,
        till: QWidget,
        form: QWidget,
        pane: RequestPane,
        detail: QWidget,
        report: QWidget,
        phone: QWidget | None,
    ) -> None:
        self._pane, self._phone = pane, phone
        # From the outside in: Qt styles all that is in a widget anew whenever that gets a parent.
        self._views = QStackedWidget(view)
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._views)
        beside = QWidget(self._views)
        self._views.addWidget(beside)
        self._till_row = QHBoxLayout(beside)
        self._till_row.setContentsMargins(0, 0, 0, 0)
        self._till_row.addWidget(till, 1)
        self.requests = RequestsPage(
            pane=pane, detail=detail, form=form, phone=phone, parent=self._views
        )
        self._views.addWidget(self.requests)
        self._views.addWidget(report)
        self._report = report

    def show_till(self, till: bool) -> None:
        """Show the till, or the requests."""
        self._views.setCurrentIndex(0 if till else 1)
        if not till:
            self.requests.take_phone()
        elif self._phone is not None:
            self._till_row.addWidget(self._phone)
            self._phone.show()

    def show_report(self) -> None:
        """Show the report; the practice phone stays where it was, unseen."""
        self._views.setCurrentWidget(self._report)

    def state(self) -> dict[str, str]:
        """The sizes that a person has chosen, as the settings keep them."""
        view = self._pane.view
        return {
            _COLUMNS: view.columns.state().to_text(),
            _FOLLOW: "" if view.follow.action.isChecked() else _OFF,
            **self.requests.state(),
        }

    def restore(self, kept: dict[str, str]) -> None:
        """Take over what `state` returned in an earlier run; what an older program kept besides
        is left alone."""
        view = self._pane.view
        if _COLUMNS in kept:
            view.columns.use(state_from_text(kept[_COLUMNS]))
        elif (old := state_from_header(kept.get(_OLD_COLUMNS, ""))) is not None:
            view.columns.use(old)
        view.follow.action.setChecked(kept.get(_FOLLOW) != _OFF)
        self.requests.restore(kept)
