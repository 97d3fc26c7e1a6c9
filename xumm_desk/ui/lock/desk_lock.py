"""The lock of one window: what is behind the PIN, and when the desk locks itself.

It guards the window against whoever stands before it. Who may read and write the files of this
computer's account can remove the PIN; the help says so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QWidget

from xumm_desk.core.audit import AuditKind
from xumm_desk.core.desk_lock import LockState
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message
from xumm_desk.core.settings import SettingsStore
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.ui.background import run_in_thread
from xumm_desk.ui.timers import LastInput

from . import pin_hash

log = logging.getLogger(__name__)

Require = Callable[[str, Callable[[], object]], None]
"""Takes why the PIN is needed, a sentence as a `Message`, and what to do after it."""

MAX_OPERATORS: Final = 8
MAX_NAME: Final = 40
_TICK_MS: Final = 1000
_MAX_PENDING: Final = 200


def at_once(_why: str, then: Callable[[], object]) -> None:
    """A `Require` without a lock."""
    then()


class AuditLog(Protocol):
    """Where it is written down who did what (`Desk`)."""

    def add_audit(self, kind: AuditKind, who: str, detail: str = "") -> Coroutine[Any, Any, None]:
        """Write one entry."""
        ...


class DeskLock(QObject):
    """Locked or not, and the PIN. `changed` is emitted when either changes."""

    changed = Signal()

    def __init__(
        self,
        window: QWidget,
        settings: SettingsStore,
        *,
        start: StartTask,
        owner_keys: Callable[[str, str], bool] | None = None,
        is_practice: Callable[[], bool] = lambda: False,
        monotonic: Callable[[], float] = time.monotonic,
        in_thread: Callable[[Callable[[], Any], Callable[[Any], object]], object] = run_in_thread,
    ) -> None:
        super().__init__(window)
        self._window, self._settings, self._start = window, settings, start
        self.owner_keys, self.is_practice = owner_keys, is_practice
        self._monotonic, self._in_thread = monotonic, in_thread
        self._state = LockState()
        self._who = ""
        self._audit: AuditLog | None = None
        # Written down as soon as a journal is open.
        self._pending: list[tuple[AuditKind, str, str]] = []
        self.last_input = LastInput(self)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.use_settings(settings)

    # What it is.

    @property
    def locked(self) -> bool:
        """Whether only the till may be used."""
        return self._state.locked

    @property
    def has_pin(self) -> bool:
        """Whether there is a PIN."""
        return self._state.has_pin

    @property
    def who(self) -> str:
        """The name of whoever last typed the PIN since the desk was locked, else the cashier's."""
        return self._who or self._settings.value.cashier

    def wait(self) -> float:
        """Seconds until a PIN may be tried."""
        return self._state.wait(self._monotonic())

    def operators(self) -> list[str]:
        """Names of those who may stand here, the present cashier first."""
        saved = self._settings.value
        names = [saved.cashier, *(name for name in saved.operators if isinstance(name, str))]
        return list(dict.fromkeys(name.strip() for name in names if name.strip()))

    def lock_after(self) -> int:
        """Minutes without input after which the desk locks itself, 0 for never."""
        return max(0, self._settings.value.lock_after)

    def set_lock_after(self, minutes: int) -> None:
        """Change that."""
        self._settings.change(lock_after=minutes)
        self._watch_input()

    # What the window tells it.

    def use_settings(self, settings: SettingsStore) -> None:
        """Another data folder, with a PIN of its own: it opens locked."""
        self._settings = settings
        saved = settings.value
        self._state = LockState.at_start(bool(saved.pin_hash), saved.pin_failed, self._monotonic())
        self._after_change()

    def use_audit(self, audit: AuditLog | None) -> None:
        """Where to write down who did what, None while no journal is open."""
        self._audit = audit
        pending, self._pending = self._pending, []
        for entry in pending:
            self.record(*entry)

    def record(self, kind: AuditKind, who: str, detail: str = "") -> None:
        """Write down what a person did."""
        if self._audit is None:
            self._pending = [*self._pending, (kind, who, detail)][-_MAX_PENDING:]
            return
        self._start(self._write(self._audit, kind, who, detail), f"audit {kind.value}")

    # What is behind the PIN.

    def lock(self) -> None:
        """Lock it; without a PIN one is asked for first."""
        if not self.has_pin:
            self.ask_new_pin()
        elif not self.locked:
            self._lock()

    def require(self, why: str, then: Callable[[], object]) -> None:
        """Do `then`, at a locked desk only after the PIN, for this one time: it stays locked.
        `why` is what the dialog says, such as "Refunds need the PIN."."""
        if not self.locked:
            then()
            return
        dialog = self._ask_pin(why)

        def granted(who: str) -> None:
            self.record(AuditKind.ALLOWED, who, why)
            self._who = who
            try:
                then()
            finally:
                self._who = ""  # allowed once

        dialog.granted.connect(granted)

    def unlock_then(self, then: Callable[[], object] = lambda: None) -> None:
        """Unlock the desk, after the PIN, and do `then`."""
        if not self.locked:
            then()
            return
        dialog = self._ask_pin(Message("The PIN unlocks the desk."))

        def granted(who: str) -> None:
            self.unlock(who)
            then()

        dialog.granted.connect(granted)

    def ask_new_pin(self) -> None:
        """Set a PIN, change it or remove it; where there is one it is asked for first, also at an
        unlocked desk."""
        if not self.has_pin:
            self._open_set_pin("")
        else:
            dialog = self._ask_pin(Message("The present PIN first."))
            dialog.granted.connect(self._open_set_pin)

    # What the dialogs call.

    def check(self, pin: str, who: str, detail: str, done: Callable[[bool], object]) -> bool:
        """Compare a PIN in a thread, then call `done`; False if it is not the time for a try."""
        state = self._state.begin_try(self._monotonic())
        if state is None:
            return False
        self._state = state
        settings, stored = self._settings, self._settings.value.pin_hash
        settings.change(pin_failed=state.failed)

        def compared(right: bool) -> None:
            if settings is not self._settings:
                return  # of another data folder
            now = self._monotonic()
            self._state = self._state.right(now) if right else self._state.wrong()
            if right:
                self._settings.change(pin_failed=0)
                self._remember(who)
            else:
                self.record(AuditKind.WRONG_PIN, who, detail)
            done(right)

        self._in_thread(lambda: pin_hash.matches(stored, pin), compared)
        return True

    def check_keys(self, key: str, secret: str) -> bool:
        """Whether these are the keys in use: their owner may set a new PIN."""
        right = self.owner_keys is not None and self.owner_keys(key, secret)
        self.record(AuditKind.KEYS_ACCEPTED if right else AuditKind.WRONG_KEYS, "")
        return right

    def set_pin(self, pin: str, who: str, done: Callable[[], object]) -> None:
        """Hash a new PIN in a thread and save it, then call `done`."""
        settings = self._settings

        def hashed(text: str) -> None:
            if settings is self._settings:
                self._save_pin(text)
                self.record(AuditKind.PIN_SET, who)
                done()

        self._in_thread(lambda: pin_hash.hash_pin(pin), hashed)

    def remove_pin(self, who: str = "") -> None:
        """From now on nothing is locked."""
        self._save_pin("")
        self.record(AuditKind.PIN_REMOVED, who)

    def unlock(self, who: str) -> None:
        """A person has proven that he may."""
        self._state, self._who = self._state.unlock(), who
        self.record(AuditKind.UNLOCKED, who)
        self._after_change()

    def forgotten(self) -> None:
        """The way back without the PIN."""
        from .forgotten_pin_dialog import ForgottenPinDialog  # noqa: PLC0415 - seldom asked for

        dialog = ForgottenPinDialog(self, self._window)
        dialog.accepted_keys.connect(lambda: self._open_set_pin(""))
        dialog.open()

    # Inside.

    def tick(self) -> None:
        """Lock the desk if nobody has touched it for long enough."""
        minutes = self.lock_after()
        if self.locked or not self.has_pin or not minutes:
            return
        for window in QGuiApplication.topLevelWindows():
            self.last_input.watch(window)
        if self._monotonic() - self.last_input.at >= 60 * minutes:
            self._lock(f"after {minutes} minutes")

    def _lock(self, detail: str = "") -> None:
        self._state, self._who = self._state.lock(), ""
        self.record(AuditKind.LOCKED, self._settings.value.cashier, detail)
        # What is open may be behind the PIN. Closed as by a person, so that each question is
        # answered with what changes nothing.
        for dialog in self._window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.close()
        self._after_change()

    def _save_pin(self, text: str) -> None:
        self._settings.change(pin_hash=text, pin_failed=0)
        self._state = self._state.with_pin(bool(text), self._monotonic())
        self._after_change()

    def _remember(self, who: str) -> None:
        saved = self._settings.value
        if who and who != saved.cashier:
            names = dict.fromkeys([who, *self.operators()])
            names.pop(saved.cashier, None)
            self._settings.change(operators=list(names)[:MAX_OPERATORS])

    def _after_change(self) -> None:
        self._watch_input()
        self.changed.emit()

    def _watch_input(self) -> None:
        self.last_input.at = self._monotonic()
        if self.has_pin and not self.locked and self.lock_after():
            self._timer.start()
        else:
            self._timer.stop()

    def _ask_pin(self, words: str) -> Any:
        from .pin_dialog import PinDialog  # noqa: PLC0415 - the window is painted without it

        dialog = PinDialog(self, words, self._window)
        dialog.open()
        return dialog

    def _open_set_pin(self, who: str) -> None:
        from .set_pin_dialog import SetPinDialog  # noqa: PLC0415 - see above

        SetPinDialog(self, who, self._window).open()

    async def _write(self, audit: AuditLog, kind: AuditKind, who: str, detail: str) -> None:
        try:
            await audit.add_audit(kind, who, detail)
        except JournalError:
            # The lamp of the journal says that the disk takes nothing.
            log.exception("not written down: %s by %s", kind.value, who)
