"""The command `journal`: check, copy, restore and salvage the journal of a data folder."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.keeping.reports import JournalCopy, RebuildReport
from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _
from xumm_desk.setup.config import Config
from xumm_desk.store.keeping import archive, archive_file, copies, erasure, restore
from xumm_desk.store.settings_file import SettingsFile

from .exit_codes import BAD_INPUT, NOT_ALL_PAID, OK, warn
from .streams import StandardOutput

_SHOWN_EVERY: Final = 0.2
_KEEP_DAYS: Final = 14


def run(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    """Run what was asked for; returns the exit code. Raises `JournalError` and `OutputError`."""
    path = configuration.journal_path
    if options.copies:
        for one in copies.list_copies(copies.folder_of(path)):
            _print(out, _copy_object(one, copies.problem_of(Path(one.path))))
        return OK
    if options.copy:
        if not path.exists():
            raise JournalError(Message("There is no journal at {path}.", path=path))
        kept = SettingsFile(configuration.data_dir / "settings.json").value.copy_days
        today = datetime.now().astimezone().date()
        with _Progress() as progress:
            made = copies.make_copy(
                path, today, keep_days=kept or _KEEP_DAYS, on_progress=progress.show
            )
        _print(out, {"copy": str(made)})
        return OK
    if options.check_archive is not None:
        problem = archive_file.problem_of(Path(options.check_archive))
        _print(out, {"whole": not problem, **({"problem": problem} if problem else {})})
        return NOT_ALL_PAID if problem else OK
    if options.archive is not None:
        return _archive(configuration, options, out)
    if options.erase is not None:
        return _erase(configuration, options, out)
    ledger = bool(configuration.ledger_urls)
    with _Progress() as progress:
        if options.salvage:
            report = restore.salvage(
                path, ledger=ledger, now=datetime.now(UTC), on_progress=progress.show
            )
        else:
            copy = _chosen(path, options.restore)
            if copy is None:
                warn(
                    Message(
                        "--restore: {day} is neither a day (2026-11-30) nor a file.",
                        day=options.restore,
                    )
                )
                return BAD_INPUT
            report = restore.restore(
                path, copy, ledger=ledger, now=datetime.now(UTC), on_progress=progress.show
            )
    _print(out, _report_object(report))
    for sentence in report.sentences():
        warn(sentence)
    return OK if report.whole else NOT_ALL_PAID


def _archive(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    path, now = configuration.journal_path, datetime.now(UTC)
    if options.archive < 1:
        warn(Message("--archive: must be a whole number of months above 0."))
        return BAD_INPUT
    if not path.exists():
        raise JournalError(Message("There is no journal at {path}.", path=path))
    named = options.output
    target = Path(named) if named else path.parent / archive.file_name(now)
    before = archive.months_before(now, options.archive)
    with _Progress() as progress:
        report = archive.archive(path, before, target, now=now, on_progress=progress.show)
    sums = {asset: f"{value:f}" for asset, value in sorted(report.sums.items())}
    _print(
        out,
        {
            "requests": report.requests,
            "facts": report.facts,
            "delivered": sums,
            "kept_back": report.kept_back,
            "file": str(report.file) if report.file is not None else None,
            "sha256": report.sha256 or None,
        },
    )
    for sentence in report.sentences():
        warn(sentence)
    return OK


def _erase(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    path = configuration.journal_path
    if not path.exists():
        raise JournalError(Message("There is no journal at {path}.", path=path))
    with _Progress() as progress:
        report = erasure.erase(
            path,
            options.erase,
            ErasureChoices(
                note=not options.keep_note, txid=options.erase_txid, copies=options.erase_copies
            ),
            ledger=bool(configuration.ledger_urls),
            now=datetime.now(UTC),
            on_progress=progress.show,
        )
    found = {"requests": report.requests, "facts": report.facts, "refused": list(report.refused)}
    _print(out, {**found, "copies": report.copies})
    for sentence in report.sentences():
        warn(sentence)
    return OK if report.requests and not report.refused else NOT_ALL_PAID


def _chosen(path: Path, named: str) -> Path | None:
    try:
        return copies.copy_path(copies.folder_of(path), date.fromisoformat(named))
    except ValueError:
        file = Path(named).expanduser()
        return file if file.is_file() else None


def _copy_object(one: JournalCopy, problem: str) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "file": str(one.path),
        "bytes": one.size,
        "requests": one.requests,
        "newest": one.newest.isoformat() if one.newest else None,
        "whole": not (one.problem or problem),
        **({"problem": one.problem or problem} if one.problem or problem else {}),
    }


def _report_object(report: RebuildReport) -> dict[str, Any]:
    return {
        "whole": report.whole,
        "requests": report.requests,
        "facts": report.facts,
        "from_copies": report.from_copies,
        "lost": [list(one) for one in report.lost],
        "affected": list(report.affected),
        "not_shown": list(report.headless),
        "changed": report.changed,
        "unproven": report.unproven,
        "other_rows": report.other_rows,
        "kept": str(report.kept_as) if report.kept_as is not None else None,
    }


def _print(out: StandardOutput, value: dict[str, Any]) -> None:
    out.write(json.dumps(value, ensure_ascii=False) + "\n")
    out.flush()


class _Progress:
    """A line for a person at a terminal."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic, self._shown, self._seen = monotonic, monotonic(), False

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._seen:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def show(self, done: int, all_: int) -> None:
        """So much of it is done."""
        if sys.stderr.isatty() and self._monotonic() - self._shown > _SHOWN_EVERY:
            self._shown, self._seen = self._monotonic(), True
            percent = 100 * done // max(all_, 1)
            sys.stderr.write("\r" + _("Journal: {percent} %", percent=percent))
            sys.stderr.flush()
