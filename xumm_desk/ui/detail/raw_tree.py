"""The raw facts of a request as a tree to fold: what platform, ledger and this desk wrote, without
tokens and keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import as_line, escape_controls, strip_controls
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.wire import json_fields, redaction
from xumm_desk.core.wire.json_fields import Json
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space, escape_tooltip

from .timeline import SOURCE_NAMES, fact_text

_MOST: Final = 500
"""Lines that one level shows; of a longer list the rest is in the copy only."""

_LONG: Final = 2000
"""Characters of a value that are shown."""

_FOLDER: Final = QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator


class RawItem(QTreeWidgetItem):
    """One line: a fact, or a value of its JSON. The lines below it are made when it is unfolded."""

    def __init__(self, text: str, value: Json, fact: Fact | None = None) -> None:
        super().__init__([_shown(text)])
        self.value, self.fact, self.is_filled = value, fact, False
        if fact is not None or (isinstance(value, Mapping | list) and value):
            self.setChildIndicatorPolicy(_FOLDER)


def _shown(text: str) -> str:
    shown = escape_controls(text if len(text) <= _LONG else text[:_LONG] + "…")
    return as_line(shown) if formats.is_right_to_left() else shown


class RawTree(QTreeWidget):
    """Facts, oldest first, folded. What is unfolded stays so while facts come in; `copied` carries
    what went to the clipboard."""

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self._known: Set[str] = frozenset()
        self.setAccessibleName(_("Raw answers"))
        self.setHeaderHidden(True)
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setFont(theme.font(Size.SMALL, fixed=True))
        self.setUniformRowHeights(True)
        self.setIndentation(int(Space.L))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.itemExpanded.connect(self._fill)

    def show_facts(self, recorded: Sequence[Fact], known: Set[str]) -> None:
        """Show these; `known` are the UUIDs that may be shown (lower case)."""
        fresh, count = tuple(recorded), len(self._facts)
        if fresh == self._facts and known == self._known:
            return
        same = known == self._known and fresh[:count] == self._facts
        if not same:
            self.clear()
            count = 0
        self._facts, self._known = fresh, known
        self.addTopLevelItems([_fact_item(fact) for fact in fresh[count:]])

    def say_again(self) -> None:
        """The language is another one."""
        for place in range(self.topLevelItemCount()):
            item = self.topLevelItem(place)
            if isinstance(item, RawItem) and item.fact is not None:
                _say(item, item.fact)

    def text(self) -> str:
        """All facts as text, redacted."""
        return "\n".join(self._fact_as_text(fact) for fact in self._facts)

    def copy_all(self) -> None:
        """Copy everything."""
        QGuiApplication.clipboard().setText(self.text())
        self.copied.emit(_("Raw answers copied"))

    def copy_current(self) -> None:
        """Copy the selected line with everything below it."""
        item = self.currentItem()
        if isinstance(item, RawItem):
            text = (
                self._fact_as_text(item.fact)
                if item.fact is not None
                else redaction.json_text(item.value)
            )
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(_("Copied"))

    def event(self, event: QEvent) -> bool:
        """Ctrl+C is the tree's own here; elsewhere in the pane it copies the link."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Copy)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected part."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_current()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy this, or everything."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, slot in (
            (_("Copy this part"), self.copy_current),
            (_("Copy all raw answers"), self.copy_all),
        ):
            action = QAction(words, menu)
            action.triggered.connect(slot)
            menu.addAction(action)
        menu.popup(event.globalPos())

    def _fill(self, item: QTreeWidgetItem) -> None:
        """Make the lines below one that is unfolded for the first time."""
        if not isinstance(item, RawItem) or item.is_filled:
            return
        item.is_filled = True
        if item.fact is not None:
            value = json_fields.parse_object(item.fact.text, exact=True)
            if isinstance(value, str):
                text = redaction.redacted_text(item.fact.text, self._known)
                item.addChild(RawItem(text, text))
                return
            item.value = redaction.redacted_value(value, self._known)
        item.addChildren(_lines(item.value))

    def _fact_as_text(self, fact: Fact) -> str:
        head = f"--- {fact.at:%Y-%m-%d} {formats.time_to_the_millisecond(fact.at)} UTC"
        body = redaction.readable_json(fact.text, self._known)
        return escape_controls(f"{head}  {fact.source.value}  {fact.kind.value}\n{body}")


def _fact_item(fact: Fact) -> RawItem:
    item = RawItem("", None, fact)
    _say(item, fact)
    return item


def _say(item: RawItem, fact: Fact) -> None:
    at, source = formats.time_of_day(fact.at), tr(SOURCE_NAMES[fact.source])
    words = f"{at}  {source}  {fact_text(fact)}"
    # From left to right the line is in a fixed order: marks of direction would be shown as
    # escapes. From right to left a translation has no others than its own.
    item.setText(0, words if formats.is_right_to_left() else _shown(strip_controls(words)))
    item.setToolTip(0, escape_tooltip(fact_text(fact)))


def _lines(value: Json) -> list[QTreeWidgetItem]:
    pairs: list[tuple[str, Json]] = []
    if isinstance(value, Mapping):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = [(str(place), one) for place, one in enumerate(value)]
    made: list[QTreeWidgetItem] = [RawItem(_line(name, one), one) for name, one in pairs[:_MOST]]
    if len(pairs) > _MOST:
        more = _(
            "{n} more: copy to read it",
            plural="{n} more: copy to read them",
            n=len(pairs) - _MOST,
        )
        made.append(RawItem(more, more))
    return made


def _line(name: str, value: Json) -> str:
    if isinstance(value, Mapping | list) and value:
        return f"{name}: " + ("{…}" if isinstance(value, Mapping) else f"[{len(value)}]")
    return f"{name}: {redaction.json_text(value)}"


class RawTab(QWidget):
    """The tree with its button."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = RawTree()
        self.copy_button = QPushButton(_("Copy all raw answers"))
        self.copy_button.setProperty("quiet", True)
        self.copy_button.clicked.connect(self.tree.copy_all)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, int(Space.XS), 0, 0)
        column.setSpacing(int(Space.XS))
        column.addWidget(self.tree, 1)
        column.addLayout(foot)
