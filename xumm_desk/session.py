"""One run of `request`: create or send again, follow, show, end with a code.

What was printed last of each request decides the code, and nothing is printed after it is decided.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import Final

from xumm_desk import terminal
from xumm_desk.assembly import Assembly
from xumm_desk.configuration import Configuration
from xumm_desk.core import wording
from xumm_desk.core.lifecycle import Status
from xumm_desk.core.order import Order
from xumm_desk.core.pace import Pace
from xumm_desk.core.verdict import GOOD
from xumm_desk.engine.book import Row
from xumm_desk.engine.desk import Desk
from xumm_desk.exits import BAD_INPUT, NOT_ALL_GOOD, OK, UNREACHABLE, warn
from xumm_desk.output import OutputError, StandardOutput
from xumm_desk.store.vault import Credentials


class Session:
    """One run of `request`: create, follow, show, end."""

    def __init__(
        self,
        configuration: Configuration,
        credentials: Credentials,
        orders: list[Order],
        options: argparse.Namespace,
        *,
        pace: Pace | None = None,
    ) -> None:
        self._assembly = Assembly(configuration, credentials, pace=pace)
        self._orders = orders
        self._resume: bool = options.resume
        self._timeout: float | None = options.timeout
        self._show = (terminal.JsonLines if options.json else terminal.Lines)(
            StandardOutput(sys.stdout)
        )
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()
        self._broken: OutputError | BrokenPipeError | None = None
        self._decided = False
        self._closing: list[str] = options.give_up
        self._mine = {one.identifier for one in orders} | set(self._closing)
        self._sending: list[asyncio.Task[object]] = []
        self._told: set[str] = set()

    async def run(self) -> int:
        """Run to the end and return the exit code."""
        desk = self._assembly.open()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows has no such handlers; Ctrl-C then ends the run by KeyboardInterrupt.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._stop.set)
        try:
            desk.on_rows(self._rows)
            known = None if self._resume else sorted(self._mine)
            before = await desk.start(known)
            if self._resume:
                self._mine |= {row.identifier for row in before if not row.verdict.final}
                self._rows(desk.rows())  # some were published before it was known whose they are
            if trouble := await self._assembly.listen():
                warn(trouble)
                return BAD_INPUT
            wrong = [s for one in self._orders if (s := conflict(desk, one))]
            wrong += [s for name in self._closing if (s := await desk.give_up(name))]
            for sentence in wrong:
                warn(sentence)
            if wrong:
                return BAD_INPUT
            return await self._follow(desk)
        finally:
            await self._assembly.close()

    async def _follow(self, desk: Desk) -> int:
        for one in self._orders:
            task = desk.tasks.start(_send(desk, one), f"create {one.identifier}")
            task.add_done_callback(lambda _: self._changed.set())
            self._sending.append(task)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timeout):
                if any(row.request.outage is not None for row in self._rows_of(desk)):
                    # Only the ledger can tell what became of a code while nobody looked.
                    await desk.ledger_read(desk.pace.account_sweep)
                await self._until_done(desk)
        self._decided = True
        if self._broken is not None:
            raise self._broken
        return self._code(desk)

    async def _until_done(self, desk: Desk) -> None:
        stuck_since: float | None = None
        while not self._stop.is_set():
            # What is known by now but not published yet is shown before the run can be over.
            await asyncio.sleep(0)
            left = self._unfinished(desk)
            shown = self._mine <= {row.identifier for row in desk.rows()}
            if shown and not left and all(task.done() for task in self._sending):
                return
            if self._timeout is None and left and all(_unsent(row) for row in left):
                stuck_since = desk.clock.mono() if stuck_since is None else stuck_since
                pause = stuck_since + desk.pace.give_up_create - desk.clock.mono()
                if pause <= 0:
                    return
            else:
                stuck_since, pause = None, None
            self._changed.clear()
            waits = [
                asyncio.ensure_future(self._changed.wait()),
                asyncio.ensure_future(self._stop.wait()),
            ]
            try:
                await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()

    def _rows_of(self, desk: Desk) -> list[Row]:
        return [row for row in desk.rows() if row.identifier in self._mine]

    def _unfinished(self, desk: Desk) -> list[Row]:
        """Rows that are worth waiting for: an outage code, which may stay open for ever, only
        with a timeout."""
        left = [row for row in self._rows_of(desk) if not row.verdict.final]
        if self._timeout is None:
            left = [row for row in left if row.request.outage is None]
        return left

    def _code(self, desk: Desk) -> int:
        """The exit code, and on standard error what was left open and what to do about it."""
        fault = desk.health().platform_fault
        if off := desk.health().clock_off:
            warn(off)
        rows = self._rows_of(desk)
        asked = [row for row in rows if row.identifier not in self._closing]
        if all(row.verdict.status in GOOD for row in asked) and len(rows) >= len(self._orders):
            return OK
        if fault:
            warn(fault)
        stuck = [row for row in asked if not row.verdict.final and _unsent(row)]
        for row in asked:
            if row.request.outage is not None and not row.verdict.final:
                warn(f"{row.identifier}: {wording.OUTAGE}. {_OPEN_CODE}")
        for row in stuck:
            away = desk.turned_away(row.identifier)
            warn(f"{row.identifier}: {f'{away} {_NOT_TAKEN}' if away else _NOT_KNOWN}")
        silent = desk.health().platform_at is None
        return UNREACHABLE if stuck or (fault and silent) else NOT_ALL_GOOD

    def _rows(self, rows: Sequence[Row]) -> None:
        if self._decided or self._broken is not None:
            return
        mine = [row for row in rows if row.identifier in self._mine]
        for row in mine:
            if _unsent(row) and row.request.unsure and row.identifier not in self._told:
                self._told.add(row.identifier)
                warn(f"{row.identifier}: {wording.LOST_ANSWER}")
        try:
            self._show.show(mine)
        except (BrokenPipeError, OutputError) as error:
            # Nobody reads it, or it cannot be written: end, and leave the rest to --resume.
            self._broken = error
            self._stop.set()
        self._changed.set()


_OPEN_CODE: Final = (
    "It was left open: wait for it with --resume --timeout, or close it with --give-up."
)

_NOT_KNOWN: Final = (
    "nobody knows whether the platform has this request. Go on looking with --resume, or close it"
    " with --give-up."
)


_NOT_TAKEN: Final = (
    "The platform has not taken this request. Send it with --resume, or close it with --give-up."
)


def _unsent(row: Row) -> bool:
    """Whether nobody knows of the request, or nobody knows whether the platform does."""
    return row.verdict.status is Status.CREATING and row.request.uuid is None


async def _send(desk: Desk, one: Order) -> None:
    """Create it, or send it again where an earlier run found the platform down."""
    known = one.identifier in desk.book
    refused = desk.book[one.identifier].request.failure if known else None
    if refused is not None and refused.down:
        await desk.resend(one.identifier)
    else:
        await desk.create(one)


def conflict(desk: Desk, one: Order) -> str:
    """A sentence when the identifier stands for another request of this data folder already."""
    if one.identifier not in desk.book:
        return ""
    known = desk.book[one.identifier].request.order
    if known.body == one.body:
        return ""
    return f"Identifier: {one.identifier!r} was already used for another request. Use a new one."
