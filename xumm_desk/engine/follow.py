"""The task of one request: dial its socket, listen, dial again; one for each unfinished request.

It ends when it is cancelled and by nothing else. A welcome is not yet health: the pause before the
next dial grows until a connection has lived for a while.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from xumm_desk.core import frames
from xumm_desk.core.pace import Pace

from .book import LinkState
from .dial import DialGate
from .ports import Clock, Line, Sockets
from .tasks import is_cancelled


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

    def stumbled(self, identifier: str, error: BaseException) -> None:
        """An error of ours was met; the socket is dialled again."""
        ...


class Follow:
    """Keeps one status socket open until cancelled."""

    __slots__ = (
        "_again",
        "_attempt",
        "_clock",
        "_ear",
        "_gate",
        "_line",
        "_lived",
        "_muted",
        "_over",
        "_pace",
        "_refused",
        "_sockets",
        "_turn",
        "_welcomed_at",
        "early",
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
        self.early = 0
        """How many connections in a row were welcomed and did not live."""
        self._sockets = sockets
        self._gate = gate
        self._clock = clock
        self._pace = pace
        self._ear = ear
        self._line: Line | None = None
        self._attempt = 0
        self._turn = 0
        self._refused = self._lived = self._over = self._again = False
        self._muted = False
        self._welcomed_at = 0.0

    async def run(self) -> None:
        """Dial, listen, dial again, for ever; the desk cancels it when the request is done."""
        while True:
            try:
                self._set(LinkState.DIALING)
                self._set(LinkState.LOST, await self._once())
            except asyncio.CancelledError as error:
                if is_cancelled():
                    raise
                self._stumbled(error)
            except Exception as error:  # noqa: BLE001 - a watcher ends by its own rules only
                self._stumbled(error)
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
        self.welcomed = self._refused = self._lived = self._over = False
        try:
            async with self._gate.turn(again=self._again):
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
            self._ended()
            await line.close()

    def _ended(self) -> None:
        """Judge the connection that was lost: whether it had lived."""
        if self.welcomed and self._clock.mono() - self._welcomed_at >= self._pace.lived:
            self._live_on()
        if self._lived or self._refused or self._over or self._muted:
            return  # what ends after the request's end, or was never ours, says nothing
        self.early += self.welcomed
        self._gate.died()

    def _live_on(self) -> None:
        self._lived = True
        self._attempt = self.early = 0
        self._gate.lived()

    def _hear(self, message: str | bytes) -> None:
        if self._muted:
            return
        now = self.last_frame = self._clock.mono()
        frame = frames.read(message, self.uuid)
        if isinstance(frame, frames.Welcome):
            self.welcomed = self._again = True
            self._welcomed_at = now
        elif isinstance(frame, frames.Refused):
            self._refused = True
        elif isinstance(frame, frames.Resolved):
            self._over = True
        if self.welcomed and not self._lived and now - self._welcomed_at >= self._pace.lived:
            self._live_on()
        self._ear.heard(self.identifier, message, frame)

    def _stumbled(self, error: BaseException) -> None:
        self.state, self.since = LinkState.LOST, self._clock.mono()
        self._ear.stumbled(self.identifier, error)

    def _set(self, state: LinkState, why: str = "") -> None:
        self.state = state
        self.since = self._clock.mono()
        self._ear.link_changed(self.identifier, state, why)
