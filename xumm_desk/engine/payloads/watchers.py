"""The set of watchers: which requests have a status socket, and the watchdog over all of them."""

from __future__ import annotations

import asyncio

from xumm_desk.engine.runtime.context import Engine
from xumm_desk.engine.runtime.registry import SocketState
from xumm_desk.engine.runtime.tasks import yielding

from .dial_gate import DialGate
from .reader import PayloadReader
from .watcher import PayloadWatcher, SocketTotals


class Watchers:
    """One watcher task and one socket for each request that can still change."""

    def __init__(self, engine: Engine, reader: PayloadReader) -> None:
        self._engine = engine
        self._reader = reader
        self._gate = DialGate(engine.timing, engine.clock)
        self._totals = SocketTotals()
        # Watcher and task by identifier, while the request needs a socket.
        self._watchers: dict[str, tuple[PayloadWatcher, asyncio.Task[None]]] = {}
        # Requests for which the system allows no socket, oldest first; they are polled.
        self._without_socket: dict[str, None] = {}

    @property
    def wanted(self) -> int:
        """How many sockets should be open."""
        return len(self._watchers) + len(self._without_socket)

    @property
    def live(self) -> int:
        """How many are open."""
        return self._totals.live

    @property
    def last_frame_at(self) -> float | None:
        """When any socket last received a message, in monotonic seconds."""
        return self._totals.last_frame_at

    @property
    def without_socket(self) -> int:
        """How many requests are polled because the system allows no more sockets."""
        return len(self._without_socket)

    def follows(self, identifier: str) -> bool:
        """Whether the request has a socket, or is polled in the place of one."""
        return identifier in self._watchers or identifier in self._without_socket

    def update(self, identifier: str) -> None:
        """Open or close the request's socket, as its state now asks."""
        if not self._needs_socket(identifier):
            self.stop(identifier)
        elif identifier in self._watchers or identifier in self._without_socket:
            return
        elif len(self._watchers) < self._engine.sockets.limit:
            self._start_watching(identifier)
        else:
            self._without_socket[identifier] = None

    def clear(self) -> None:
        """Detach all watchers; their task group cancels the tasks."""
        for watcher, _ in self._watchers.values():
            watcher.detach()
        self._watchers.clear()
        self._without_socket.clear()

    async def run_watchdog(self) -> None:
        """Check every few seconds for silent sockets, missing welcomes and requests without one."""
        while True:
            await asyncio.sleep(self._engine.timing.watch_interval)
            async for identifier in yielding((*self._watchers, *self._without_socket)):
                try:
                    self._check(identifier)
                except Exception as error:  # noqa: BLE001 - one row must not hide the others
                    self._engine.tasks.failed(f"watch {identifier}", error)

    def _check(self, identifier: str) -> None:
        if not self._needs_socket(identifier):
            self.stop(identifier)
            return
        if identifier in self._without_socket:
            self._reader.poll(identifier)
            return
        watched = self._watchers.get(identifier)
        if watched is None:
            return
        watcher, timing = watched[0], self._engine.timing
        age = self._engine.clock.monotonic() - watcher.since
        if watcher.state is SocketState.LIVE:
            if watcher.seconds_silent() > timing.socket_silence:
                watcher.drop_connection()
            elif not watcher.welcomed and age > timing.welcome_timeout:
                self._reader.poll(identifier)
        elif age > timing.watch_interval:
            self._reader.poll(identifier)

    def _start_watching(self, identifier: str) -> None:
        uuid = self._engine.request(identifier).uuid
        assert uuid is not None
        watcher = PayloadWatcher(
            identifier,
            uuid,
            self._engine,
            reader=self._reader,
            gate=self._gate,
            totals=self._totals,
        )
        task = self._engine.tasks.start(watcher.run(), f"follow {identifier}")
        self._watchers[identifier] = (watcher, task)

    def stop(self, identifier: str) -> None:
        """Close the request's socket, if it has one."""
        self._without_socket.pop(identifier, None)
        watched = self._watchers.pop(identifier, None)
        if watched is None:
            return
        watcher, task = watched
        watcher.detach()
        task.cancel()
        self._engine.registry[identifier].socket_state = SocketState.NONE
        self._engine.registry.mark_changed(identifier)
        if self._without_socket:
            waiting = next(iter(self._without_socket))
            del self._without_socket[waiting]
            self._start_watching(waiting)

    def _needs_socket(self, identifier: str) -> bool:
        entry = self._engine.registry[identifier]
        request = entry.request
        if request.uuid is None or request.resolved or request.not_found:
            return False
        now = self._engine.clock.monotonic()
        if not entry.verdict.final:
            entry.settled_at = None
        elif entry.settled_at is None:
            entry.settled_at = now
        # A phone may have fetched it at the same moment: listen a little longer (P§4).
        linger = self._engine.timing.listen_after_end
        return entry.settled_at is None or now - entry.settled_at < linger
