"""The commands that only read a data folder: export, verify-journal, diagnostics."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Final

from xumm_desk import diagnostics, export
from xumm_desk.configuration import PRACTICE_FOLDER, Configuration
from xumm_desk.core.lifecycle import Request, replay
from xumm_desk.exits import BAD_INPUT, INTERRUPTED, NOT_ALL_GOOD, OK, warn
from xumm_desk.output import Output, StandardOutput, named_file
from xumm_desk.store.journal_reader import JournalReader
from xumm_desk.store.settings import SettingsFile
from xumm_desk.store.verify import verify

_SHOWN_EVERY: Final = 0.2
"""Seconds between two states of the progress line."""


def run(configuration: Configuration, options: argparse.Namespace) -> int:
    """Run the one that `options` names; returns the exit code.

    Raises:
        JournalError: the journal cannot be read.
        OutputError: what was to be written could not be.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # leaves no half-written file
    out = StandardOutput(sys.stdout)
    try:
        match options.command:
            case "export":
                return _export(configuration, options, out)
            case "diagnostics":
                return _diagnostics(configuration, options.file, out)
            case _:
                return _verify(configuration, out)
    except KeyboardInterrupt:
        warn("stopped. No file was changed.")
        return INTERRUPTED


def _export(configuration: Configuration, options: argparse.Namespace, out: StandardOutput) -> int:
    excel: bool = options.excel
    if excel and options.format != "csv":
        warn("--excel: only CSV is written for a spreadsheet. Leave out --format.")
        return BAD_INPUT
    if not configuration.journal.exists():
        warn(f"There is no journal at {configuration.journal}.{_elsewhere(configuration)}")
        return BAD_INPUT
    with JournalReader(configuration.journal) as reader:
        requests = _with_progress(_replayed(reader), reader.count())
        if options.format == "csv":
            lines = export.as_csv(requests, ledger=bool(configuration.nodes), mark=excel)
        else:
            lines = export.as_json_lines(requests, ledger=bool(configuration.nodes))
        where = nullcontext(out) if options.output is None else named_file(options.output)
        with where as target:
            _write(lines, target)
    out.flush()
    return OK


def _elsewhere(configuration: Configuration) -> str:
    """What else could be meant, where there is no journal."""
    practice = configuration.folder / PRACTICE_FOLDER / configuration.journal.name
    if not configuration.practice and practice.exists():
        return " There is one of practice mode: add --practice."
    return " Name its folder with --data-dir."


def _replayed(reader: JournalReader) -> Iterator[Request | None]:
    for _, facts in reader.requests():
        yield replay(list(facts))


def _with_progress(requests: Iterator[Request | None], count: int) -> Iterator[Request]:
    """Hand them on, and tell a person at a terminal how far it has come."""
    shown, seen = time.monotonic(), False
    for number, request in enumerate(requests, 1):
        if request is not None:
            yield request
        if sys.stderr.isatty() and time.monotonic() - shown > _SHOWN_EVERY:
            shown, seen = time.monotonic(), True
            sys.stderr.write(f"\rExported {number:,} of {count:,} requests")
            sys.stderr.flush()
    if seen:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _write(lines: Iterator[str], target: Output) -> None:
    for line in lines:
        target.write(line)


def _diagnostics(configuration: Configuration, name: str, out: StandardOutput) -> int:
    settings = SettingsFile(configuration.folder / "settings.json").value
    text = diagnostics.compose(configuration, settings, None)
    with nullcontext(out) if name == "-" else named_file(name) as target:
        target.write(text)
    out.flush()
    return OK


def _verify(configuration: Configuration, out: StandardOutput) -> int:
    report = verify(configuration.journal)
    found: dict[str, object] = {"whole": report.whole}
    if not report.whole:
        found |= {
            "first_broken": report.sentences[0],
            "damage": list(report.sentences),
            "rows": report.rows,
            "readable_rows": report.readable,
        }
    out.write(json.dumps(found, ensure_ascii=False) + "\n")
    out.flush()
    for sentence in report.sentences:
        warn(sentence)
    if not report.whole:
        warn(report.what_is_left)
    return OK if report.whole else NOT_ALL_GOOD
