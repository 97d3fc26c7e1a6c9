"""Speak the visible requests of the table whose status changed, a few at a time."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleTableModelChangeEvent
from PySide6.QtWidgets import QTableView

from xumm_desk.core.message import LABEL_SEPARATOR, Message, Sentences
from xumm_desk.core.sale.sale import request_label, sale_of
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.ui.widgets.announcement import CollectedAnnouncements, announce

from . import columns
from .columns import Column

_NAMED: Final = 3
"""So many requests are named in one announcement."""


class SpokenChanges(QObject):
    """Collects the changes of visible rows while a screen reader listens."""

    def __init__(self, view: QTableView, clock: Clock) -> None:
        super().__init__(view)
        self._view, self._clock = view, clock
        self._changed: dict[str, str] = {}
        self.collected = CollectedAnnouncements(self._speak, self)

    def note(self, before: RequestRow, row: RequestRow | None) -> None:
        """The visible row was `before` and is `row` now."""
        if row is None or not QAccessible.isActive() or not self._view.isVisible():
            return
        if row.verdict.final and sale_of(row.request.spec) is not None:
            return  # the till says how its sales end, in whichever view
        status = self._status(row)
        if status != self._status(before):
            self._changed[row.identifier] = tr(
                Sentences(
                    [as_written(tr(request_label(row.request.spec))), status], LABEL_SEPARATOR
                )
            )
            self.collected.note()

    def _speak(self) -> None:
        """Say what has changed since the last time."""
        said, self._changed = [*self._changed.values()], {}
        if not said or not self._view.isVisible():
            return
        # Qt's own view reports this for each change; the table repaints on its own instead.
        kinds = QAccessibleTableModelChangeEvent.ModelChangeType
        QAccessible.updateAccessibility(
            QAccessibleTableModelChangeEvent(self._view, kinds.DataChanged)
        )
        if len(said) > _NAMED:
            count = len(said)
            words = _(
                "{count} request changed its status.",
                plural="{count} requests changed their status.",
                n=count,
                count=count,
            )
        else:
            words = tr(Sentences([Message("{change}.", change=one) for one in said]))
        announce(self._view, words)

    def _status(self, row: RequestRow) -> str:
        return tr(columns.cell_text(row, Column.STATUS, self._clock))
