"""A layout that puts widgets side by side, and begins a new line where there is no more room."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem

from xumm_desk.ui.style.theme import Space


class FlowLayout(QLayout):
    """Lines of widgets. With `even` those of a line share its width, and all are as wide as the
    widest needs."""

    def __init__(self, *, even: bool = False) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._even = even
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(int(Space.M if even else Space.S))

    def addItem(self, item: QLayoutItem) -> None:
        """Called by `addWidget`."""
        self._items.append(item)

    def count(self) -> int:
        """How many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """One of them."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove one of them."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """High enough for all lines."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, int]]]:
        """Which item is in which line, and how wide."""
        shown, gap = self._shown(), self.spacing()
        if not shown:
            return []
        if self._even:
            widest = max(item.minimumSize().width() for item in shown)
            each = max(1, min(len(shown), (width + gap) // (widest + gap)))
            wide = (width - gap * (each - 1)) // each
            lines = [shown[first : first + each] for first in range(0, len(shown), each)]
            return [[(item, wide) for item in line] for line in lines]
        found: list[list[tuple[QLayoutItem, int]]] = [[]]
        used = 0
        for item in shown:
            wide = min(item.sizeHint().width(), width)
            if found[-1] and used + wide > width:
                found.append([])
                used = 0
            found[-1].append((item, wide))
            used += wide + gap
        return found

    def _place(self, rect: QRect, *, move: bool) -> int:
        top = rect.top()
        parent = self.parentWidget()
        mirrored = parent is not None and parent.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for number, line in enumerate(self._lines(rect.width())):
            top += self.spacing() if number else 0
            high = max(_height(item, wide) for item, wide in line)
            left = rect.left()
            for item, wide in line:
                if move:
                    x = rect.left() + rect.right() - left - wide + 1 if mirrored else left
                    item.setGeometry(QRect(QPoint(x, top), QSize(wide, _height(item, wide))))
                left += wide + self.spacing()
            top += high
        return top - rect.top()


def _height(item: QLayoutItem, width: int) -> int:
    if item.hasHeightForWidth():
        return item.heightForWidth(width)
    return item.sizeHint().height()
