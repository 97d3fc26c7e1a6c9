"""The commands that need no platform: export, verify-journal, journal, diagnostics."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from types import FrameType
from typing import Final

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.state.lifecycle import Request, replay
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _
from xumm_desk.setup import diagnostics
from xumm_desk.setup.config import PRACTICE_FOLDER, Config
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.journal_reader import JournalReader
from xumm_desk.store.settings_file import SettingsFile

from . import export, journal_command
from .exit_codes import BAD_INPUT, INTERRUPTED, NOT_ALL_PAID, OK, warn
from .streams import OutputStream, StandardOutput, named_file

_SHOWN_EVERY: Final = 0.2
"""Seconds between two states of the progress line."""


def run(configuration: Config, options: argparse.Namespace) -> int:
    """Run the one that `options` names; returns the exit code.

    Raises:
        JournalError: the journal cannot be read.
        OutputError: what was to be written could not be.
    """
    if threading.current_thread() is threading.main_thread():
        _interruption.watch()  # leaves no half-written file
    out = StandardOutput(sys.stdout)
    try:
        match options.command:
            case "export":
                return _export(configuration, options, out)
            case "journal" if not options.check:
                return journal_command.run(configuration, options, out)
            case "diagnostics":
                return _diagnostics(configuration, options.file, out)
            case command:
                return _verify(configuration, out, end=command == "journal")
    except KeyboardInterrupt:
        warn(Message("stopped. No file was changed."))
        return INTERRUPTED


class _Interruption:
    """Ctrl-C or the end of the session. Python drops an exception that a signal raises inside some
    callbacks, of an import for instance, so it is remembered as well."""

    def __init__(self) -> None:
        self._came = False

    def watch(self) -> None:
        """Raise `KeyboardInterrupt` for both signals from now on."""
        self._came = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupt)

    def check(self) -> None:
        """Raise it again if it was dropped."""
        if self._came:
            raise KeyboardInterrupt

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self._came = True
        raise KeyboardInterrupt


_interruption: Final = _Interruption()


def _export(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    excel: bool = options.excel
    if excel and options.format != "csv":
        warn(Message("--excel: only CSV is written for a spreadsheet. Leave out --format."))
        return BAD_INPUT
    if not configuration.journal_path.exists():
        none = Message("There is no journal at {path}.", path=configuration.journal_path)
        warn(Sentences([none, _another_run(configuration)]))
        return BAD_INPUT
    with JournalReader(configuration.journal_path) as reader:
        requests = _with_progress(_replay_all(reader), reader.count())

        def refunds_of(identifier: str) -> list[Request]:
            found = (replay(list(facts)) for _, facts in reader.refunds_of(identifier))
            return [request for request in found if request is not None]

        if options.format == "csv":
            lines = export.as_csv(
                requests,
                ledger=bool(configuration.ledger_urls),
                mark=excel,
                refunds_of=refunds_of,
            )
        else:
            lines = export.as_json_lines(
                requests, ledger=bool(configuration.ledger_urls), refunds_of=refunds_of
            )
        where = nullcontext(out) if options.output is None else named_file(options.output)
        with where as target:
            _write(lines, target)
    out.flush()
    return OK


def _another_run(configuration: Config) -> str:
    """Which other folder could be meant, if there is no journal."""
    practice = configuration.data_dir / PRACTICE_FOLDER / configuration.journal_path.name
    if not configuration.practice and practice.exists():
        return Message("There is one of practice mode: add --practice.")
    return Message("Name its folder with --data-dir.")


def _replay_all(reader: JournalReader) -> Iterator[Request | None]:
    for _identifier, facts in reader.requests():
        yield replay(list(facts))


def _with_progress(requests: Iterator[Request | None], count: int) -> Iterator[Request]:
    """Pass the requests on, and show a person at a terminal how far it has come."""
    shown, seen = time.monotonic(), False
    for number, request in enumerate(requests, 1):
        if request is not None:
            yield request
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


def _write(lines: Iterator[str], target: OutputStream) -> None:
    for line in lines:
        _interruption.check()
        target.write(line)


def _diagnostics(configuration: Config, name: str, out: StandardOutput) -> int:
    settings = SettingsFile(configuration.data_dir / "settings.json").value
    text = diagnostics.diagnostics_text(configuration, settings, None)
    with nullcontext(out) if name == "-" else named_file(name) as target:
        target.write(text)
    out.flush()
    return OK


def _verify(configuration: Config, out: StandardOutput, *, end: bool) -> int:
    report = verify_chain(configuration.journal_path)
    found: dict[str, object] = {"whole": report.whole}
    if end and report.whole:
        found |= {"last_row": report.end[0], "last_hash": report.end[1]}
    if not report.whole:
        found |= {
            "first_broken": report.messages[0],
            "damage": list(report.messages),
            "rows": report.rows,
            "readable_rows": report.readable,
        }
    out.write(json.dumps(found, ensure_ascii=False) + "\n")
    out.flush()
    for sentence in report.messages:
        warn(sentence)
    if not report.whole:
        warn(report.remaining_text)
    return OK if report.whole else NOT_ALL_PAID
