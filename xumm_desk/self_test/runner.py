"""Run all checks of the self-test and print them; the exit code says whether all is well."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import Final, TextIO

from xumm_desk.cli.exit_codes import BAD_INPUT, NOT_ALL_PAID, OK, warn
from xumm_desk.cli.text_columns import columns, pad, wrap
from xumm_desk.core.message import Message, error_text
from xumm_desk.locale.translation import _, tr
from xumm_desk.printing.printer_connection import Timeouts
from xumm_desk.setup.config import Config, ConfigError, read_options
from xumm_desk.setup.resources import resources
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.version import __version__

from . import connections, devices, storage, window_process
from .check import Check, Outcome, run_check
from .devices import SYSTEM_PRINTER

LABELS: Final = {
    "loop": Message("Event loop"),
    "tls": Message("Secure connections"),
    "journal": Message("Journal"),
    "keyring": Message("Keyring"),
    "fonts": Message("Fonts"),
    "qr_code": Message("QR code"),
    "printer": Message("Receipt printer"),
    "screens": Message("Screens"),
    "sounds": Message("Sounds"),
    "database_driver": Message("Shop's database"),
}
"""Every check, in the order in which they are told."""

_MARKS: Final = {
    Outcome.OK: Message("ok"),
    Outcome.NOTE: Message("note"),
    Outcome.FAILED: Message("FAILED"),
}
_WIDTH: Final = 96


def main(options: argparse.Namespace, out: TextIO = sys.stdout) -> int:
    """Try everything, print what came of it; exit code 0 where nothing failed."""
    try:
        configuration = read_options(options).for_reading()
    except ConfigError as error:
        warn(error_text(error))
        return BAD_INPUT
    found = run_all(configuration)
    if options.json:
        out.write(as_json(found) + "\n")
    else:
        out.write(as_text(found))
    out.flush()
    return NOT_ALL_PAID if any(one.outcome is Outcome.FAILED for one in found) else OK


def run_all(
    configuration: Config,
    *,
    window_checks: Callable[[str], list[Check]] = window_process.run_window_checks,
    timeouts: Timeouts | None = None,
) -> list[Check]:
    """Every check once, in the order of `LABELS`."""
    folder = configuration.data_dir
    printer = SettingsFile(folder / "settings.json").value.receipt_printer
    of_system = printer.startswith(SYSTEM_PRINTER)
    found = window_checks(printer if of_system else "")
    work: dict[str, Callable[[], str]] = {
        "tls": connections.check_tls,
        "journal": lambda: storage.check_journal(folder),
        "keyring": storage.check_keyring,
        "sounds": lambda: devices.check_sounds(resources() / "sounds"),
        "database_driver": connections.check_database_driver,
    }
    if not of_system:
        work["printer"] = lambda: devices.check_printer(printer, folder, timeouts)
    found += [run_check(name, one) for name, one in work.items()]
    return sorted(found, key=lambda check: list(LABELS).index(check.name))


def as_json(found: Sequence[Check]) -> str:
    """One object for a program."""
    return json.dumps(
        {
            "version": __version__,
            "ok": not any(one.outcome is Outcome.FAILED for one in found),
            "checks": [
                {"name": one.name, "outcome": one.outcome.value, "text": tr(one.text)}
                for one in found
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def as_text(found: Sequence[Check]) -> str:
    """Lines for a person: a mark, a name, and what was found or what to do."""
    marks = {outcome: tr(mark) for outcome, mark in _MARKS.items()}
    names = {name: tr(label) for name, label in LABELS.items()}
    first = max(map(columns, marks.values())) + 2
    second = max(map(columns, names.values())) + 2
    lines = [f"xumm-desk {__version__}"]
    for one in found:
        start = pad(marks[one.outcome], first) + pad(names[one.name], second)
        lines += wrap(start + tr(one.text), _WIDTH, " " * (first + second))
    failed = sum(one.outcome is Outcome.FAILED for one in found)
    lines.append(
        _("{n} check failed.", plural="{n} checks failed.", n=failed)
        if failed
        else _("Nothing failed.")
    )
    return "\n".join(lines) + "\n"
