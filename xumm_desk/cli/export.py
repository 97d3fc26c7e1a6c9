"""The command `export`: requests of the journal as CSV, JSON lines or a workbook."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from xumm_desk.core.export import columns, selection
from xumm_desk.core.export.job import NO_WORKBOOKS, ExportFormat
from xumm_desk.core.export.record import Record
from xumm_desk.core.export.selection import Selection
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.message import Message, Sentences
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _
from xumm_desk.setup.config import PRACTICE_FOLDER, Config
from xumm_desk.store import atomic_file
from xumm_desk.store.export import journal_export, workbook
from xumm_desk.store.export.record_writers import CsvWriter, JsonLinesWriter, RecordWriter
from xumm_desk.store.journal_reader import JournalReader

from .exit_codes import BAD_INPUT, OK, warn
from .streams import OutputError, StandardOutput, named_file

_SHOWN_EVERY: Final = 0.2
"""Seconds between two states of the progress line."""


def run(
    configuration: Config,
    options: argparse.Namespace,
    out: StandardOutput,
    check_interrupted: Callable[[], None],
) -> int:
    """Write the export that `options` ask for; returns the exit code. `check_interrupted` raises
    where Ctrl-C came.

    Raises:
        JournalError: the journal cannot be read.
        OutputError: what was to be written could not be.
    """
    chosen = _chosen_columns(options)
    wanted = _selection(options)
    for problem in (_problem(options), chosen, wanted):
        if isinstance(problem, str) and problem:
            warn(problem)
            return BAD_INPUT
    assert isinstance(chosen, tuple)
    assert isinstance(wanted, Selection)
    if not configuration.journal_path.exists():
        none = Message("There is no journal at {path}.", path=configuration.journal_path)
        warn(Sentences([none, _another_run(configuration)]))
        return BAD_INPUT
    with JournalReader(configuration.journal_path) as reader:
        found = journal_export.selected_records(
            reader, wanted, ledger=bool(configuration.ledger_urls)
        )
        records = _with_progress(found, journal_export.count_selected(reader, wanted))
        if options.format == ExportFormat.XLSX:
            _write_workbook(Path(options.output), chosen, records, check_interrupted)
            return OK
        where = nullcontext(out) if options.output is None else named_file(options.output)
        with where as target:
            writer = (
                CsvWriter(target, chosen, mark=options.excel)
                if options.format == ExportFormat.CSV
                else JsonLinesWriter(target, chosen)
            )
            _write(records, writer, check_interrupted)
    out.flush()
    return OK


def _problem(options: argparse.Namespace) -> str:
    """Options that do not go together."""
    if options.excel and options.format != ExportFormat.CSV:
        return Message("--excel: only CSV is written for a spreadsheet. Leave out --format.")
    if options.format == ExportFormat.XLSX:
        if options.output is None:
            return Message("--format xlsx: name the file with --output.")
        if not workbook.is_available():
            return NO_WORKBOOKS
    return ""


def _chosen_columns(options: argparse.Namespace) -> tuple[str, ...] | str:
    return columns.NAMES if options.columns is None else columns.parse_columns(options.columns)


def _selection(options: argparse.Namespace) -> Selection | str:
    statuses = selection.parse_statuses(options.status)
    if isinstance(statuses, str):
        return Message("--status: {sentence}", sentence=statuses)
    bounds = []
    for name, text, end in (("--since", options.since, False), ("--until", options.until, True)):
        at = None if text is None else selection.parse_moment(text, end=end)
        if text is not None and at is None:
            return Message(
                "{option}: write a day as 2026-11-30, or a time as 2026-11-30T18:00.", option=name
            )
        # Without an offset it is a time of this computer.
        bounds.append(at.astimezone() if at is not None else None)
    since, until = bounds
    if since is not None and until is not None and since >= until:
        return Message("--until: must be after --since.")
    query = HistoryQuery(text=options.search) if options.search else None
    return Selection(since, until, statuses, query=query)


def _another_run(configuration: Config) -> str:
    """Which other folder could be meant, if there is no journal."""
    practice = configuration.data_dir / PRACTICE_FOLDER / configuration.journal_path.name
    if not configuration.practice and practice.exists():
        return Message("There is one of practice mode: add --practice.")
    return Message("Name its folder with --data-dir.")


def _with_progress(records: Iterable[Record | None], count: int) -> Iterator[Record]:
    """Pass the records on, and show a person at a terminal how far it has come."""
    shown, seen = time.monotonic(), False
    for number, record in enumerate(records, 1):
        if record is not None:
            yield record
        if sys.stderr.isatty() and time.monotonic() - shown > _SHOWN_EVERY:
            shown, seen = time.monotonic(), True
            done = _(
                "Exported {number} of {count} requests",
                number=formats.whole_number(number),
                count=formats.whole_number(count),
            )
            sys.stderr.write(f"\r{done}")
            sys.stderr.flush()
    if seen:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _write(
    records: Iterable[Record], writer: RecordWriter, check_interrupted: Callable[[], None]
) -> None:
    writer.begin()
    for record in records:
        check_interrupted()
        writer.add(record)
    writer.end()


def _write_workbook(
    target: Path,
    chosen: tuple[str, ...],
    records: Iterable[Record],
    check_interrupted: Callable[[], None],
) -> None:
    try:
        with atomic_file.replace_binary(target) as out:
            writer = workbook.WorkbookWriter(out, chosen)
            try:
                _write(records, writer, check_interrupted)
            except BaseException:
                writer.discard()
                raise
    except OSError as error:
        raise OutputError(atomic_file.write_error(target, error)) from None
    if writer.long_numbers:
        warn(
            Message(
                "{n} number has more than {digits} digits. It is text in the workbook, so that it"
                " is not rounded.",
                plural="{n} numbers have more than {digits} digits. They are text in the workbook,"
                " so that none is rounded.",
                n=writer.long_numbers,
                digits=workbook.SAFE_DIGITS,
            )
        )
