"""Keeps the status sockets of all unfinished requests open, and hands on what they say.

Knows which request needs a socket and when one is dead; must not know the journal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import Step
from xumm_desk.core.wire import frames
from xumm_desk.engine.runtime.call_queue import Priority
from xumm_desk.engine.runtime.ports import Clock, PlatformApi, StatusSockets
from xumm_desk.engine.runtime.registry import RequestRegistry, SocketState
from xumm_desk.engine.runtime.tasks import TaskGroup, yielding

from .dial_gate import DialGate
from .reader import PayloadReader
from .watcher import PayloadWatcher


class Watchers:
    """One task and one socket for each request that can still change."""

    def __init__(
        self,
        *,
        registry: RequestRegistry,
        reading: PayloadReader,
        platform: PlatformApi,
        sockets: StatusSockets,
        clock: Clock,
        timing: Timing,
        tasks: TaskGroup,
        tell: Callable[[str, Fact], bool],
    ) -> None:
        self._registry = registry
        self._reading = reading
        self._platform = platform
        self._sockets = sockets
        self._clock = clock
        self._timing = timing
        self._tasks = tasks
        self._tell = tell
        self._gate = DialGate(timing, clock)
        self._watchers: dict[str, tuple[PayloadWatcher, asyncio.Task[None]]] = {}
        self._without_socket: dict[str, None] = {}
        self._live: set[str] = set()
        self.last_frame_at: float | None = None

    @property
    def wanted(self) -> int:
        """How many sockets should be open."""
        return len(self._watchers) + len(self._without_socket)

    @property
    def live(self) -> int:
        """How many are."""
        return len(self._live)

    @property
    def without_socket(self) -> int:
        """How many requests have no socket because this system allows no more; they are read now
        and then instead."""
        return len(self._without_socket)

    def update(self, identifier: str) -> None:
        """Open or close the request's socket, as its state now asks."""
        if not self._needs_socket(identifier):
            self._stop_watching(identifier)
        elif identifier in self._watchers or identifier in self._without_socket:
            return
        elif len(self._watchers) < self._sockets.limit:
            self._start_watching(identifier)
        else:
            self._without_socket[identifier] = None

    def clear(self) -> None:
        """Forget all of them; their tasks are cancelled by their owner."""
        for one, _ in self._watchers.values():
            one.detach()
        self._watchers.clear()
        self._without_socket.clear()
        self._live.clear()

    async def run_watchdog(self) -> None:
        """One look at all sockets every few seconds: silent ones, unwelcoming ones, lost ones."""
        while True:
            await asyncio.sleep(self._timing.watch_interval)
            async for identifier in yielding((*self._watchers, *self._without_socket)):
                try:
                    self._check(identifier)
                except Exception as error:  # noqa: BLE001 - one row must not hide the others
                    self._tasks.failed(f"watch {identifier}", error)

    def _check(self, identifier: str) -> None:
        if not self._needs_socket(identifier):
            self._stop_watching(identifier)
            return
        if identifier in self._without_socket:
            self._reading.poll(identifier)
            return
        followed = self._watchers.get(identifier)
        if followed is None:
            return
        one, now = followed[0], self._clock.monotonic()
        if one.state is SocketState.LIVE:
            if one.seconds_silent() > self._timing.socket_silence:
                one.drop_connection()
            elif not one.welcomed and now - one.since > self._timing.welcome_timeout:
                self._reading.poll(identifier)
        elif now - one.since > self._timing.watch_interval:
            self._reading.poll(identifier)

    def address(self, identifier: str, turn: int) -> str:
        """Where the socket is dialled at this attempt (see `Ear`)."""
        request = self._registry[identifier].request
        assert request.uuid is not None
        # A restarted platform may have moved: every other attempt tries the documented place.
        return self._platform.status_url(request.uuid, None if turn % 2 else request.socket_url)

    def on_socket_state(self, identifier: str, state: SocketState, why: str = "") -> None:
        """A socket came up or went down (see `Ear`)."""
        entry = self._registry[identifier]
        if state is SocketState.DIALING:
            # Nothing has changed for the eye: what was lost is still lost, what is new is new.
            entry.socket_state = (
                entry.socket_state if entry.socket_state is SocketState.LOST else state
            )
            return
        entry.socket_state = state
        if state is SocketState.LIVE:
            self._live.add(identifier)
        else:
            self._live.discard(identifier)
        if state is SocketState.LOST:
            self._reading.cut_off(identifier)
            now = self._clock.now()
            self._tell(
                identifier, make_fact(now, Source.DESK, FactKind.SOCKET_LOST, {"why": why[:200]})
            )
        self._registry.mark_changed(identifier)

    def on_frame(self, identifier: str, message: str | bytes, frame: frames.Frame) -> None:
        """A socket said something (see `Ear`). Hints move the row, GETs decide."""
        entry = self._registry[identifier]
        now = self._clock.now()
        self.last_frame_at = self._clock.monotonic()
        entry.last_heard_at = now
        match frame:
            case frames.SecondsLeft():
                self._registry.set_deadline(identifier, self.last_frame_at + frame.seconds)
            case frames.Welcome():
                self._connected(identifier)
            case frames.Dispatched():
                self._tell(identifier, facts.fact_from_frame(now, message, frame))
                # Whoever is dispatched has signed: the resolve message may be the one we missed.
                self._reading.fetch_again(identifier)
            case frames.DeveloperFetched() | frames.Pong() | frames.UnknownFrame():
                return
            case frames.UnreadableFrame():
                if self._tell(identifier, facts.fact_from_frame(now, message, frame)):
                    # It may have been the resolve message.
                    self._reading.fetch(identifier, Priority.EXPIRY)
            case _:
                self._tell(identifier, facts.fact_from_frame(now, message, frame))

    def on_error(self, identifier: str, error: BaseException) -> None:
        """An error of ours was met by a socket's task, which goes on (see `Ear`)."""
        self._live.discard(identifier)
        self._registry[identifier].socket_state = SocketState.LOST
        self._registry.mark_changed(identifier)
        self._tasks.failed(f"follow {identifier}", error)

    def _connected(self, identifier: str) -> None:
        """A socket was welcomed. Whatever was missed while none was open is not replayed (P§5.2),
        so the request is read: at once where the connection before had lived, or there was none.
        Where connections are closed as soon as they are made, none of them ends the gap: then the
        request is read when one has held for a moment, and until then as without a socket."""
        followed = self._watchers.get(identifier)
        if followed is not None and followed[0].early:
            self._reading.fetch_if_valid(identifier)
            return
        self._reading.fetch(identifier, Priority.CONNECTED)
        if self._registry[identifier].request.step >= Step.OPENED:
            self._reading.fetch_again(identifier)

    def _start_watching(self, identifier: str) -> None:
        uuid = self._registry[identifier].request.uuid
        assert uuid is not None
        one = PayloadWatcher(
            identifier,
            uuid,
            sockets=self._sockets,
            gate=self._gate,
            clock=self._clock,
            timing=self._timing,
            ear=self,
        )
        task = self._tasks.start(one.run(), f"follow {identifier}")
        self._watchers[identifier] = (one, task)

    def _stop_watching(self, identifier: str) -> None:
        self._without_socket.pop(identifier, None)
        followed = self._watchers.pop(identifier, None)
        if followed is None:
            return
        one, task = followed
        one.detach()
        task.cancel()
        self._live.discard(identifier)
        self._registry[identifier].socket_state = SocketState.NONE
        self._registry.mark_changed(identifier)
        if self._without_socket:
            waiting = next(iter(self._without_socket))
            del self._without_socket[waiting]
            self._start_watching(waiting)

    def _needs_socket(self, identifier: str) -> bool:
        entry = self._registry[identifier]
        request = entry.request
        if request.uuid is None or request.resolved or request.not_found:
            return False
        now = self._clock.monotonic()
        if not entry.verdict.final:
            entry.settled_at = None
        elif entry.settled_at is None:
            entry.settled_at = now
        # A phone may have fetched it in the same moment: listen a little longer (P§4).
        return entry.settled_at is None or now - entry.settled_at < self._timing.listen_after_end
