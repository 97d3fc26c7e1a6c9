"""Arranges the columns of the table: by the room there is, or as a person wants them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTableView

from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.language.shown_words import language_change
from xumm_desk.ui.requests.columns import DEFAULT_ORDER, TITLES, Column
from xumm_desk.ui.requests.filters.choice_button import TickMenu

from . import widths
from .column_state import MIN_WIDTH, ColumnPlace, ColumnState, complete

_NEW: Final = ColumnState()


class ColumnLayout(QObject):
    """The columns of `view`. Until a person moves, sizes, shows or hides one, the program chooses
    those that have room. The last one has the room that is left, in whatever window; the others
    keep the width that a person chose. `arrange_action` opens a dialog with all of that for the
    keyboard, `reset_action` gives everything back to the program. `changed` says that columns moved
    by themselves, without a signal of the header."""

    changed = Signal()

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view, self._header = view, view.horizontalHeader()
        self._is_arranging = False
        self._by_person = False
        self._wanted: tuple[Column, ...] = ()
        self._widths: dict[Column, int] = {}
        self._stretched: Column | None = None
        self.arrange_action = QAction(_("Columns…"), self)
        self.arrange_action.triggered.connect(self.ask)
        self.reset_action = QAction(_("Reset columns"), self)
        self.reset_action.triggered.connect(self.reset)
        header = self._header
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        # Not Qt's own stretching of the last section: once wide, it stays so in a small window.
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(MIN_WIDTH)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_menu)
        self._arrange(_NEW.places)
        language_change.changed.connect(self.fit)
        # The indicator first: turning sorting on sorts at once.
        header.setSortIndicator(Column.TIME, Qt.SortOrder.DescendingOrder)
        view.setSortingEnabled(True)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(self._moved)

    @property
    def by_person(self) -> bool:
        """Whether a person has arranged the columns."""
        return self._by_person

    def state(self) -> ColumnState:
        """What is remembered."""
        header = self._header
        places = tuple(map(self._place, self._order())) if self._by_person else ()
        section = header.sortIndicatorSection()
        return ColumnState(
            Column(section) if section in list(Column) else Column.TIME,
            header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder,
            places,
        )

    def use(self, state: ColumnState) -> None:
        """Arrange the columns like this, and sort."""
        self._by_person = bool(state.places)
        self._arrange(complete(state.places) if state.places else ())
        down = Qt.SortOrder.DescendingOrder if state.descending else Qt.SortOrder.AscendingOrder
        if (state.sort, down) != (
            self._header.sortIndicatorSection(),
            self._header.sortIndicatorOrder(),
        ):
            self._header.setSortIndicator(state.sort, down)
        self.fit()
        self.changed.emit()

    def reset(self) -> None:
        """Let the program arrange them again, the newest request first."""
        self.use(_NEW)

    def fit(self) -> None:
        """Show the columns that have room, unless a person has chosen, and fill the rest."""
        if self._is_arranging:
            return
        if not self._by_person:
            self._is_arranging = True
            chosen = widths.fit_columns(self._view.viewport().width(), self._wanted)
            for column in Column:
                self._view.setColumnHidden(column, column not in chosen)
                if column in chosen:
                    self._set_width(column, chosen[column])
            self._is_arranging = False
        self._stretch()

    def want(self, column: Column) -> None:
        """Show this one too where there is room, unless a person has chosen."""
        if column not in self._wanted:
            self._wanted = (*self._wanted, column)
            self.fit()
            self.changed.emit()

    def show_column(self, column: Column, shown: bool) -> None:
        """Show or hide one, because a person wants it."""
        self._by_person = True
        self._is_arranging = True
        self._view.setColumnHidden(column, not shown)
        if shown:
            self._set_width(column, widths.min_width(column))
        self._is_arranging = False
        self._stretch()

    def ask(self) -> None:
        """Open the dialog that shows, hides, orders and sizes columns, and sorts by one."""
        state = self.state()
        places = state.places or tuple(map(self._place, self._order()))
        from .columns_dialog import ColumnsDialog  # noqa: PLC0415 - opened seldom

        dialog = ColumnsDialog(
            ColumnState(state.sort, state.descending, places),
            automatic=not self._by_person,
            parent=self._view,
        )
        dialog.chosen.connect(self.use)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def menu(self) -> TickMenu:
        """The menu of the header; it deletes itself when it closes."""
        menu = TickMenu(_("Columns"), self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in self._order():
            action = menu.addAction(tr(TITLES[column]))
            action.setCheckable(True)
            action.setChecked(not self._header.isSectionHidden(column))
            action.setEnabled(column is not Column.STATUS)
            action.setData(int(column))
            action.toggled.connect(lambda on, one=column: self.show_column(one, on))
        menu.addSeparator()
        menu.addActions([self.arrange_action, self.reset_action])
        return menu

    def _arrange(self, places: Sequence[ColumnPlace]) -> None:
        """Put the columns into this order with these widths; in that of a new shop for none."""
        self._is_arranging = True
        order = [one.column for one in places] or DEFAULT_ORDER
        for at, column in enumerate(order):
            self._header.moveSection(self._header.visualIndex(column), at)
        for one in places:
            self._view.setColumnHidden(one.column, not one.shown)
            if one.shown:
                self._set_width(one.column, one.width or widths.min_width(one.column))
        self._is_arranging = False

    def _set_width(self, column: Column, width: int) -> None:
        self._widths[column] = width
        self._view.setColumnWidth(column, width)

    def _stretch(self) -> None:
        """Give the room that is left to the last column, which is never narrower than it was
        chosen; what was the last one before has its own width again."""
        shown = [one for one in self._order() if not self._header.isSectionHidden(one)]
        last, before = shown[-1], self._stretched
        self._is_arranging, self._stretched = True, last
        if before in shown and before is not last and before in self._widths:
            self._view.setColumnWidth(before, self._widths[before])
        others = sum(map(self._header.sectionSize, shown[:-1]))
        own = self._widths.get(last, 0)
        self._view.setColumnWidth(last, max(own, self._view.viewport().width() - others))
        self._is_arranging = False

    def _order(self) -> list[Column]:
        return [Column(self._header.logicalIndex(at)) for at in range(self._header.count())]

    def _place(self, column: Column) -> ColumnPlace:
        hidden = self._header.isSectionHidden(column)
        width = self._widths.get(column, self._header.sectionSize(column))
        return ColumnPlace(column, 0 if hidden else width, not hidden)

    def _open_menu(self, place: QPoint) -> None:
        self.menu().popup(self._header.mapToGlobal(place))

    def _resized(self, section: int, _before: int, width: int) -> None:
        if self._is_arranging or not width:
            return
        self._widths[Column(section)] = width
        # Qt sizes sections too; only a pressed button is a person.
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._by_person = True
        self._stretch()

    def _moved(self) -> None:
        if not self._is_arranging:
            self._by_person = True
            self._stretch()
