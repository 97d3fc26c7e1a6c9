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
    top.add_argument(
        "--minimised",
        action="store_true",
        help=_("start in the tray, or as a minimised window where there is none"),
    )
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
    _add_shifts(commands)
    diagnostics = commands.add_parser(
        "diagnostics", help=_("write what a helper needs to know, without secrets")
    )
    add_options(diagnostics)
    diagnostics.add_argument(
        "file", metavar="FILE", help=_("the text file to write; - for standard output")
    )
    commands.add_parser("simulator", help=_("run the practice platform alone"), add_help=False)
    return top


def _add_shifts(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    shifts = commands.add_parser(
        "shifts",
        help=_("list, show and export closed shifts"),
        description=_("Reads closed shifts as they were written. They are closed in the window."),
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
