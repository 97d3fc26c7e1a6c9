"""Decide which sound an event at the till makes, and when it is dropped.

A sound is never the only sign: the screen says the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import IntEnum
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer

from xumm_desk.core.settings import Settings, SettingsStore
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow


class Sound(IntEnum):
    """The sounds in rising weight; the name in lower case is that of its file."""

    PAID = 1
    FAILED = 2
    ATTENTION = 3


QUIET: Final = 1.0
"""Seconds after a sound in which only a graver one is played."""

_SOUNDS: Final = {
    Status.PAID: Sound.PAID,
    # The goods may be gone already, or the price may be another one by now: a person must look.
    Status.PAID_LATE: Sound.ATTENTION,
    Status.CHECK: Sound.ATTENTION,
    Status.EXPIRED_OPENED: Sound.ATTENTION,
    Status.UNVERIFIED: Sound.ATTENTION,
    Status.DECLINED: Sound.FAILED,
    Status.EXPIRED: Sound.FAILED,
    Status.FAILED: Sound.FAILED,
}
"""A sale that the cashier cancels makes no sound: it is no news to anybody."""


class Player(Protocol):
    """What makes a sound audible (`sound_player.py`)."""

    def play(self, sound: Sound, volume: int) -> None:
        """Play it now at this volume, 1 to 100, instead of one that still sounds; returns at
        once."""
        ...


class Silence:
    """Plays nothing, where no sounds are wanted."""

    def play(self, sound: Sound, volume: int) -> None:
        """See `Player`."""


def sound_of(row: RequestRow) -> Sound | None:
    """The sound of a sale that has just come to this state; None for a state without one."""
    if row.verdict.final and row.verdict.foreign_network:
        return Sound.ATTENTION
    return _SOUNDS.get(row.verdict.status)


def volume_of(saved: Settings, sound: Sound) -> int:
    """The volume that the shop wants for a sound, 0 for silence."""
    wanted = {
        Sound.PAID: saved.sound_paid,
        Sound.ATTENTION: saved.sound_attention,
        Sound.FAILED: saved.sound_failed,
    }
    return max(0, min(100, saved.sound_volume)) if wanted[sound] else 0


class Sounds(QObject):
    """Plays a sound for what happens at the till. Of several that come together the gravest is
    played, and within a second after it only a graver one."""

    def __init__(
        self,
        player: Player,
        preferences: Callable[[], SettingsStore],
        parent: QObject | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._player, self._preferences, self._monotonic = player, preferences, monotonic
        self._waiting: Sound | None = None
        self._last: Sound | None = None
        self._quiet_until = 0.0

    def on_ended(self, row: RequestRow) -> None:
        """A sale has ended, or needs a person before its end."""
        if (sound := sound_of(row)) is not None:
            self.ask(sound)

    def ask(self, sound: Sound) -> None:
        """Play this sound unless the shop does not want it or a graver one is asked for."""
        if not volume_of(self._preferences().value, sound):
            return
        if self._waiting is None:
            # What else happens in this turn of the loop comes first.
            QTimer.singleShot(0, self, self._play)
        self._waiting = max(sound, self._waiting or sound)

    def _play(self) -> None:
        sound, self._waiting = self._waiting, None
        now = self._monotonic()
        if sound is None or (now < self._quiet_until and sound <= (self._last or sound)):
            return
        self._last, self._quiet_until = sound, now + QUIET
        self._player.play(sound, volume_of(self._preferences().value, sound))
