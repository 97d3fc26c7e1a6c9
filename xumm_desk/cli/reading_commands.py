"""Commands without a platform: export, shifts, verify-journal, journal, shop, diagnostics."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from contextlib import nullcontext
from types import FrameType
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.setup import diagnostics
from xumm_desk.setup.config import Config
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.settings_file import SettingsFile

from . import export, journal_command, shift_command
from .exit_codes import INTERRUPTED, NOT_ALL_PAID, OK, warn
from .streams import StandardOutput, named_file


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
                return export.run(configuration, options, out, _interruption.check)
            case "shifts":
                return shift_command.run(configuration, options, out)
            case "shop":
                from .shop import shop_command  # noqa: PLC0415 - loads psycopg

                return shop_command.run(configuration, options, out)
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
