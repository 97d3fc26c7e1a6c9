"""Ask once a day whether there is a newer version, and hold what is to be told of it.

Nothing is downloaded or installed. A statement that is not to be believed is ignored and logged.
The time of an attempt is on disk before it begins: a till that is started again and again asks no
more often than one that stays open.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final, Protocol

from xumm_desk.core.updates.notice import (
    UpdateNotice,
    UpdateState,
    next_reading,
    notice_for,
    refusal,
)
from xumm_desk.core.updates.statement import ReleaseStatement

from .runtime.ports import Clock

log = logging.getLogger(__name__)

CHECK_INTERVAL: Final = 600.0
"""Seconds between two looks whether a day is over: the machine may have slept."""

FIRST_DELAY: Final = 60.0
FIRST_SPREAD: Final = 1200.0
"""Seconds after a start, and at most so many more by chance: the shop's requests come first, and
shops open at the same hour."""


class StatementSource(Protocol):
    """Where signed statements come from; neither method raises, and a string says why there is
    none."""

    async def fetch(self) -> bytes | str:
        """The signed file."""
        ...

    async def verify(self, body: bytes) -> ReleaseStatement | str:
        """What it states, if a release key has signed it."""
        ...


class Memory(Protocol):
    """Where the state is kept; both methods read and write a small file."""

    def read(self) -> UpdateState: ...

    def write(self, state: UpdateState) -> bool:
        """Whether it is kept."""
        ...


class UpdateWatch:
    """One for a program. `memory` is that of the present data folder; `wanted` says whether the
    shop wishes to be told, and is asked again whenever `changed` is called."""

    def __init__(
        self,
        source: StatementSource,
        *,
        own_version: str,
        clock: Clock,
        memory: Callable[[], Memory],
        wanted: Callable[[], bool],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._source, self._own, self._clock = source, own_version, clock
        self._memory, self._wanted, self._chance = memory, wanted, chance
        self._listeners: list[Callable[[], None]] = []
        self._woken = asyncio.Event()
        self._one = asyncio.Lock()
        self._spread = chance()
        self._notice: UpdateNotice | None = None

    @property
    def notice(self) -> UpdateNotice | None:
        """What a person is to be told; None where nothing is new, or that is hidden."""
        return self._notice

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever `notice` changed."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """The wish, or the data folder, may have changed: look at both now."""
        self._woken.set()

    async def hide(self) -> None:
        """Hide the notice until there is a version after it. One that must no longer be used is not
        hidden."""
        notice = self._notice
        if notice is not None and not notice.unsafe:
            async with self._one:
                state = await self._read()
                await self._write(replace(state, hidden=notice.version))
            self._show(None)

    async def run(self) -> None:
        """Ask as long as this runs."""
        await self.show_known()
        wait = FIRST_DELAY + FIRST_SPREAD * self._chance()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), wait)
            self._woken.clear()
            await self.look()
            wait = CHECK_INTERVAL

    async def look(self) -> None:
        """Ask if that is wanted and a day is over, and show what is known."""
        async with self._one:
            if self._wanted() and await self._begin():
                await self._ask()
        await self.show_known()

    async def show_known(self) -> None:
        """Show what was believed last; it may have been another run that did. Its signature is
        checked again: a key may be no release key any more."""
        notice = None
        if self._wanted():
            state = await self._read()
            known = await self._believed(state)
            notice = notice_for(known, self._own) if known is not None else None
            if notice is not None and notice.version == state.hidden and not notice.unsafe:
                notice = None
        self._show(notice)

    async def _begin(self) -> bool:
        """Whether a reading may begin now; then that is on disk."""
        state, now = await self._read(), self._clock.now()
        if state.tried_at is not None and state.tried_at > now:
            # A clock was wrong, then or now. A day counts from here, or it might never be over.
            await self._write(replace(state, tried_at=now))
            return False
        if state.tried_at is not None and now < next_reading(state.tried_at, self._spread):
            return False
        self._spread = self._chance()
        return await self._write(replace(state, tried_at=now))

    async def _ask(self) -> None:
        body = await self._source.fetch()
        if isinstance(body, str):
            log.info("No statement of the newest version: %s.", body)
            return
        statement = await self._source.verify(body)
        if isinstance(statement, str):
            log.warning("The statement of the newest version is ignored: %s.", statement)
            return
        state, now = await self._read(), self._clock.now()
        if refused := refusal(statement, now, await self._believed(state)):
            log.warning("The statement of the newest version is ignored: %s.", refused)
            return
        if notice_for(statement, self._own) is None:
            log.info("Version %s is the newest; this is %s.", statement.version, self._own)
        await self._write(replace(state, body=body))

    async def _believed(self, state: UpdateState) -> ReleaseStatement | None:
        known = await self._source.verify(state.body) if state.body else None
        return known if isinstance(known, ReleaseStatement) else None

    async def _read(self) -> UpdateState:
        return await asyncio.to_thread(self._memory().read)

    async def _write(self, state: UpdateState) -> bool:
        return await asyncio.to_thread(self._memory().write, state)

    def _show(self, notice: UpdateNotice | None) -> None:
        if notice == self._notice:
            return
        self._notice = notice
        for listener in tuple(self._listeners):
            listener()
