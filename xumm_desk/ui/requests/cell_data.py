"""What the model says of one cell: text, spoken text, tooltip and side."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt

from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.theme import escape_tooltip
from xumm_desk.ui.widgets.mirroring import NUMBER_SIDE, TEXT_SIDE

from . import columns, past_cells
from .columns import NUMBERS, TITLES, Column

_RIGHT: Final = int(NUMBER_SIDE)
_LEFT: Final = int(TEXT_SIDE)


def row_data(row: RequestRow, column: Column, role: int, clock: Clock) -> Any:
    """Of a row in memory; None for roles that nobody needs."""
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return tr(columns.cell_text(row, column, clock))
        case Qt.ItemDataRole.AccessibleTextRole:
            spoken = (
                columns.time_left_sentence(row, clock)
                if column is Column.LEFT
                else columns.cell_text(row, column, clock)
            )
            return _("{name}: {value}", name=TITLES[column], value=spoken)
        case Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(columns.tooltip(row, column, clock))
    return _side(column, role)


def past_data(
    past: RequestSummary | None, column: Column, role: int, clock: Clock, network: str
) -> Any:
    """Of a request of the history in a shop of `network`; None for one that is not read yet."""
    if past is None:
        waits = role == Qt.ItemDataRole.DisplayRole
        return _("Loading…") if waits else _side(column, role)
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return tr(past_cells.cell_text(past, column, clock, network))
        case Qt.ItemDataRole.AccessibleTextRole:
            words = past_cells.cell_text(past, column, clock, network)
            return _("{name}: {value}", name=TITLES[column], value=words)
        case Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(past_cells.tooltip(past, column, clock, network))
    return _side(column, role)


def title_data(column: Column, role: int) -> Any:
    """Of a title, which is aligned like its column."""
    if role == Qt.ItemDataRole.DisplayRole:
        return tr(TITLES[column])
    if role == Qt.ItemDataRole.ToolTipRole:
        return escape_tooltip(columns.title_tooltip(column)) or None
    return _side(column, role)


def _side(column: Column, role: int) -> Any:
    if role != Qt.ItemDataRole.TextAlignmentRole:
        return None
    return _RIGHT if column in NUMBERS else _LEFT
