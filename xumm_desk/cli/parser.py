"""Arguments and help texts of all commands; the window starts from here as well.

What a command needs is imported when it runs, so that the window does not wait for it.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Sequence
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.setup.config import add_options, add_webhook_options
from xumm_desk.version import __version__

_VERIFY: Final = Message(
    "Looks through the whole file for damage, checks the chain of hashes over all facts, and that"
    " none was cut off its end. Changes nothing."
    " An older copy put in the journal's place is whole in itself, and is not noticed."
)

_JOURNAL: Final = Message(
    "Keeps the journal: copies of each day, a copy put back, a damaged file made usable. Nothing of"
    " the file that is replaced is thrown away. Close the window first."
)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
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
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    request = commands.add_parser("request", help=_("create sign requests and follow them"))
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
    out = commands.add_parser("export", help=_("write all requests as CSV or JSON lines"))
    add_options(out)
    out.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    out.add_argument(
        "--excel",
        action="store_true",
        help=_("CSV with a byte-order mark, so that a spreadsheet reads é and 会"),
    )
    out.add_argument("--output", metavar="FILE", help=_("standard output where it is left out"))
    verify = commands.add_parser(
        "verify-journal",
        help=_("check that no row was changed or lost"),
        description=tr(_VERIFY),
    )
    add_options(verify)
    journal = commands.add_parser(
        "journal",
        help=_("check, copy, restore or salvage the journal"),
        description=tr(_JOURNAL),
    )
    add_options(journal)
    _add_journal(journal)
    diagnostics = commands.add_parser(
        "diagnostics", help=_("write what a helper needs to know, without secrets")
    )
    add_options(diagnostics)
    diagnostics.add_argument(
        "file", metavar="FILE", help=_("the text file to write; - for standard output")
    )
    commands.add_parser("simulator", help=_("run the practice platform alone"), add_help=False)
    return top


def _add_journal(parser: argparse.ArgumentParser) -> None:
    """What can be done with a journal; one thing at a time."""
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


def run(argv: Sequence[str]) -> int | None:
    """Run the command in `argv`; None when it names none and the window is to open."""
    if argv and argv[0] == "simulator":
        gc.enable()
        from xumm_desk.simulator.__main__ import main as simulate  # noqa: PLC0415 - loads aiohttp

        return simulate(list(argv[1:]))
    options = build_parser().parse_args(argv)
    if options.command is None:
        return None
    gc.enable()
    from . import commands as cli_commands  # noqa: PLC0415 - loads the engine and the network

    return cli_commands.run(options)
