"""Keeps the status sockets of all unfinished requests open, and hands on what they say.

Knows which request needs a socket and when one is dead; must not know the journal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from xumm_desk.core import facts, frames
from xumm_desk.core.facts import Fact, Kind, Witness, fact
from xumm_desk.core.lifecycle import Step
from xumm_desk.core.pace import Pace

from .book import Book, LinkState
from .calls import Urgency
from .dial import DialGate
from .follow import Follow
from .ports import Clock, Platform, Sockets
from .reading import Reading
from .tasks import TaskOwner
from .turns import in_turns


class Listening:
    """One task and one socket for each request that can still change."""

    def __init__(
        self,
        *,
        book: Book,
        reading: Reading,
        platform: Platform,
        sockets: Sockets,
        clock: Clock,
        pace: Pace,
        tasks: TaskOwner,
        tell: Callable[[str, Fact], bool],
    ) -> None:
        self._book = book
        self._reading = reading
        self._platform = platform
        self._sockets = sockets
        self._clock = clock
        self._pace = pace
        self._tasks = tasks
        self._tell = tell
        self._gate = DialGate(pace, clock)
        self._follows: dict[str, tuple[Follow, asyncio.Task[None]]] = {}
        self._beyond: dict[str, None] = {}
        self._live: set[str] = set()
        self.heard_at: float | None = None

    @property
    def wanted(self) -> int:
        """How many sockets should be open."""
        return len(self._follows) + len(self._beyond)

    @property
    def live(self) -> int:
        """How many are."""
        return len(self._live)

    @property
    def beyond(self) -> int:
        """How many requests have no socket because this system allows no more; they are read now
        and then instead."""
        return len(self._beyond)

    def update(self, identifier: str) -> None:
        """Open or close the request's socket, as its state now asks."""
        if not self._wants(identifier):
            self._drop(identifier)
        elif identifier in self._follows or identifier in self._beyond:
            return
        elif len(self._follows) < self._sockets.most:
            self._follow(identifier)
        else:
            self._beyond[identifier] = None

    def clear(self) -> None:
        """Forget all of them; their tasks are cancelled by their owner."""
        for one, _ in self._follows.values():
            one.mute()
        self._follows.clear()
        self._beyond.clear()
        self._live.clear()

    async def sweep(self) -> None:
        """One look at all sockets every few seconds: silent ones, unwelcoming ones, lost ones."""
        while True:
            await asyncio.sleep(self._pace.sweep)
            async for identifier in in_turns((*self._follows, *self._beyond)):
                try:
                    self._look_at(identifier)
                except Exception as error:  # noqa: BLE001 - one row must not hide the others
                    self._tasks.failed(f"watch {identifier}", error)

    def _look_at(self, identifier: str) -> None:
        if not self._wants(identifier):
            self._drop(identifier)
            return
        if identifier in self._beyond:
            self._reading.poll(identifier)
            return
        followed = self._follows.get(identifier)
        if followed is None:
            return
        one, now = followed[0], self._clock.mono()
        if one.state is LinkState.LIVE:
            if one.silent_for() > self._pace.silence:
                one.hang_up()
            elif not one.welcomed and now - one.since > self._pace.welcome:
                self._reading.poll(identifier)
        elif now - one.since > self._pace.sweep:
            self._reading.poll(identifier)

    def address(self, identifier: str, turn: int) -> str:
        """Where the socket is dialled at this attempt (see `Ear`)."""
        request = self._book[identifier].request
        assert request.uuid is not None
        # A restarted platform may have moved: every other attempt tries the documented place.
        return self._platform.socket_of(request.uuid, None if turn % 2 else request.socket)

    def link_changed(self, identifier: str, state: LinkState, why: str = "") -> None:
        """A socket came up or went down (see `Ear`)."""
        entry = self._book[identifier]
        if state is LinkState.DIALING:
            # Nothing has changed for the eye: what was lost is still lost, what is new is new.
            entry.link = entry.link if entry.link is LinkState.LOST else state
            return
        entry.link = state
        if state is LinkState.LIVE:
            self._live.add(identifier)
        else:
            self._live.discard(identifier)
        if state is LinkState.LOST:
            self._reading.cut_off(identifier)
            now = self._clock.now()
            self._tell(identifier, fact(now, Witness.DESK, Kind.LINK_LOST, {"why": why[:200]}))
        self._book.changed(identifier)

    def heard(self, identifier: str, message: str | bytes, frame: frames.Frame) -> None:
        """A socket said something (see `Ear`). Hints move the row, GETs decide."""
        entry = self._book[identifier]
        now = self._clock.now()
        self.heard_at = self._clock.mono()
        entry.heard_at = now
        match frame:
            case frames.Remaining():
                self._book.set_deadline(identifier, self.heard_at + frame.seconds)
            case frames.Welcome():
                self._connected(identifier)
            case frames.Dispatched():
                self._tell(identifier, facts.heard(now, message, frame))
                # Whoever is dispatched has signed: the resolve message may be the one we missed.
                self._reading.look_again(identifier)
            case frames.Fetched() | frames.Pong() | frames.Unknown():
                return
            case frames.Garbled():
                if self._tell(identifier, facts.heard(now, message, frame)):
                    # It may have been the resolve message.
                    self._reading.look(identifier, Urgency.EXPIRY)
            case _:
                self._tell(identifier, facts.heard(now, message, frame))

    def stumbled(self, identifier: str, error: BaseException) -> None:
        """An error of ours was met by a socket's task, which goes on (see `Ear`)."""
        self._live.discard(identifier)
        self._book[identifier].link = LinkState.LOST
        self._book.changed(identifier)
        self._tasks.failed(f"follow {identifier}", error)

    def _connected(self, identifier: str) -> None:
        """A socket was welcomed. Whatever was missed while none was open is not replayed (P§5.2),
        so the request is read: at once where the connection before had lived, or there was none.
        Where connections are closed as soon as they are made, none of them ends the gap: then the
        request is read when one has held for a moment, and until then as without a socket."""
        followed = self._follows.get(identifier)
        if followed is not None and followed[0].early:
            self._reading.look_if_it_holds(identifier)
            return
        self._reading.look(identifier, Urgency.CONNECTED)
        if self._book[identifier].request.step >= Step.OPENED:
            self._reading.look_again(identifier)

    def _follow(self, identifier: str) -> None:
        uuid = self._book[identifier].request.uuid
        assert uuid is not None
        one = Follow(
            identifier,
            uuid,
            sockets=self._sockets,
            gate=self._gate,
            clock=self._clock,
            pace=self._pace,
            ear=self,
        )
        task = self._tasks.start(one.run(), f"follow {identifier}")
        self._follows[identifier] = (one, task)

    def _drop(self, identifier: str) -> None:
        self._beyond.pop(identifier, None)
        followed = self._follows.pop(identifier, None)
        if followed is None:
            return
        one, task = followed
        one.mute()
        task.cancel()
        self._live.discard(identifier)
        self._book[identifier].link = LinkState.NONE
        self._book.changed(identifier)
        if self._beyond:
            waiting = next(iter(self._beyond))
            del self._beyond[waiting]
            self._follow(waiting)

    def _wants(self, identifier: str) -> bool:
        entry = self._book[identifier]
        request = entry.request
        if request.uuid is None or request.resolved or request.missing:
            return False
        now = self._clock.mono()
        if not entry.verdict.final:
            entry.settled_at = None
        elif entry.settled_at is None:
            entry.settled_at = now
        # A phone may have fetched it in the same moment: listen a little longer (P§4).
        return entry.settled_at is None or now - entry.settled_at < self._pace.linger
