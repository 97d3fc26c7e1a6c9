"""A compact drop-down in which several values can be ticked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from xumm_desk.core.message import LIST_SEPARATOR, Sentences
from xumm_desk.locale.translation import _, as_written, tr
from xumm_desk.locale.words import spoken_again
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.widgets.menu_button import MenuButton

_MOST: Final = 22
"""Characters of a value in the button."""


class TickMenu(QMenu):
    """A menu that stays open while values are ticked with the mouse or the space bar."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.activeAction()
        if action is not None and action.isCheckable() and action.isEnabled():
            action.trigger()
            return
        super().mouseReleaseEvent(event)


class ChoiceButton(MenuButton):
    """The button of one filter. `changed` says that a person ticked something; `words` makes the
    text of a value. Nothing ticked means that every value is wanted."""

    changed = Signal()

    def __init__(
        self, title: str, words: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title, self._words = title, words
        self._values: tuple[str, ...] = ()
        self.chosen: frozenset[str] = frozenset()
        self.choices = TickMenu(title, self)
        self.setMenu(self.choices)
        self.setProperty("quiet", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._refresh()
        language_change.changed.connect(self._say_again)

    @property
    def is_useful(self) -> bool:
        """Whether there is anything to choose between, or something is chosen."""
        return len(self._values) > 1 or bool(self.chosen)

    def offer(self, values: Iterable[str]) -> None:
        """Offer these values."""
        found = tuple(dict.fromkeys(values))
        if found != self._values:
            self._values = found
            self._fill()

    def choose(self, values: Iterable[str]) -> None:
        """Tick these, and no others."""
        self.chosen = frozenset(values)
        self._fill()
        self._refresh()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _fill(self) -> None:
        self.choices.clear()
        shown: Sequence[str] = (*self._values, *sorted(self.chosen.difference(self._values)))
        for value in shown:
            action = self.choices.addAction(_plain(as_written(self._words(value))))
            action.setCheckable(True)
            action.setChecked(value in self.chosen)
            action.setData(value)
            action.triggered.connect(self._ticked)

    def _say_again(self) -> None:
        self._fill()
        self._refresh()

    def _ticked(self) -> None:
        self.chosen = frozenset(
            str(action.data()) for action in self._actions() if action.isChecked()
        )
        self._refresh()
        self.changed.emit()

    def _actions(self) -> list[QAction]:
        return [one for one in self.choices.actions() if one.isCheckable()]

    def _refresh(self) -> None:
        names = [self._words(value) for value in sorted(self.chosen)]
        if not names:
            text = tr(self._title)
        elif len(names) == 1:
            name = names[0] if len(names[0]) <= _MOST else names[0][: _MOST - 1] + "…"
            text = as_written(name)
        else:
            text = _("{title}: {count}", title=self._title, count=len(names))
        self.setText(_plain(text))
        whole = _(
            "{title}: {values}",
            title=self._title,
            values=Sentences(names, LIST_SEPARATOR) or _("all"),
        )
        self.setAccessibleName(whole)
        self.setToolTip(whole)
        self.choices.setTitle(_plain(text))
        self.setProperty("chosen", bool(names))
        self.updateGeometry()


@spoken_again
def _plain(text: str) -> str:
    """A text in which "&" marks no key."""
    return text.replace("&", "&&")
