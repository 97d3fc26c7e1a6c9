"""Copy, restore, salvage, archive and erase in the journal, off the loop's thread.

One thing at a time: a copy that is being made is stopped before the journal is exchanged. What
does the work is imported by whoever asks for it, so that the window does not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.keeping.letting_go import ArchiveReport, ErasureChoices, ErasureReport
from xumm_desk.core.keeping.reports import JournalCopy, RebuildReport
from xumm_desk.core.message import Message, error_text

from .config import Config

log = logging.getLogger(__name__)
T = TypeVar("T")

Progress = Callable[[int, int], None]

CHECK_INTERVAL: Final = 600.0
"""Seconds between two looks whether a day has begun."""

FIRST_DELAY: Final = 30.0
"""Seconds after a start: the shop's requests are read again first."""

STOPPED: Final = Message("Stopped. Nothing was changed.")


class StoppedError(Exception):
    """A person stopped it."""


class JournalKeeping:
    """What can be done with the journal of the present configuration.

    `without_desk` closes the desk, awaits what it is given, and opens the desk again. All results
    are values or sentences; nothing raises.
    """

    def __init__(
        self,
        configuration: Callable[[], Config],
        *,
        without_desk: Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]],
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._configuration, self._without_desk = configuration, without_desk
        self._today, self._now = today, now
        self._one = asyncio.Lock()
        self._stop = threading.Event()

    # Copies.

    async def copies(self) -> Sequence[JournalCopy]:
        """The copies, newest first."""
        from xumm_desk.store.keeping import copies  # noqa: PLC0415

        return await asyncio.to_thread(copies.list_copies, copies.folder_of(self._path))

    async def copy_now(self, keep_days: int, progress: Progress = lambda _done, _all: None) -> str:
        """Make today's copy if there is none; a sentence if that failed."""
        from xumm_desk.store.keeping import copies  # noqa: PLC0415

        path, day = self._path, self._today()
        if not path.exists():
            return ""

        def run() -> None:
            copies.make_copy(path, day, keep_days=keep_days, on_progress=self._or_stop(progress))

        try:
            async with self._one:
                self._stop.clear()
                await _in_thread(run)
        except StoppedError:
            return ""
        except JournalError as error:
            return error_text(error)
        return ""

    async def run_daily(self, keep_days: Callable[[], int], say: Callable[[str], object]) -> None:
        """Copy the journal once a day as long as this runs; `say` gets a sentence when that fails,
        and "" when it worked."""
        await asyncio.sleep(FIRST_DELAY)
        while True:
            days = keep_days()
            if days > 0:
                problem = await self.copy_now(days)
                if problem:
                    log.error("%s", problem)
                say(problem)
            await asyncio.sleep(CHECK_INTERVAL)

    # Exchanging the journal.

    async def salvage(self, who: str, progress: Progress) -> RebuildReport | str:
        """Make a journal of what can be read of the damaged one and of its copies."""
        from xumm_desk.store.keeping import restore  # noqa: PLC0415

        return await self._exchange(
            lambda: restore.salvage(
                self._path,
                ledger=bool(self._configuration().ledger_urls),
                now=self._now(),
                who=who,
                on_progress=self._or_stop(progress),
            )
        )

    async def restore(self, copy: JournalCopy, who: str, progress: Progress) -> RebuildReport | str:
        """Put a copy in the journal's place, with all that is newer in the present file."""
        from xumm_desk.store.keeping import restore  # noqa: PLC0415

        return await self._exchange(
            lambda: restore.restore(
                self._path,
                Path(copy.path),
                ledger=bool(self._configuration().ledger_urls),
                now=self._now(),
                who=who,
                on_progress=self._or_stop(progress),
            )
        )

    # Letting go.

    async def plan_archive(self, months: int) -> ArchiveReport | str:
        """What would be archived of the requests that are older than so many months."""
        from xumm_desk.store.keeping import archive  # noqa: PLC0415

        path, now = self._path, self._now()
        try:
            before = archive.months_before(now, months)
            return await _in_thread(lambda: archive.plan(path, before, now))
        except JournalError as error:
            return error_text(error)

    async def archive(self, months: int, who: str, progress: Progress) -> ArchiveReport | str:
        """Write finished requests that are older to a file in the data folder, and delete them."""
        from xumm_desk.store.keeping import archive  # noqa: PLC0415

        now = self._now()
        return await self._exchange(
            lambda: archive.archive(
                self._path,
                archive.months_before(now, months),
                self._path.parent / archive.file_name(now),
                now=now,
                who=who,
                on_progress=self._or_stop(progress),
            )
        )

    async def erase(
        self, what: str, choices: ErasureChoices, who: str, progress: Progress
    ) -> ErasureReport | str:
        """Erase the customer's data of a request, or of all requests of an account."""
        from xumm_desk.store.keeping import erasure  # noqa: PLC0415

        return await self._exchange(
            lambda: erasure.erase(
                self._path,
                what,
                choices,
                ledger=bool(self._configuration().ledger_urls),
                now=self._now(),
                who=who,
                on_progress=self._or_stop(progress),
            )
        )

    def stop(self) -> None:
        """Stop what is under way; nothing is changed then."""
        self._stop.set()

    async def _exchange(self, run: Callable[[], T]) -> T | str:
        async def exchange() -> T | str:
            self._stop.set()  # a copy that is being made
            async with self._one:
                self._stop.clear()
                try:
                    return await _in_thread(run)
                except StoppedError:
                    return STOPPED
                except JournalError as error:
                    return error_text(error)

        result: T | str = await self._without_desk(exchange)
        return result

    @property
    def _path(self) -> Path:
        return self._configuration().journal_path

    def _or_stop(self, progress: Progress) -> Progress:
        def step(done: int, all_: int) -> None:
            progress(done, all_)
            if self._stop.is_set():
                raise StoppedError

        return step


async def _in_thread(run: Callable[[], T]) -> T:
    """Wait for the thread even when this is cancelled: it must not go on beside what comes next."""
    work = asyncio.ensure_future(asyncio.to_thread(run))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise
