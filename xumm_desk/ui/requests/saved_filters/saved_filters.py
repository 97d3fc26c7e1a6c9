"""Saves, shows, renames, replaces and deletes filters as a person asks in the sidebar."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from xumm_desk.core.history.period import Period
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.locale.translation import _
from xumm_desk.ui.dialogs.confirm import Choice, Role, ask
from xumm_desk.ui.requests.rows.filtering import EVERY_FIELD, Group, history_query

from .filter_counts import FilterCounts
from .filter_store import FilterStore
from .name_dialog import NameDialog
from .wording import filter_parts, suggested_name

if TYPE_CHECKING:
    from xumm_desk.ui.requests.pane import RequestPane


class SavedFilters(QObject):
    """The saved filters of `pane`, kept in `store`; `counts` has their numbers."""

    def __init__(self, pane: RequestPane, store: FilterStore) -> None:
        super().__init__(pane)
        self._pane, self._store = pane, store
        self._section = section = pane.filters.saved
        self.counts = FilterCounts(
            store, pane.table.ask_counts, pane.table.clock.now, is_seen=pane.isVisible
        )
        self.counts.counted.connect(section.show_counts)
        pane.table.published.connect(self.counts.refresh)
        pane.table.attached.connect(self.counts.refresh)
        pane.filters_changed.connect(self._filters_changed)
        section.chosen.connect(self._show)
        section.save_action.triggered.connect(self.ask_to_save)
        section.rename_asked.connect(self.ask_to_rename)
        section.replace_asked.connect(self.replace)
        section.delete_asked.connect(self.ask_to_delete)
        pane.addAction(section.save_action)

    @property
    def save_action(self) -> QAction:
        """Asks for a name for what is filtered now."""
        return self._section.save_action

    def present(self, name: str = "") -> SavedFilter | None:
        """What is filtered now; None where nothing is, or nothing that can be kept."""
        pane, group = self._pane, self._pane.filters.group
        attention = group is Group.ATTENTION
        fields = EVERY_FIELD if attention else pane.bar.query()
        plain = replace(fields, since=None, until=None)
        query = history_query(pane.search.text().strip(), group, plain)
        period = Period.ANY if attention else pane.bar.chosen_period
        days = pane.bar.chosen_days if period is Period.DAYS else None
        if query.since is not None or (period is Period.DAYS and days is None):
            return None  # no status is in group and filter, or the days have no end
        if query == HistoryQuery() and period is Period.ANY:
            return None
        return SavedFilter(name, query, period, days)

    def ask_to_save(self) -> None:
        """Ask for a name, and keep what is filtered now under it."""
        found = self.present()
        if found is None:
            return
        dialog = NameDialog(
            _("Save filter"),
            suggested_name(found),
            parts=filter_parts(found),
            problem=self._store.name_error,
            exists=lambda typed: self._store.find(typed) is not None,
            parent=self._pane.window(),
        )
        dialog.chosen.connect(lambda name: self._keep(replace(found, name=name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_to_rename(self, name: str) -> None:
        """Ask for another name."""
        found = self._store.find(name)
        if found is None:
            return
        dialog = NameDialog(
            _("Rename filter"),
            name,
            parts=filter_parts(found),
            problem=lambda typed: self._store.name_error(typed, name),
            exists=lambda _typed: False,
            parent=self._pane.window(),
        )
        dialog.chosen.connect(partial(self._store.rename, name))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def replace(self, name: str) -> None:
        """Let the filter of this name ask for what is filtered now."""
        found = self.present(name)
        if found is not None:
            self._keep(found)

    def ask_to_delete(self, name: str) -> None:
        """Ask first: it may have taken a while to put together."""
        ask(
            self._pane.window(),
            _("Delete filter"),
            _("Delete the filter “{name}”?", name=name),
            _("The requests stay; only the filter goes."),
            Choice(_("Delete it"), lambda: self._delete(name), default=True),
            Choice(_("Keep it", context="filter"), role=Role.RejectRole, escape=True),
        )

    def _keep(self, one: SavedFilter) -> None:
        self._store.save(one)
        self._section.choose(one.name)

    def _delete(self, name: str) -> None:
        chosen = self._section.checked()
        self._store.delete(name)
        if chosen is not None and chosen.name == name:
            self._pane.filters.choose(Group.ALL)

    def _show(self, name: str) -> None:
        found = self._store.find(name)
        if found is not None:
            self._pane.show_saved(found)

    def _filters_changed(self) -> None:
        """What is filtered may not be what the chosen filter asks for any more."""
        chosen = self._section.checked()
        found = self.present(chosen.name if chosen is not None else "")
        self._section.set_saving(can_save=found is not None)
        if chosen is not None and found != chosen:
            self._pane.filters.choose(Group.ALL)
