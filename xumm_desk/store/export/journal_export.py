"""Write requests of a journal to a file, one at a time, with progress and a way to stop.

The journal is read through a connection of its own, as it is at the beginning; whoever writes to it
meanwhile is not held up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from xumm_desk.core.export import record
from xumm_desk.core.export.job import (
    ExportCancelledError,
    ExportError,
    ExportFormat,
    ExportJob,
    ExportProgress,
    ExportResult,
)
from xumm_desk.core.export.record import Record
from xumm_desk.core.export.selection import Selection
from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import error_text
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request, replay
from xumm_desk.core.status import Status
from xumm_desk.store import atomic_file
from xumm_desk.store.journal_reader import JournalReader

from .record_writers import CsvWriter, JsonLinesWriter, RecordWriter
from .workbook import WorkbookWriter

_SHOWN_EVERY: Final = 0.1
"""Seconds between two reports of progress."""

_WORK: Final = 0.004
_PAUSE: Final = 0.001
"""Seconds of work, after which the thread sleeps so long: the window's thread gets the interpreter
at once instead of having to ask for it."""


@dataclass(frozen=True, slots=True)
class JournalExport:
    """Exports of the journal at `path`; `ledger` says whether a ledger node is set up."""

    path: Path
    ledger: bool

    def run(
        self,
        job: ExportJob,
        on_progress: Callable[[ExportProgress], None],
        is_cancelled: Callable[[], bool],
    ) -> ExportResult:
        """Write the file of `job`. Raises `ExportError` and `ExportCancelledError`."""
        target = Path(job.path)
        try:
            with JournalReader(self.path) as reader:
                return self._run(reader, job, target, on_progress, is_cancelled)
        except JournalError as error:
            raise ExportError(error_text(error)) from None
        except OSError as error:
            raise ExportError(atomic_file.write_error(target, error)) from None

    def save_text(self, path: PurePath, text: str) -> None:
        """Write a text file of this account alone, whole or not at all. Raises `ExportError`."""
        target = Path(path)
        try:
            with atomic_file.replace_text(target) as out:
                out.write(text)
        except OSError as error:
            raise ExportError(atomic_file.write_error(target, error)) from None

    def _run(
        self,
        reader: JournalReader,
        job: ExportJob,
        target: Path,
        on_progress: Callable[[ExportProgress], None],
        is_cancelled: Callable[[], bool],
    ) -> ExportResult:
        def work(writer: RecordWriter) -> ExportResult:
            pace, shown = _Pace(), time.monotonic()
            writer.begin()
            done = written = 0
            total = count_selected(reader, job.selection)
            for found in selected_records(reader, job.selection, ledger=self.ledger):
                done += 1
                if found is not None:
                    writer.add(found)
                    written += 1
                if is_cancelled():
                    raise ExportCancelledError
                if time.monotonic() - shown > _SHOWN_EVERY:
                    shown = time.monotonic()
                    on_progress(ExportProgress(done, total, written))
                pace.rest()
            on_progress(ExportProgress(done, total, written))
            writer.end()
            if is_cancelled():
                raise ExportCancelledError
            return ExportResult(target, written, writer.long_numbers)

        if job.format is ExportFormat.XLSX:
            with atomic_file.replace_binary(target) as out:
                book = WorkbookWriter(out, job.columns)
                try:
                    return work(book)
                except BaseException:
                    book.discard()
                    raise
        with atomic_file.replace_text(target) as text:
            if job.format is ExportFormat.CSV:
                return work(CsvWriter(text, job.columns, mark=job.mark))
            return work(JsonLinesWriter(text, job.columns))


class _Pace:
    """Sleeps a moment after each few milliseconds of work."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def rest(self) -> None:
        """Sleep if it is time to."""
        if time.monotonic() - self._since > _WORK:
            time.sleep(_PAUSE)
            self._since = time.monotonic()


def selected_records(
    reader: JournalReader, selection: Selection, *, ledger: bool
) -> Iterator[Record | None]:
    """The record of each request that was looked at, None for one that is not wanted or cannot be
    read. Raises `JournalError`."""

    def refunds_of(identifier: str) -> Sequence[Request]:
        found = (replay(list(facts)) for _, facts in reader.refunds_of(identifier))
        return [request for request in found if request is not None]

    for _name, facts in _selected(reader, selection):
        # The first fact is the intent, whose time is that of the request.
        if not facts or not selection.takes_time(facts[0].at):
            yield None
            continue
        request = replay(list(facts))
        if request is None:
            yield None
            continue
        made = record.make_record(request, ledger=ledger, refunds_of=refunds_of)
        yield made if selection.takes_status(Status(made["status"])) else None


def _selected(reader: JournalReader, selection: Selection) -> Iterator[tuple[str, Sequence[Fact]]]:
    if selection.identifiers is not None:
        return reader.named(selection.identifiers)
    if selection.query is not None and not selection.query.is_everything:
        return reader.matching(selection.query)
    return reader.requests()


def count_selected(reader: JournalReader, selection: Selection) -> int:
    """How many requests are looked at. Raises `JournalError`."""
    if selection.identifiers is not None:
        return len(selection.identifiers)
    if selection.query is not None and not selection.query.is_everything:
        return reader.count_matching(selection.query)
    return reader.count()
