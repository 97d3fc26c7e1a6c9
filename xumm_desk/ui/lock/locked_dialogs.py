"""Dialogs of the main window that a locked desk opens only with the PIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.ui.dialogs.menu_dialogs import Dialogs
from xumm_desk.ui.keeping.keeping_dialogs import KeepingDialogs

from .desk_lock import DeskLock

_SETTINGS_LOCKED: Final = Message("The desk is locked. Settings need the PIN.")
_JOURNAL_LOCKED: Final = Message("The desk is locked. The journal needs the PIN.")
_UNMATCHED_LOCKED: Final = Message("The desk is locked. Unmatched payments need the PIN.")
_LOG_LOCKED: Final = Message("The desk is locked. The log needs the PIN.")
_DIAGNOSTICS_LOCKED: Final = Message("The desk is locked. Diagnostics need the PIN.")


class LockedDialogs:
    """Asks `lock` before it opens one of `dialogs`; without a lock each opens at once."""

    def __init__(self, lock: DeskLock, dialogs: Dialogs, keeping: KeepingDialogs) -> None:
        self._lock, self._dialogs, self._keeping = lock, dialogs, keeping
        lock.changed.connect(self._lock_changed)

    def shop(self) -> None:
        """The shop's settings."""
        self._lock.require(_SETTINGS_LOCKED, self._dialogs.shop)

    def set_up(self) -> None:
        """The guided set-up."""
        self._lock.require(_SETTINGS_LOCKED, self._dialogs.set_up)

    def keys(self) -> None:
        """The platform's keys."""
        self._lock.require(_SETTINGS_LOCKED, self._dialogs.keys)

    def journal(self) -> None:
        """Copies of the journal, its archive, and erasing."""
        self._lock.require(_JOURNAL_LOCKED, self._keeping.journal)

    def salvage(self) -> None:
        """Salvage the damaged journal."""
        self._lock.require(_JOURNAL_LOCKED, self._keeping.salvage)

    def diagnostics(self) -> None:
        """Where to save diagnostics."""
        self._lock.require(_DIAGNOSTICS_LOCKED, self._dialogs.diagnostics)

    def log(self) -> None:
        """The log of this run."""
        self._lock.require(_LOG_LOCKED, self._dialogs.log)

    def unmatched(self, open_list: Callable[[], object]) -> None:
        """The payments of no request; `open_list` opens them."""
        self._lock.require(_UNMATCHED_LOCKED, open_list)

    def _lock_changed(self) -> None:
        """The log is a window of its own, which the lock does not close by itself."""
        if self._lock.locked:
            self._dialogs.close_log()
