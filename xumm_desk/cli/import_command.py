"""The command `import`: a CSV file of requests, its errors by line, and the creation of all."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from xumm_desk.core.bulk_import import import_columns, known_rows
from xumm_desk.core.bulk_import.csv_table import parse_table
from xumm_desk.core.bulk_import.import_plan import ImportPlan, make_plan
from xumm_desk.core.bulk_import.import_result import results_csv
from xumm_desk.core.bulk_import.import_row import ImportRules, LineProblem, NumberStyle
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.networks import asset_of
from xumm_desk.core.pricing.accepted_asset import assets_from_json
from xumm_desk.core.settings import Credentials, Settings
from xumm_desk.core.state.lifecycle import replay
from xumm_desk.core.state.timing import Timing
from xumm_desk.engine.bulk_creation import BulkCreation
from xumm_desk.locale import catalogues, formats
from xumm_desk.locale.languages import spoken, to_customers, use_languages
from xumm_desk.locale.translation import _, tr
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.config import Config
from xumm_desk.store.journal_reader import JournalReader
from xumm_desk.store.settings_file import SettingsFile

from .exit_codes import BAD_INPUT, INTERRUPTED, NOT_ALL_PAID, OK, UNREACHABLE, warn
from .streams import StandardOutput, named_file

_LINE_MOST: Final = 200
"""Problems that are shown one by one."""

_AGAIN: Final = Message("Import the same file again to go on.")


@dataclass(frozen=True, slots=True)
class ImportFile:
    """What a file holds, checked against journal and ledger rules, and the shop's settings."""

    plan: ImportPlan
    settings: Settings
    existing: int


def creates(options: argparse.Namespace) -> bool:
    """Whether the options ask for more than a look at a file."""
    return options.command == "import" and not (options.dry_run or options.template)


def read_file(configuration: Config, options: argparse.Namespace) -> ImportFile | int:
    """Read the file that `options` name and show what is in it; an exit code where that was all.

    Raises:
        JournalError: the journal cannot be read.
        OutputError: standard output cannot be written.
    """
    out = StandardOutput(sys.stdout)
    if options.template:
        out.write(import_columns.template())
        out.flush()
        return OK
    if options.file is None:
        warn(Message("import: name a FILE, or see --template."))
        return BAD_INPUT
    try:
        data = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        warn(Message("{file} cannot be read ({error}).", file=options.file, error=reason))
        return BAD_INPUT
    settings = SettingsFile(configuration.data_dir / "settings.json").value
    table = parse_table(data)
    if isinstance(table, str):
        warn(table)
        return BAD_INPUT
    plan = make_plan(table, _rules(configuration, settings, options))
    plan, existing = _examine(configuration, plan)
    for problem in plan.warnings[:_LINE_MOST]:
        warn(Message("note on {place}", place=_about(problem)))
    for problem in plan.problems[:_LINE_MOST]:
        warn(_about(problem))
    if len(plan.problems) > _LINE_MOST:
        more = len(plan.problems) - _LINE_MOST
        warn(Message("{n} more error", plural="{n} more errors", n=more))
    if plan.problems:
        warn(Message("Nothing was sent. Correct the file first."))
        return BAD_INPUT
    found = ImportFile(plan, settings, existing)
    for line in _summary(found):
        out.write(f"{tr(line)}\n")
    out.flush()
    if options.dry_run:
        return OK
    return found if _is_confirmed(found, options) else BAD_INPUT


def _rules(configuration: Config, settings: Settings, options: argparse.Namespace) -> ImportRules:
    network = configuration.network.key
    return ImportRules(
        network=network,
        destination=settings.destination,
        expire=settings.expire,
        shop_currency=settings.shop_currency,
        assets=assets_from_json(settings.assets, asset_of(network)),
        numbers=NumberStyle(options.numbers),
        batch=options.batch,
    )


def _examine(configuration: Config, plan: ImportPlan) -> tuple[ImportPlan, int]:
    """The plan with what only journal and codec know, and how many of its requests exist. Raises
    `JournalError`."""
    problems, known, codec = list(plan.problems), set[str](), XrplCodec()
    if configuration.journal_path.exists():
        with JournalReader(configuration.journal_path) as reader:
            for row in plan.rows:
                for name, facts in reader.named([row.identifier]):
                    found = replay(list(facts))
                    if found is None:
                        continue
                    known.add(name)
                    if not known_rows.is_same(row, found):
                        problems.append(known_rows.conflict(row))
    for row in plan.rows:
        if row.identifier not in known:
            problems += [
                LineProblem(row.line, error.field, "", error.message)
                for error in codec.transaction_errors(row.spec.txjson, row.spec.network)
            ]
    ordered = tuple(sorted(problems, key=lambda one: one.line))
    return replace(plan, problems=ordered), len(known)


