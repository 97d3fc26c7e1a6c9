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

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.settings import Credentials
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import SUCCESSFUL, Status
from xumm_desk.core.verdict import wording
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.config import Config

from . import output
from .exit_codes import BAD_INPUT, NOT_ALL_PAID, OK, UNREACHABLE, warn
from .streams import OutputError, StandardOutput


class RequestRun:
    """One run of `request`: create, follow, show, end."""

    def __init__(
        self,
        configuration: Config,
        credentials: Credentials,
        specs: list[RequestSpec],
        options: argparse.Namespace,
        *,
        timing: Timing | None = None,
    ) -> None:
        self._assembly = Composition(configuration, credentials, timing=timing)
        self._specs = specs
        self._resume: bool = options.resume
        self._timeout: float | None = options.timeout
        self._show = (output.JsonOutput if options.json else output.HumanOutput)(
            StandardOutput(sys.stdout)
        )
        self._changed = asyncio.Event()
        self._stopped = asyncio.Event()
        self._broken: OutputError | BrokenPipeError | None = None
        self._decided = False
        self._give_up: list[str] = options.give_up
        self._identifiers = {one.identifier for one in specs} | set(self._give_up)
        self._create_tasks: list[asyncio.Task[object]] = []
        self._warned: set[str] = set()

    async def run(self) -> int:
        """Run to the end and return the exit code."""
        desk = self._assembly.build_desk()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows has no such handlers; Ctrl-C then ends the run by KeyboardInterrupt.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._stopped.set)
        try:
            desk.on_rows(self._on_rows)
            known = None if self._resume else sorted(self._identifiers)
            before = await desk.start(known)
            if self._resume:
                self._identifiers |= {row.identifier for row in before if not row.verdict.final}
                # some were published before their identifiers were noted
                self._on_rows(desk.rows())
            if error := await self._assembly.start_webhooks():
                warn(error)
                return BAD_INPUT
            wrong = [s for one in self._specs if (s := identifier_conflict(desk, one))]
            wrong += [s for name in self._give_up if (s := await desk.close(name))]
            for sentence in wrong:
                warn(sentence)
            if wrong:
                return BAD_INPUT
            return await self._follow(desk)
        finally:
            await self._assembly.close()

    async def _follow(self, desk: Desk) -> int:
        for one in self._specs:
            task = desk.tasks.start(_send(desk, one), f"create {one.identifier}")
            task.add_done_callback(lambda _: self._changed.set())
            self._create_tasks.append(task)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timeout):
                if any(row.request.outage_link is not None for row in self._own_rows(desk)):
                    # Only the ledger can tell what became of an outage code meanwhile.
                    await desk.wait_ledger_read(desk.timing.account_interval)
                await self._until_done(desk)
        self._decided = True
        if self._broken is not None:
            raise self._broken
        return self._exit_code(desk)

    async def _until_done(self, desk: Desk) -> None:
        stuck_since: float | None = None
        while not self._stopped.is_set():
            # Publish what is known by now before the run can be over.
            await asyncio.sleep(0)
            left = self._unfinished(desk)
            shown = self._identifiers <= {row.identifier for row in desk.rows()}
            if shown and not left and all(task.done() for task in self._create_tasks):
                return
            if self._timeout is None and left and all(_create_pending(row) for row in left):
                stuck_since = desk.clock.monotonic() if stuck_since is None else stuck_since
                pause = stuck_since + desk.timing.create_give_up - desk.clock.monotonic()
                if pause <= 0:
                    return
            else:
                stuck_since, pause = None, None
            self._changed.clear()
            waits = [
                asyncio.ensure_future(self._changed.wait()),
                asyncio.ensure_future(self._stopped.wait()),
            ]
            try:
                await asyncio.wait(waits, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()

    def _own_rows(self, desk: Desk) -> list[RequestRow]:
        return [row for row in desk.rows() if row.identifier in self._identifiers]

    def _unfinished(self, desk: Desk) -> list[RequestRow]:
        """Rows that are worth waiting for: an outage code, which may stay open for ever, only
        with a timeout."""
        left = [row for row in self._own_rows(desk) if not row.verdict.final]
        if self._timeout is None:
            left = [row for row in left if row.request.outage_link is None]
        return left

    def _exit_code(self, desk: Desk) -> int:
        """The exit code, and on standard error what was left open and what to do about it."""
        fault = desk.health().platform_error
        if off := desk.health().clock_off:
            warn(off)
        rows = self._own_rows(desk)
        asked = [row for row in rows if row.identifier not in self._give_up]
        if all(row.verdict.status in SUCCESSFUL for row in asked) and len(rows) >= len(self._specs):
            return OK
        if fault:
            warn(fault)
        stuck = [row for row in asked if not row.verdict.final and _create_pending(row)]
        for row in asked:
            if row.request.outage_link is not None and not row.verdict.final:
                warn(_about(row, wording.OUTAGE, _OPEN_CODE))
        for row in stuck:
            away = desk.turned_away(row.identifier)
            warn(_about(row, *((away, _NOT_TAKEN) if away else (_NOT_KNOWN,))))
        silent = desk.health().platform_at is None
        return UNREACHABLE if stuck or (fault and silent) else NOT_ALL_PAID

    def _on_rows(self, rows: Sequence[RequestRow]) -> None:
        if self._decided or self._broken is not None:
            return
        mine = [row for row in rows if row.identifier in self._identifiers]
        for row in mine:
            if _create_pending(row) and row.request.unsure and row.identifier not in self._warned:
                self._warned.add(row.identifier)
                warn(_about(row, wording.CREATE_ANSWER_LOST))
        try:
            self._show.show(mine)
        except (BrokenPipeError, OutputError) as error:
            # Nobody reads it, or it cannot be written: end, and leave the rest to --resume.
            self._broken = error
            self._stopped.set()
        self._changed.set()


_OPEN_CODE: Final = Message(
    "The request was left open: wait for it with --resume --timeout, or close it with --give-up."
)

_NOT_KNOWN: Final = Message(
    "nobody knows whether the platform has this request. Go on looking"
    " with --resume, or close it with --give-up."
)


_NOT_TAKEN: Final = Message(
    "The platform has not taken this request. Send it with --resume, or close it with --give-up."
)


def _about(row: RequestRow, *sentences: str) -> Message:
    return Message(
        "{identifier}: {sentence}", identifier=row.identifier, sentence=Sentences(sentences)
    )


def _create_pending(row: RequestRow) -> bool:
    """Whether the platform does not have the request, or that is unknown."""
    return row.verdict.status is Status.CREATING and row.request.uuid is None


async def _send(desk: Desk, one: RequestSpec) -> None:
    """Create it, or send it again where an earlier run found the platform down."""
    known = desk.request(one.identifier)
    failure = known.create_failure if known is not None else None
    if failure is not None and failure.platform_down:
        await desk.resend(one.identifier)
    else:
        await desk.create(one)


def identifier_conflict(desk: Desk, one: RequestSpec) -> str:
    """A sentence if the identifier already stands for another request of this data folder."""
    known = desk.request(one.identifier)
    if known is None or known.spec.body == one.body:
        return ""
    return Message(
        "Identifier: {identifier} was already used for another request. Use a new one.",
        identifier=f"{one.identifier!r}",
    )
