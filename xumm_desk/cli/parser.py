"""Arguments and help texts of all commands; the window starts from here as well.

What a command needs is imported when it runs, so that the window does not wait for it.
"""

from __future__ import annotations

import argparse
import gc
import os
from collections.abc import Callable, Sequence
from typing import Any, Final

from xumm_desk.core.message import Message
from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import Language, use_languages
from xumm_desk.locale.translation import _, tr
from xumm_desk.setup.config import add_options, add_webhook_options
from xumm_desk.version import __version__

_VERIFY: Final = Message(
    "Looks through the whole file for damage, checks the chain of hashes over all facts, and that"
    " none was cut off its end. Changes nothing."
    " An older copy put in the journal's place is whole in itself, and is not noticed."
)

_EXPORT: Final = Message(
    "Writes each request of the journal as one line, the oldest first, with exact amounts and times"
    " in UTC. A day is one of this computer's time zone. A named file takes its place when it is"
    " whole; after Ctrl-C or an error, what was there before is unchanged."
)

_IMPORT: Final = Message(
    "Reads a CSV file of requests, shows every error by line, and creates nothing before you say"
    " so. The same row makes the same request: a file that is imported again goes on where it"
    " stopped."
)

_JOURNAL: Final = Message(
    "Keeps the journal: copies of each day, a copy put back, a damaged file made usable. Nothing of"
    " the file that is replaced is thrown away. Close the window first."
)


