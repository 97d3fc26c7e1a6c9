"""Knows where the shown columns of a table lie, looked up again only when its header has moved any
of them. Must not know what is in them."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QHeaderView

from .columns import Column

ColumnSpan: TypeAlias = tuple[Column, int, int]
"""A column in view, its left edge and its width."""


class VisibleColumns:
    """The columns of one header, from its first to its last."""

    def __init__(self, header: QHeaderView) -> None:
        self._header = header
        self._place: tuple[int, int] | None = None
        self._spans: list[ColumnSpan] = []
        for moved in (header.sectionResized, header.sectionMoved, header.geometriesChanged):
            moved.connect(self.invalidate)

    def invalidate(self) -> None:
        """Look again: what the header restores from a file it tells nobody."""
        self._place = None

    def spans(self) -> list[ColumnSpan]:
        """All that are shown."""
        header = self._header
        place = header.offset(), header.width()
        if place != self._place:
            self._place = place
            self._spans = [
                (column, header.sectionViewportPosition(column), header.sectionSize(column))
                for column in Column
                if not header.isSectionHidden(column)
            ]
        return self._spans

    def in_rect(self, part: QRect) -> list[ColumnSpan]:
        """Those that lie in a part of the view."""
        first, last = part.left(), part.right()
        return [one for one in self.spans() if one[1] <= last and one[1] + one[2] > first]
