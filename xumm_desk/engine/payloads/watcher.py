"""The task of one request: dial its socket, listen, dial again; one for each unfinished request.

It ends when it is cancelled and by nothing else. A welcome is not yet health: the pause before the
next dial grows until a connection has lived for a while.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from xumm_desk.core.state.timing import Timing
from xumm_desk.core.wire import frames
from xumm_desk.engine.runtime.ports import CallbackConnection, Clock, StatusSockets
from xumm_desk.engine.runtime.registry import SocketState
from xumm_desk.engine.runtime.tasks import is_cancelled

from .dial_gate import DialGate


class FrameListener(Protocol):
    """Who is told what a socket says."""

    def address(self, identifier: str, turn: int) -> str:
        """Where the socket is dialled; `turn` counts the attempts that were never welcomed."""
        ...

    def on_socket_state(self, identifier: str, state: SocketState, why: str = "") -> None:
        """The socket came up, went down, or is being dialled."""
        ...

    def on_frame(self, identifier: str, message: str | bytes, frame: frames.Frame) -> None:
        """One message arrived."""
        ...

    def on_error(self, identifier: str, error: BaseException) -> None:
        """An error of ours was met; the socket is dialled again."""
        ...


class PayloadWatcher:
    """Keeps one status socket open until cancelled."""

    __slots__ = (
        "_address_index",
        "_attempt",
        "_clock",
        "_closing",
        "_connection",
        "_detached",
        "_gate",
        "_listener",
        "_reconnect",
        "_sockets",
        "_timing",
        "_unknown",
        "_was_stable",
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
        sockets: StatusSockets,
        gate: DialGate,
        clock: Clock,
        timing: Timing,
        ear: FrameListener,
    ) -> None:
        self.identifier = identifier
        self.uuid = uuid
        self.state = SocketState.NONE
        self.since = clock.monotonic()
        self.last_frame = clock.monotonic()
        self.welcomed = False
        self.early = 0
        """How many connections in a row were welcomed and did not live."""
        self._sockets = sockets
        self._gate = gate
        self._clock = clock
        self._timing = timing
        self._listener = ear
        self._connection: CallbackConnection | None = None
        self._attempt = 0
        self._address_index = 0
        self._unknown = self._was_stable = self._closing = self._reconnect = False
        self._detached = False
        self._welcomed_at = 0.0

    async def run(self) -> None:
        """Dial, listen, dial again, for ever; the desk cancels it when the request is done."""
        while True:
            try:
                self._set_state(SocketState.DIALING)
                self._set_state(SocketState.LOST, await self._run_connection())
            except asyncio.CancelledError as error:
                if is_cancelled():
                    raise
                self._on_error(error)
            except Exception as error:  # noqa: BLE001 - a watcher ends by its own rules only
                self._on_error(error)
            # An address that never welcomed us may be the wrong one.
            self._address_index += not self.welcomed
            pause = self._gate.delay(self._attempt + (4 if self._unknown else 0))
            self._attempt += 1
            await asyncio.sleep(pause)

    def drop_connection(self) -> None:
        """Drop the present socket; `run` dials a new one."""
        if self._connection is not None:
            self._connection.abort()

    def detach(self) -> None:
        """Tell nothing more: the desk has let go of this request."""
        self._detached = True

    def seconds_silent(self) -> float:
        """Seconds since the last sign of life of an open socket."""
        return self._clock.monotonic() - self.last_frame

    async def _run_connection(self) -> str:
        """One socket from dial to loss; why it was lost."""
        self.welcomed = self._unknown = self._was_stable = self._closing = False
        try:
            async with self._gate.slot(again=self._reconnect):
                address = self._listener.address(self.identifier, self._address_index)
                line = await self._sockets.connect(address, self._on_message)
        except OSError as error:
            return str(error) or type(error).__name__
        self._connection = line
        self.last_frame = self._clock.monotonic()
        self._set_state(SocketState.LIVE)
        try:
            return await line.closed
        finally:
            self._connection = None
            self._ended()
            await line.close()

    def _ended(self) -> None:
        """Judge the connection that was lost: whether it had lived."""
        if (
            self.welcomed
            and self._clock.monotonic() - self._welcomed_at >= self._timing.stable_after
        ):
            self._wait_for_end()
        if self._was_stable or self._unknown or self._closing or self._detached:
            return  # what ends after the request's end, or was never ours, says nothing
        self.early += self.welcomed
        self._gate.on_lost()

    def _wait_for_end(self) -> None:
        self._was_stable = True
        self._attempt = self.early = 0
        self._gate.on_stable()

    def _on_message(self, message: str | bytes) -> None:
        if self._detached:
            return
        now = self.last_frame = self._clock.monotonic()
        frame = frames.parse_frame(message, self.uuid)
        if isinstance(frame, frames.Welcome):
            self.welcomed = self._reconnect = True
            self._welcomed_at = now
        elif isinstance(frame, frames.PayloadUnknown):
            self._unknown = True
        elif isinstance(frame, frames.Resolved):
            self._closing = True
        if (
            self.welcomed
            and not self._was_stable
            and now - self._welcomed_at >= self._timing.stable_after
        ):
            self._wait_for_end()
        self._listener.on_frame(self.identifier, message, frame)

    def _on_error(self, error: BaseException) -> None:
        self.state, self.since = SocketState.LOST, self._clock.monotonic()
        self._listener.on_error(self.identifier, error)

    def _set_state(self, state: SocketState, why: str = "") -> None:
        self.state = state
        self.since = self._clock.monotonic()
        self._listener.on_socket_state(self.identifier, state, why)