class _CommandParser(argparse.ArgumentParser):
    """Gets the arguments of its command from `add` when the command is named. Some of them are
    defined where much is imported, for which a window must not wait."""

    def __init__(
        self, *, add: Callable[[argparse.ArgumentParser], None] | None = None, **given: Any
    ) -> None:
        super().__init__(**given)
        self._add = add

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The same with all arguments of the command."""
        if self._add is not None:
            add, self._add = self._add, None
            add(self)
        return super().parse_known_args(args, namespace)


def window_parser() -> argparse.ArgumentParser:
    """The command line of the window alone, without any command."""
    top = argparse.ArgumentParser(
        prog="xumm-desk",
        description=_(
            "Take XRP Ledger payments through the Xumm (Xaman) wallet. Without a command the window"
            " opens."
        ),
    )
    top.add_argument("--version", action="version", version=f"xumm-desk {__version__}")
    add_options(top)
    add_webhook_options(top)
    top.add_argument(
        "--language",
        default="",
        metavar="TAG",
        help=_(
            "speak this language (XUMM_DESK_LANGUAGE): {tags}",
            tags=", ".join(catalogues.available()),
        ),
    )
    top.add_argument(
        "--minimised",
        action="store_true",
        help=_("start in the tray, or as a minimised window where there is none"),
    )
    top.add_argument(
        "--self-test",
        action="store_true",
        help=_("try what a sale needs on this computer, and say what to do about the rest"),
    )
    top.add_argument("--json", action="store_true", help=_("with --self-test: as JSON"))
    return top


def self_test_options(argv: Sequence[str]) -> argparse.Namespace | None:
    """The options, if they ask for the self-test and name no command."""
    if not any(one.startswith("--se") for one in argv):
        return None  # no window waits for a second parser
    options = window_parser().parse_args(argv)
    return options if options.self_test else None


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = window_parser()
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", prog=top.prog, parser_class=_CommandParser
    )
    for name, words, add in (
        ("request", _("create sign requests and follow them"), _add_request),
        ("export", _("write requests as CSV, JSON lines or a workbook (XLSX)"), _add_export),
        ("import", _("create the requests of a CSV file, each once"), _add_import),
        ("verify-journal", _("check that no row was changed or lost"), _add_verify),
        ("shifts", _("list, show and export closed shifts"), _add_shifts),
        ("journal", _("check, copy, restore or salvage the journal"), _add_journal),
        ("shop", _("several tills: make a shop, join it, look at it, leave it"), _add_shop),
        ("diagnostics", _("write what a helper needs to know, without secrets"), _add_diagnostics),
    ):
        commands.add_parser(name, help=words, add=add)
    commands.add_parser("simulator", help=_("run the practice platform alone"), add_help=False)
    return top


def _add_request(request: argparse.ArgumentParser) -> None:
    add_options(request)
    add_webhook_options(request)
    request.add_argument(
        "file", nargs="?", help=_("one platform body a line as JSON; - reads input")
    )
    request.add_argument("--json", action="store_true", help=_("one JSON object for each change"))
    request.add_argument("--timeout", type=float, metavar="SECONDS", help=_("end after this time"))
    request.add_argument(
        "--resume", action="store_true", help=_("also follow what is unfinished in the data folder")
    )
    request.add_argument(
        "--give-up",
        action="append",
        default=[],
        metavar="IDENTIFIER",
        help=_(
            "close an outage code, or a request that the platform may never have got; repeatable"
        ),
    )


def _add_verify(verify: argparse.ArgumentParser) -> None:
    verify.description = tr(_VERIFY)
    add_options(verify)


def _add_shop(shop: argparse.ArgumentParser) -> None:
    from .shop import shop_options  # noqa: PLC0415 - for this command alone

    shop_options.add_actions(shop)


def _add_diagnostics(diagnostics: argparse.ArgumentParser) -> None:
    add_options(diagnostics)
    diagnostics.add_argument(
        "file", metavar="FILE", help=_("the text file to write; - for standard output")
    )


def _add_shifts(shifts: argparse.ArgumentParser) -> None:
    shifts.description = _(
        "Reads closed shifts as they were written. They are closed in the window."
    )
    add_options(shifts)
    shifts.add_argument("what", nargs="?", choices=("list", "show", "export"), default="list")
    shifts.add_argument(
        "number", nargs="?", type=int, help=_("the number of a shift; show: the last one without")
    )
    shifts.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    shifts.add_argument(
        "--excel",
        action="store_true",
        help=_("CSV with a byte-order mark, so that a spreadsheet reads é and 会"),
    )
    shifts.add_argument("--output", metavar="FILE", help=_("standard output where it is left out"))


def _add_export(out: argparse.ArgumentParser) -> None:
    from xumm_desk.core.export.columns import NAMES  # noqa: PLC0415 - not for the window
    from xumm_desk.core.export.job import ExportFormat  # noqa: PLC0415

    out.description = tr(_EXPORT)
    out.epilog = _("Columns: {names}", names=", ".join(NAMES))
    add_options(out)
    out.add_argument("--format", choices=[kind.value for kind in ExportFormat], default="csv")
    out.add_argument(
        "--excel",
        action="store_true",
        help=_("CSV with a byte-order mark, so that a spreadsheet reads é and 会"),
    )
    out.add_argument("--output", metavar="FILE", help=_("standard output where it is left out"))
    out.add_argument(
        "--columns", metavar="NAMES", help=_("these columns only, divided by commas, in this order")
    )
    out.add_argument(
        "--since", metavar="TIME", help=_("created at or after this day or time (ISO 8601)")
    )
    out.add_argument(
        "--until", metavar="TIME", help=_("created up to the end of this day, or before this time")
    )
    out.add_argument(
        "--status",
        action="append",
        default=[],
        metavar="STATUS",
        help=_("these statuses only, such as paid,paid_late; repeatable"),
    )
    out.add_argument(
        "--search", metavar="TEXT", help=_("requests in which all of these words are found")
    )


def _add_import(into: argparse.ArgumentParser) -> None:
    from xumm_desk.core.bulk_import import import_columns  # noqa: PLC0415 - not for the window
    from xumm_desk.core.bulk_import.import_row import NumberStyle  # noqa: PLC0415

    into.description = tr(_IMPORT)
    into.formatter_class = argparse.RawDescriptionHelpFormatter
    columns = [f"  {one.name:15} {tr(one.about)}" for one in import_columns.ALL]
    into.epilog = "\n".join([_("Columns:"), *columns])
    add_options(into)
    into.add_argument("file", nargs="?", metavar="FILE", help=_("the CSV file; - reads input"))
    into.add_argument(
        "--dry-run", action="store_true", help=_("only show what would be created, or every error")
    )
    into.add_argument(
        "--template", action="store_true", help=_("write a file with all columns to begin with")
    )
    into.add_argument("--yes", action="store_true", help=_("create without asking"))
    into.add_argument(
        "--batch",
        default="",
        metavar="NAME",
        help=_("a name for this import, by which rows that were imported before are new ones"),
    )
    into.add_argument(
        "--numbers",
        choices=[style.value for style in NumberStyle],
        default=NumberStyle.CAREFUL.value,
        help=_("what 1.234 means: refused as in doubt, with a point or a comma before decimals"),
    )
    into.add_argument(
        "--result", metavar="FILE", help=_("write what became of each line as CSV to this file")
    )


def _add_journal(parser: argparse.ArgumentParser) -> None:
    """What can be done with a journal; one thing at a time."""
    parser.description = tr(_JOURNAL)
    add_options(parser)
    one = parser.add_mutually_exclusive_group(required=True)
    one.add_argument(
        "--check", action="store_true", help=_("as verify-journal; says the last hash too")
    )
    one.add_argument("--copies", action="store_true", help=_("list the daily copies, newest first"))
    one.add_argument(
        "--copy", action="store_true", help=_("make today's copy, if there is none yet")
    )
    one.add_argument(
        "--restore",
        metavar="DAY",
        help=_("put the copy of this day (2026-11-30), or a file, in the journal's place"),
    )
    one.add_argument(
        "--salvage",
        action="store_true",
        help=_("make a journal of what can be read of a damaged one, and of its copies"),
    )
    one.add_argument(
        "--archive",
        type=int,
        metavar="MONTHS",
        help=_("write finished requests that are older to a file, and delete them here"),
    )
    one.add_argument(
        "--check-archive", metavar="FILE", help=_("check that an archive is whole and unchanged")
    )
    one.add_argument(
        "--erase",
        metavar="NAME",
        help=_("erase the customer's data of a request, or of all requests of an account"),
    )
    parser.add_argument("--output", metavar="FILE", help=_("the file of --archive"))
    parser.add_argument(
        "--erase-txid",
        action="store_true",
        help=_("also the transaction, which leads to the payer on the public ledger"),
    )
    parser.add_argument("--keep-note", action="store_true", help=_("leave notes as they are"))
    parser.add_argument(
        "--erase-copies", action="store_true", help=_("also remove the copies, which hold it too")
    )


def _language(argv: Sequence[str]) -> Language:
    """The language of help and sentences: what is written before the command says, else what the
    environment says. Read before the arguments are, whose help is in it."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--language", default="")
    known, __ = early.parse_known_args(argv)
    if known.language:
        return catalogues.load(catalogues.best([known.language]))
    return catalogues.load(catalogues.of_environment(os.environ))


def run(argv: Sequence[str]) -> int | None:
    """Run the command in `argv`; None when it names none and the window is to open."""
    if argv and argv[0] == "simulator":
        gc.enable()
        from xumm_desk.simulator.__main__ import main as simulate  # noqa: PLC0415 - loads aiohttp

        return simulate(list(argv[1:]))
    use_languages(_language(argv))
    options = build_parser().parse_args(argv)
    if options.command is None:
        return None
    gc.enable()
    from . import commands as cli_commands  # noqa: PLC0415 - loads the engine and the network

    return cli_commands.run(options)
