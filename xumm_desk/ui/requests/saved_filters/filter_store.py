"""Keeps the saved filters in the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from xumm_desk.core.history import saved_filter
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.core.settings import SettingsStore
from xumm_desk.core.wire.json_fields import Json


class FilterStore(QObject):
    """The saved filters in their order; without `preferences` until the program ends. `changed`
    says that they are others now. Entries of the settings that cannot be read stay in them."""

    changed = Signal()

    def __init__(
        self, preferences: SettingsStore | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        listed = preferences.value.saved_filters if preferences is not None else []
        self._filters, self._unread = saved_filter.read_filters(listed)

    @property
    def filters(self) -> tuple[SavedFilter, ...]:
        """All of them."""
        return self._filters

    def find(self, name: str) -> SavedFilter | None:
        """The one of this name."""
        return saved_filter.find(self._filters, name)

    def name_error(self, typed: str, before: str = "") -> str:
        """Why a filter cannot have this name; `before` is the name that it has."""
        return saved_filter.name_error(self._filters, typed, before)

    def save(self, one: SavedFilter) -> None:
        """Keep this one, in the place of one of its name."""
        self._use(saved_filter.saved(self._filters, one))

    def rename(self, name: str, new: str) -> None:
        """Give one another name."""
        self._use(saved_filter.renamed(self._filters, name, new))

    def delete(self, name: str) -> None:
        """Forget one."""
        self._use(saved_filter.deleted(self._filters, name))

    def move(self, name: str, by: int) -> None:
        """Move one down, or up for less than zero."""
        self._use(saved_filter.moved(self._filters, name, by))

    def _use(self, filters: tuple[SavedFilter, ...]) -> None:
        if filters == self._filters:
            return
        self._filters = filters
        if self._preferences is not None:
            kept: Iterable[Json] = (*(one.to_json() for one in filters), *self._unread)
            entries: list[dict[str, Any]] = [dict(e) for e in kept if isinstance(e, Mapping)]
            self._preferences.change(saved_filters=entries)
        self.changed.emit()
