"""Create the requests of a file one after the other, each exactly once, behind everything else.

The identifier decides: a request that the journal knows is not sent again, so that a file that is
read once more goes on where it stopped. What the platform does not take stops the rest until a
person goes on: keys that are rejected would else refuse ten thousand lines.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from xumm_desk.core.bulk_import import known_rows
from xumm_desk.core.bulk_import.import_plan import ImportPlan, priced_spec
from xumm_desk.core.bulk_import.import_result import (
    ImportCounts,
    LineResult,
    Outcome,
    count_results,
)
from xumm_desk.core.bulk_import.import_row import ImportRow, LineProblem
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.pricing.quote import RateRefusal
from xumm_desk.core.pricing.rate_settings import rate_policy
from xumm_desk.core.request import destination_tags
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale import numbering
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.settings import Settings
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.verdict.verdict import judge

from .desk import Desk
from .runtime.call_queue import Priority

_AT_ONCE: Final = 200
"""Requests that are looked up together; facts about money wait meanwhile."""

_WORKERS: Final = 3
"""Requests that are on their way together. While an answer is lost, its place is taken."""

_RATE_PATIENCE: Final = 20.0
"""Seconds to wait for the first rate."""

_FAILED_BEFORE: Final = Message(
    "It was refused at an earlier import. Change the line, or give this import a name of its own,"
    " to try again."
)
_STILL_SENDING: Final = Message(
    "It was sent, and no answer came so far. The desk goes on asking by itself."
)


@dataclass(frozen=True, slots=True)
class ImportState:
    """How far it is. `pause_reason` says why it stands still, "" where a person paused it or it
    runs."""

    counts: ImportCounts
    running: bool
    paused: bool = False
    pause_reason: str = ""


@dataclass(frozen=True, slots=True)
class ExaminedPlan:
    """What a look at journal and ledger rules adds to a plan: more problems, and the lines whose
    request exists."""

    problems: tuple[LineProblem, ...]
    existing: dict[str, str]
    """The status of the request of each identifier that there is."""


class BulkCreation:
    """One run over the rows of a plan. `on_change` is called after each line and each pause."""

    def __init__(
        self,
        desk: Desk,
        plan: ImportPlan,
        settings: Settings,
        *,
        network: str,
        on_change: Callable[[], None] = lambda: None,
        say: Callable[[Message], str] = str,
    ) -> None:
        self._desk, self._plan, self._settings = desk, plan, settings
        self._network, self._on_change, self._say = network, on_change, say
        self._results: dict[int, LineResult] = {
            row.line: LineResult(row.line, row.identifier) for row in plan.rows
        }
        self._go_on, self._stopped = asyncio.Event(), asyncio.Event()
        self._go_on.set()
        self._pause_reason = ""
        self._running = self._was_refused = False
        self._refused_in_a_row = 0

    @property
    def results(self) -> Sequence[LineResult]:
        """What became of each line so far, in the order of the lines."""
        return tuple(self._results.values())

    def result_of(self, row: ImportRow) -> LineResult:
        """What became of one row so far."""
        return self._results[row.line]

    def state(self) -> ImportState:
        """How far it is."""
        counts = count_results(self._results.values(), len(self._plan.rows))
        paused = not self._go_on.is_set()
        return ImportState(counts, self._running, paused, self._pause_reason)

    def pause(self, reason: str = "") -> None:
        """Begin no other line; those on their way are finished."""
        self._go_on.clear()
        self._pause_reason = reason
        self._on_change()

    def go_on(self) -> None:
        """Go on after a pause."""
        self._pause_reason, self._refused_in_a_row = "", 0
        self._go_on.set()
        self._on_change()

    def stop(self) -> None:
        """Begin no other line and end soon. What was sent is finished by the desk."""
        self._stopped.set()
        self._go_on.set()

    async def examine(self) -> ExaminedPlan:
        """Look for what only journal and codec know. Sends nothing. Raises `JournalError`."""
        problems: list[LineProblem] = []
        existing: dict[str, str] = {}
        for some in _portions(self._plan.rows):
            known = await self._desk.find([row.identifier for row in some])
            for row in some:
                found = known.get(row.identifier)
                if found is not None and not known_rows.is_same(row, found):
                    problems.append(known_rows.conflict(row))
                elif found is not None:
                    existing[row.identifier] = self._status(found)
                else:
                    problems += [
                        LineProblem(row.line, error.field, "", error.message)
                        for error in await self._desk.check(row.spec)
                    ]
        return ExaminedPlan(tuple(problems), existing)

    async def run(self) -> str:
        """Create all rows, or go on until `stop`; a sentence where the disk ended it, "" else."""
        self._running = True
        rows = iter(self._plan.rows)
        rates, used_before = self._desk.rates, self._desk.rates.in_use
        priced = any(row.price is not None for row in self._plan.rows)
        try:
            if priced:
                await self._prepare_rates()
            workers = [asyncio.ensure_future(self._work(rows)) for _ in range(_WORKERS)]
            try:
                await asyncio.gather(*workers)
            finally:
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(*workers, return_exceptions=True)
        except JournalError as error:
            return error_text(error)
        finally:
            if priced and not used_before:
                rates.release()
            self._running = False
            self._on_change()
        return ""

    async def _work(self, rows: Iterator[ImportRow]) -> None:
        for row in rows:
            while True:
                await self._go_on.wait()
                if self._stopped.is_set():
                    return
                result = await self._create(row)
                self._results[row.line] = result
                self._on_change()
                if result.outcome is not Outcome.WAITING or self._stopped.is_set():
                    break

    # One line.

    async def _create(self, row: ImportRow) -> LineResult:
        """Create the request of one row, unless there is one."""
        known = self._desk.request(row.identifier)
        if known is None:
            known = (await self._desk.find([row.identifier])).get(row.identifier)
        if known is not None:
            return await self._take_up(row, known)
        spec = await self._spec_of(row)
        if not isinstance(spec, RequestSpec):
            return spec
        return await self._send(row, self._try_create(spec))

    async def _take_up(self, row: ImportRow, known: Request) -> LineResult:
        """An earlier import began this line."""
        if not known_rows.is_same(row, known):
            return self._refused(row, known_rows.OTHER_REQUEST)
        if known.uuid is None and known.create_failure is None and not known.closed:
            # The run that began it has ended in between; the desk is finding out by itself.
            known = await self._settled(row.identifier) or known
            if known.uuid is None and known.create_failure is None and not known.closed:
                return self._result(row, Outcome.UNSURE, known, _STILL_SENDING)
        failure = known.create_failure
        if failure is None or known.uuid is not None or known.closed:
            return self._result(row, Outcome.EXISTED, known)
        if not failure.platform_down:
            # Refused before: nothing is sent, and nothing has to be stopped.
            return self._result(
                row, Outcome.REFUSED, known, Sentences([failure.reason, _FAILED_BEFORE])
            )
        await self._desk.take_into_memory(row.identifier)
        return await self._send(row, self._try_resend(row.identifier))

    async def _settled(self, identifier: str) -> Request | None:
        """The request once it is known whether the platform has it, or as it is when this run is
        stopped; None where it is not in memory, and nobody finds out."""
        changed = asyncio.Event()
        remove = self._desk.on_rows(lambda _rows: changed.set())
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            while True:
                request = self._desk.request(identifier)
                if request is None or self._stopped.is_set():
                    return request
                if request.uuid is not None or request.create_failure is not None or request.closed:
                    return request
                changed.clear()
                waits = {asyncio.ensure_future(changed.wait()), stopped}
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits - {stopped}:
                    wait.cancel()
        finally:
            stopped.cancel()
            remove()

    async def _send(
        self, row: ImportRow, work: Coroutine[Any, Any, str | JournalError]
    ) -> LineResult:
        """Wait for a call that the desk finishes by itself if this run is stopped."""
        task = self._desk.tasks.start(work, f"create {row.identifier}")
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
        request = self._desk.request(row.identifier)
        if not task.done():
            return self._result(row, Outcome.UNSURE, request, _STILL_SENDING)
        ended = task.result()
        if isinstance(ended, JournalError):
            raise ended
        if request is None or ended:
            return self._refused(row, ended or _STILL_SENDING)
        failure = request.create_failure
        if request.uuid is not None or failure is None:
            self._refused_in_a_row = 0
            outcome = Outcome.CREATED if request.uuid is not None else Outcome.UNSURE
            return self._result(row, outcome, request)
        if failure.platform_down:
            self.pause(failure.reason)
            return LineResult(row.line, row.identifier)
        return self._refused(row, failure.reason)

    async def _try_create(self, spec: RequestSpec) -> str | JournalError:
        try:
            await self._desk.create(spec, Priority.BULK)
        except JournalError as error:
            return error
        return ""

    async def _try_resend(self, identifier: str) -> str | JournalError:
        try:
            return await self._desk.resend(identifier)
        except JournalError as error:
            return error

    async def _spec_of(self, row: ImportRow) -> RequestSpec | LineResult:
        """The request with its price converted, a tag and a sale number; or why there is none.
        The number comes last, so that what is refused before leaves no gap in the numbers."""
        spec, sale = row.spec, self._sale(row)
        if row.price is not None and row.asset is not None:
            quote = self._desk.rates.quote(row.price, row.asset)
            if isinstance(quote, RateRefusal):
                self.pause(quote.reason)
                return LineResult(row.line, row.identifier)
            priced = priced_spec(row, quote, self._network)
            if not isinstance(priced, RequestSpec):
                return self._refused(row, priced[0].message)
            spec, sale = priced, replace(sale, quote=quote)
        if problems := await self._desk.check(spec):
            return self._refused(row, problems[0].message)
        if not spec.is_payment:
            return spec
        saved = self._settings
        within = destination_tags.parse_tag_range(saved.tag_from, saved.tag_to)
        if within is not None and destination_tags.needs_tag(spec):
            tag = within if isinstance(within, str) else await self._desk.allocate_tag(within)
            if isinstance(tag, str):
                self.pause(tag)
                return LineResult(row.line, row.identifier)
            spec = destination_tags.with_tag(spec, tag)
        number = await self._desk.allocate_sale_number(sale.till, sale.series)
        numbered = replace(sale, number=number)
        return numbering.with_sale(spec, numbered, row.identifier, saved.shop_name, self._say)

    def _sale(self, row: ImportRow) -> Sale:
        saved = self._settings
        today = self._desk.clock.now().astimezone().date()
        return Sale(
            number=0,
            series=numbering.series_of(saved.numbering, today),
            till=saved.till,
            cashier=saved.cashier,
            reference=row.reference,
            note=row.note,
        )

    async def _prepare_rates(self) -> None:
        """Have rates kept fresh, and wait a while for the first ones."""
        rates, saved = self._desk.rates, self._settings
        assets = tuple({row.asset.key: row.asset for row in self._plan.rows if row.asset}.values())
        changed = asyncio.Event()
        remove = rates.on_change(changed.set)
        try:
            if not rates.in_use:
                currencies = [row.price.currency for row in self._plan.rows if row.price]
                rates.use(currencies[0], assets, rate_policy(saved))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_RATE_PATIENCE):
                    while any(rates.state(asset).refusal is not None for asset in assets):
                        changed.clear()
                        await changed.wait()
        finally:
            remove()

    # Results.

    def _refused(self, row: ImportRow, why: str) -> LineResult:
        """A line that is refused; the first one, and several in a row, make it wait for a
        person."""
        self._refused_in_a_row += 1
        if not self._was_refused or self._refused_in_a_row >= _WORKERS:
            self._was_refused, self._refused_in_a_row = True, 0
            self.pause(Message("Line {line}: {sentence}", line=row.line, sentence=why))
        return self._result(row, Outcome.REFUSED, self._desk.request(row.identifier), why)

    def _result(
        self, row: ImportRow, outcome: Outcome, request: Request | None, message: str = ""
    ) -> LineResult:
        return LineResult(
            row.line,
            row.identifier,
            outcome,
            uuid=(request.uuid or "") if request is not None else "",
            link=(request.qr_link or "") if request is not None else "",
            status=self._status(request) if request is not None else "",
            message=message,
        )

    def _status(self, request: Request) -> str:
        ledger = self._desk.health().ledger_set_up
        return judge(request, ledger=ledger).status.value


def _portions(rows: Sequence[ImportRow]) -> list[Sequence[ImportRow]]:
    return [rows[first : first + _AT_ONCE] for first in range(0, len(rows), _AT_ONCE)]
