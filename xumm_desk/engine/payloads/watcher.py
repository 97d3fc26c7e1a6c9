"""The one task of an unfinished payload: connect its status socket, read it, reconnect.

The task ends only when it is cancelled. A welcome does not prove a healthy platform: the pause
before the next attempt grows until a connection has stayed open for a while.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from xumm_desk.core.state.facts import FactKind, Source, fact_from_frame, make_fact
from xumm_desk.core.status import Step
from xumm_desk.core.wire import frames
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.ports import CallbackConnection
from xumm_desk.engine.runtime.registry import SocketState
from xumm_desk.engine.runtime.tasks import is_cancelled

from .dial_gate import DialGate
from .reader import PayloadReader

_UNKNOWN_PENALTY = 4
"""Attempts added to the back-off where the platform says that it does not know the payload."""


@dataclass(slots=True)
class SocketTotals:
    """What the health display shows of all status sockets together."""

    live: int = 0
    last_frame_at: float | None = None
    """Monotonic seconds."""


class PayloadWatcher:
    """Keeps one status socket open until cancelled, and records what arrives.

    Attributes:
        state: of the socket; `since` is when it was entered, in monotonic seconds.
        welcomed: whether the present connection has received its welcome.
        short_lived: connections in a row that were welcomed and lost soon after.
    """

    __slots__ = (
        "_address_index",
        "_attempt",
        "_closing",
        "_connection",
        "_detached",
        "_engine",
        "_gate",
        "_last_frame",
        "_reader",
        "_reconnect",
        "_totals",
        "_unknown",
        "_was_stable",
        "_welcomed_at",
        "identifier",
        "short_lived",
        "since",
        "state",
        "uuid",
        "welcomed",
    )

    def __init__(
        self,
        identifier: str,
        uuid: str,
        engine: Engine,
        *,
        reader: PayloadReader,
        gate: DialGate,
        totals: SocketTotals,
    ) -> None:
        self.identifier = identifier
        self.uuid = uuid
        self.state = SocketState.NONE
        self.since = self._last_frame = engine.clock.monotonic()
        self.welcomed = False
        self.short_lived = 0
        self._engine = engine
        self._reader = reader
        self._gate = gate
        self._totals = totals
        # The open connection, None between two.
        self._connection: CallbackConnection | None = None
        # Attempts since a connection was stable; the back-off grows with it.
        self._attempt = 0
        # Attempts that were never welcomed: every other one tries the documented address.
        self._address_index = 0
        # Of the present connection: the platform does not know the payload; it stayed open for a
        # while; it announced the end, so its close means nothing.
        self._unknown = self._was_stable = self._closing = False
        self._welcomed_at = 0.0
        # Whether any connection was ever welcomed: new requests pass before reconnects.
        self._reconnect = False
        # Set when the request needs no socket any more; nothing is recorded after it.
        self._detached = False

    async def run(self) -> None:
        """Connect, read, reconnect, for ever."""
        while True:
            try:
                self._set_state(SocketState.DIALING)
                self._set_state(SocketState.LOST, await self._run_connection())
            except asyncio.CancelledError as error:
                if is_cancelled():
                    raise
                self._on_error(error)
            except Exception as error:  # noqa: BLE001 - only a cancellation ends a watcher
                self._on_error(error)
            # An address that never welcomed us may be the wrong one.
            self._address_index += not self.welcomed
            pause = self._gate.delay(self._attempt + (_UNKNOWN_PENALTY if self._unknown else 0))
            self._attempt += 1
            await asyncio.sleep(pause)

    def drop_connection(self) -> None:
        """Drop the open connection; `run` makes a new one."""
        if self._connection is not None:
            self._connection.abort()

    def detach(self) -> None:
        """Record nothing more; whoever calls this cancels the task."""
        self._count_live(SocketState.NONE)
        self._detached = True

    def seconds_silent(self) -> float:
        """Seconds since the last frame of an open connection."""
        return self._engine.clock.monotonic() - self._last_frame

    async def _run_connection(self) -> str:
        """One connection from its start to its loss; returns why it was lost."""
        self.welcomed = self._unknown = self._was_stable = self._closing = False
        try:
            async with self._gate.slot(again=self._reconnect):
                connection = await self._engine.sockets.connect(self._address(), self._on_message)
        except OSError as error:
            return str(error) or type(error).__name__
        self._connection = connection
        self._last_frame = self._engine.clock.monotonic()
        self._set_state(SocketState.LIVE)
        try:
            return await connection.closed
        finally:
            self._connection = None
            self._judge_lost_connection()
            await connection.close()

    def _address(self) -> str:
        """A restarted platform may have moved: every other attempt tries the documented address
        instead of the one in the create answer (P§5.1)."""
        stored = self._engine.request(self.identifier).socket_url
        return self._engine.platform.status_url(
            self.uuid, None if self._address_index % 2 else stored
        )

    def _judge_lost_connection(self) -> None:
        """Tell the gate whether the connection was lost before it was stable."""
        if self._is_stable():
            self._mark_stable()
        if self._was_stable or self._unknown or self._closing or self._detached:
            return  # a close after the payload's end, or for an unknown one, proves nothing
        self.short_lived += self.welcomed
        self._gate.on_lost()

    def _is_stable(self) -> bool:
        """Whether the connection has been welcome for `Timing.stable_after` seconds."""
        age = self._engine.clock.monotonic() - self._welcomed_at
        return self.welcomed and age >= self._engine.timing.stable_after

    def _mark_stable(self) -> None:
        """Reset the back-off."""
        self._was_stable = True
        self._attempt = self.short_lived = 0
        self._gate.on_stable()

    def _on_message(self, message: str | bytes) -> None:
        """One message arrived. It is a hint: it may move the row, but only a GET decides."""
        if self._detached:
            return
        engine = self._engine
        now = self._last_frame = self._totals.last_frame_at = engine.clock.monotonic()
        frame = frames.parse_frame(message, self.uuid)
        if isinstance(frame, frames.Welcome):
            self.welcomed = self._reconnect = True
            self._welcomed_at = now
        elif isinstance(frame, frames.PayloadUnknown):
            self._unknown = True
        elif isinstance(frame, frames.Resolved):
            self._closing = True
        if not self._was_stable and self._is_stable():
            self._mark_stable()
        at = engine.registry[self.identifier].last_heard_at = engine.clock.now()
        match frame:
            case frames.SecondsLeft():
                engine.registry.set_deadline(self.identifier, now + frame.seconds)
            case frames.Welcome():
                self._read_after_connecting()
            case frames.Dispatched():
                engine.record(self.identifier, fact_from_frame(at, message, frame))
                # Who is dispatched has signed: the resolve message may be the one we missed.
                self._reader.fetch_again(self.identifier)
            case frames.DeveloperFetched() | frames.Pong() | frames.UnknownFrame():
                return
            case frames.UnreadableFrame():
                if engine.record(self.identifier, fact_from_frame(at, message, frame)):
                    # It may have been the resolve message.
                    self._reader.fetch(self.identifier, Priority.EXPIRY)
            case _:
                engine.record(self.identifier, fact_from_frame(at, message, frame))

    def _read_after_connecting(self) -> None:
        """Read the payload after a welcome, since messages sent while no socket was open are not
        repeated (P§5.2). Where connections are closed soon after their welcome, it is read only
        once one has stayed open for a moment; until then it is polled like one without a socket."""
        if self.short_lived:
            self._reader.fetch_if_valid(self.identifier)
            return
        self._reader.fetch(self.identifier, Priority.CONNECTED)
        if self._engine.request(self.identifier).step >= Step.OPENED:
            self._reader.fetch_again(self.identifier)

    def _on_error(self, error: BaseException) -> None:
        """A bug of ours, not a lost connection: report it and go on."""
        self._count_live(SocketState.LOST)
        self.state, self.since = SocketState.LOST, self._engine.clock.monotonic()
        self._engine.registry[self.identifier].socket_state = SocketState.LOST
        self._engine.registry.mark_changed(self.identifier)
        self._engine.tasks.failed(f"follow {self.identifier}", error)

    def _set_state(self, state: SocketState, why: str = "") -> None:
        if self._detached:
            return
        engine = self._engine
        self._count_live(state)
        self.state, self.since = state, engine.clock.monotonic()
        entry = engine.registry[self.identifier]
        if state is SocketState.DIALING:
            # On the screen a lost socket stays lost until it is open again.
            if entry.socket_state is not SocketState.LOST:
                entry.socket_state = state
            return
        entry.socket_state = state
        if state is SocketState.LOST:
            self._reader.cut_off(self.identifier)
            lost = {"why": why[:200]}
            engine.record(
                self.identifier,
                make_fact(engine.clock.now(), Source.DESK, FactKind.SOCKET_LOST, dict(lost)),
            )
        engine.registry.mark_changed(self.identifier)

    def _count_live(self, state: SocketState) -> None:
        if not self._detached:
            self._totals.live += (state is SocketState.LIVE) - (self.state is SocketState.LIVE)
