"""The task of one request: dial its socket, listen, dial again; one for each unfinished request.

Knows when a socket is open, silent or lost. Must not know what a message means.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from xumm_desk.core import frames
from xumm_desk.core.pace import Pace

from .book import LinkState
from .dial import DialGate
from .ports import Clock, Line, Sockets


class Ear(Protocol):
    """Who is told what a socket says."""

    def address(self, identifier: str, turn: int) -> str:
        """Where the socket is dialled; `turn` counts the attempts that were never welcomed."""
        ...

    def link_changed(self, identifier: str, state: LinkState, why: str = "") -> None:
        """The socket came up, went down, or is being dialled."""
        ...

    def heard(self, identifier: str, message: str | bytes, frame: frames.Frame) -> None:
        """One message arrived."""
        ...


class Follow:
    """Keeps one status socket open until cancelled."""

    __slots__ = (
        "_attempt",
        "_clock",
        "_ear",
        "_gate",
        "_line",
        "_muted",
        "_pace",
        "_refused",
        "_sockets",
        "_turn",
        "identifier",
        "last_frame",
        "since",
        "state",
        "uuid",
        "welcomed",
    )

    def __init__(
        self,
        identifier: str,
        uuid: str,
        *,
        sockets: Sockets,
        gate: DialGate,
        clock: Clock,
        pace: Pace,
        ear: Ear,
    ) -> None:
        self.identifier = identifier
        self.uuid = uuid
        self.state = LinkState.NONE
        self.since = clock.mono()
        self.last_frame = clock.mono()
        self.welcomed = False
        self._sockets = sockets
        self._gate = gate
        self._clock = clock
        self._pace = pace
        self._ear = ear
        self._line: Line | None = None
        self._attempt = 0
        self._turn = 0
        self._refused = False
        self._muted = False

    async def run(self) -> None:
        """Dial, listen, dial again, for ever; the desk cancels it when the request is done."""
        while True:
            self._set(LinkState.DIALING)
            why = await self._once()
            self._set(LinkState.LOST, why)
            # An address that never welcomed us may be the wrong one.
            self._turn += not self.welcomed
            pause = self._gate.delay(self._attempt + (4 if self._refused else 0))
            self._attempt += 1
            await asyncio.sleep(pause)

    def hang_up(self) -> None:
        """Drop the present socket; `run` dials a new one."""
        if self._line is not None:
            self._line.abort()

    def mute(self) -> None:
        """Tell nothing more: the desk has let go of this request."""
        self._muted = True

    def silent_for(self) -> float:
        """Seconds since the last sign of life of an open socket."""
        return self._clock.mono() - self.last_frame

    async def _once(self) -> str:
        """One socket from dial to loss; why it was lost."""
        self.welcomed = self._refused = False
        try:
            async with self._gate.turn():
                address = self._ear.address(self.identifier, self._turn)
                line = await self._sockets.dial(address, self._hear)
        except OSError as error:
            return str(error) or type(error).__name__
        self._line = line
        self.last_frame = self._clock.mono()
        self._set(LinkState.LIVE)
        try:
            return await line.lost
        finally:
            self._line = None
            await line.close()

    def _hear(self, message: str | bytes) -> None:
        if self._muted:
            return
        self.last_frame = self._clock.mono()
        frame = frames.read(message, self.uuid)
        if isinstance(frame, frames.Welcome):
            self.welcomed, self._attempt = True, 0
        elif isinstance(frame, frames.Refused):
            self._refused = True
        self._ear.heard(self.identifier, message, frame)

    def _set(self, state: LinkState, why: str = "") -> None:
        self.state = state
        self.since = self._clock.mono()
        self._ear.link_changed(self.identifier, state, why)