def _about(problem: LineProblem) -> Message:
    if not problem.column:
        return Message("line {line}: {sentence}", line=problem.line, sentence=problem.message)
    return Message(
        "line {line}, {column}: {sentence}",
        line=problem.line,
        column=problem.column,
        sentence=problem.message,
    )


def _summary(found: ImportFile) -> Sequence[str]:
    rows = len(found.plan.rows)
    lines: list[str] = [Message("{n} request", plural="{n} requests", n=rows)]
    if found.existing:
        lines.append(
            Message(
                "{n} of them was created before and is not sent again",
                plural="{n} of them were created before and are not sent again",
                n=found.existing,
            )
        )
    lines += [amount.format_amount(total) for total in found.plan.totals]
    lines += [fiat.format_fiat(price) for price in found.plan.prices]
    return lines


def _is_confirmed(found: ImportFile, options: argparse.Namespace) -> bool:
    if options.yes:
        return True
    if options.file == "-" or not sys.stdin.isatty():
        warn(Message("Nothing was sent. Add --yes to create them, or --dry-run to look only."))
        return False
    count = formats.whole_number(len(found.plan.rows) - found.existing)
    sys.stderr.write(_("Create {count} requests? Type yes:", count=count) + " ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in ("yes", _("yes", context="typed answer").lower()):
        return True
    warn(Message("Nothing was sent."))
    return False


def _say_to_customers(settings: Settings) -> Callable[[Message], str]:
    """What the wallet shows is in the language that the shop set for its customers, whatever this
    terminal speaks; English where it set none."""
    tag = settings.customer_language or settings.language
    if not tag:
        return str
    use_languages(spoken(), catalogues.load(tag))
    return to_customers(tr)


class ImportRun:
    """One run of `import`: create every row, then say what became of each."""

    def __init__(
        self,
        configuration: Config,
        credentials: Credentials,
        found: ImportFile,
        options: argparse.Namespace,
        *,
        timing: Timing | None = None,
    ) -> None:
        self._configuration, self._found, self._options = configuration, found, options
        self._composition = Composition(configuration, credentials, timing=timing)
        self._out = StandardOutput(sys.stdout)
        self._bulk: BulkCreation | None = None
        self._interrupted = False
        self._why_paused = ""

    async def run(self) -> int:
        """Run to the end; returns the exit code. Raises `JournalError` and `OutputError`."""
        desk = self._composition.build_desk()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows has no such handlers; Ctrl-C then ends the run by KeyboardInterrupt.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._interrupt)
        plan = self._found.plan
        try:
            await desk.start([row.identifier for row in plan.rows])
            self._bulk = BulkCreation(
                desk,
                plan,
                self._found.settings,
                network=self._configuration.network.key,
                on_change=self._on_change,
                say=_say_to_customers(self._found.settings),
            )
            if self._interrupted:
                return INTERRUPTED
            problem = await self._bulk.run()
            await desk.engine.journal.durable()
            self._say_results()
        finally:
            await self._composition.close()
        return self._exit_code(problem)

    def _interrupt(self) -> None:
        self._interrupted = True
        if self._bulk is not None:
            self._bulk.stop()

    def _on_change(self) -> None:
        """Show progress; nobody is there to go on after a pause, so it ends the run."""
        if self._bulk is None:
            return
        state = self._bulk.state()
        if sys.stderr.isatty():
            done = _(
                "Created {number} of {count} requests",
                number=formats.whole_number(state.counts.done),
                count=formats.whole_number(state.counts.total),
            )
            sys.stderr.write(f"\r{done}\x1b[K")
            sys.stderr.flush()
        if state.paused and not self._why_paused:
            self._why_paused = state.pause_reason
            self._bulk.stop()

    def _say_results(self) -> None:
        assert self._bulk is not None
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
        text = results_csv(self._bulk.results)
        if self._options.result is None:
            self._out.write(text)
            self._out.flush()
            return
        with named_file(self._options.result) as target:
            target.write(text)

    def _exit_code(self, problem: str) -> int:
        assert self._bulk is not None
        counts = self._bulk.state().counts
        if problem or self._why_paused:
            warn(Sentences([problem or self._why_paused, _AGAIN]))
        if counts.done == counts.total and not counts.refused and not counts.unsure:
            return OK
        if self._interrupted:
            warn(_AGAIN)
            return INTERRUPTED
        return UNREACHABLE if not counts.created and not counts.refused else NOT_ALL_PAID
