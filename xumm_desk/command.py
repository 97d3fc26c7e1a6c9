"""The command line on the same engine as the window: request, export, verify-journal, simulator.

Knows arguments, streams and exit codes; must not know Qt.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import secrets
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from xumm_desk import export, logs, terminal
from xumm_desk.assembly import Assembly
from xumm_desk.configuration import (
    Configuration,
    ConfigurationError,
    add_options,
    add_webhook_options,
    resolve,
)
from xumm_desk.core import order, wire
from xumm_desk.core.lifecycle import replay
from xumm_desk.core.networks import find
from xumm_desk.core.order import Order
from xumm_desk.core.verdict import GOOD
from xumm_desk.engine.book import Row
from xumm_desk.engine.desk import Desk
from xumm_desk.net.codec import XrplCodec
from xumm_desk.rehearsal import Place, Rehearsal, RehearsalError
from xumm_desk.store import journal
from xumm_desk.store.database import JournalError
from xumm_desk.store.vault import Credentials
from xumm_desk.terminal import warn
from xumm_desk.version import __version__

OK: Final = 0
NOT_ALL_GOOD: Final = 1
BAD_INPUT: Final = 2
UNREACHABLE: Final = 3

_NO_KEYS: Final = (
    "no keys of an application. Set XUMM_APIKEY and XUMM_APISECRET, store them in the window, or"
    " add --practice."
)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="xumm-desk",
        description="Take XRP Ledger payments through the Xumm (Xaman) wallet. Without a command"
        " the window opens.",
    )
    top.add_argument("--version", action="version", version=f"xumm-desk {__version__}")
    add_options(top)
    add_webhook_options(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    request = commands.add_parser("request", help="create sign requests and follow them")
    add_options(request)
    add_webhook_options(request)
    request.add_argument("file", nargs="?", help="one platform body a line as JSON; - reads input")
    request.add_argument("--json", action="store_true", help="one JSON object for each change")
    request.add_argument("--timeout", type=float, metavar="SECONDS", help="end after this time")
    request.add_argument(
        "--resume", action="store_true", help="also follow what is unfinished in the data folder"
    )
    out = commands.add_parser("export", help="write all requests as CSV or JSON lines")
    add_options(out)
    out.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    out.add_argument("--output", metavar="FILE", help="standard output where it is left out")
    verify = commands.add_parser("verify-journal", help="check that no row was changed or lost")
    add_options(verify)
    commands.add_parser("simulator", help="run the practice platform alone", add_help=False)
    return top


def run(argv: Sequence[str]) -> int | None:
    """Run the command in `argv`; None when it names none and the window is to open."""
    if argv and argv[0] == "simulator":
        from xumm_desk.practice.__main__ import main as simulate  # noqa: PLC0415 - loads aiohttp

        return simulate(list(argv[1:]))
    options = parser().parse_args(argv)
    if options.command is None:
        return None
    _write_anything()
    try:
        configuration = resolve(options)
    except ConfigurationError as error:
        warn(str(error))
        return BAD_INPUT
    logs.set_up(configuration.folder / "logs", verbose=getattr(options, "verbose", False))
    try:
        match options.command:
            case "request":
                return _request(configuration, options)
            case "export":
                return _export(configuration, options)
            case _:
                return _verify(configuration)
    except JournalError as error:
        warn(str(error))
        return BAD_INPUT
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say.
        with contextlib.suppress(OSError):
            sys.stdout.close()
        return NOT_ALL_GOOD


def _write_anything() -> None:
    """Let standard output take every character: data is UTF-8, and a terminal of another kind
    shows a stand-in rather than end the run."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        if out.isatty():
            out.reconfigure(errors="replace")
        else:
            out.reconfigure(encoding="utf-8", errors="backslashreplace")


def read_bodies(lines: Sequence[str], network: str) -> list[Order] | list[str]:
    """Check every line before anything is sent: the orders, or all sentences of what is wrong."""
    orders: list[Order] = []
    wrong: list[str] = []
    codec = XrplCodec()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        checked = _read_body(line, network, codec)
        if isinstance(checked, Order):
            orders.append(checked)
        else:
            wrong += [f"line {number}: {sentence}" for sentence in checked]
    seen: dict[str, int] = {}
    for one in orders:
        seen[one.identifier] = seen.get(one.identifier, 0) + 1
    wrong += [
        f"Identifier: {name!r} stands on {count} lines; each request needs its own"
        for name, count in seen.items()
        if count > 1
    ]
    return wrong or orders


def _read_body(line: str, network: str, codec: XrplCodec) -> Order | list[str]:
    body = wire.parse_object(line)
    if isinstance(body, str):
        return [f"the request is {body}; one JSON object a line is needed"]
    decoded = None
    blob = body.get("txblob")
    if isinstance(blob, str) and body.get("txjson") is None:
        read = codec.decode(blob)
        if isinstance(read, str):
            return [read]
        decoded = read
    now = datetime.now(UTC)
    identifier = order.new_identifier(now, secrets.token_hex(6))
    made = order.from_body(body, identifier=identifier, network=network, decoded=decoded)
    if not isinstance(made, Order):
        return [problem.sentence for problem in made]
    problems = () if decoded is not None else codec.problems(made.txjson)
    return [problem.sentence for problem in problems] or made


def _request(configuration: Configuration, options: argparse.Namespace) -> int:
    if options.file is None and not options.resume:
        warn("request: name a FILE (or - for standard input), or add --resume.")
        return BAD_INPUT
    if options.timeout is not None and not 0 < options.timeout < 10_000_000:
        warn("--timeout: must be a number of seconds above 0.")
        return BAD_INPUT
    orders: list[Order] = []
    if options.file is not None:
        try:
            lines = _lines(options.file)
        except (OSError, UnicodeDecodeError) as error:
            warn(f"{options.file} cannot be read ({error}).")
            return BAD_INPUT
        read = read_bodies(lines, configuration.network.key)
        if not read:
            warn(f"{options.file} holds no request.")
            return BAD_INPUT
        for item in read:
            if isinstance(item, Order):
                orders.append(item)
            else:
                warn(item)
        if len(orders) != len(read):
            return BAD_INPUT
    credentials = configuration.credentials
    if credentials is None and not getattr(options, "practice", False):
        warn(_NO_KEYS)
        return BAD_INPUT
    rehearsal: Rehearsal | None = None
    try:
        if credentials is None:
            rehearsal = Rehearsal(configuration.folder, customers="pays")
            place = rehearsal.start()
            configuration = at_practice(configuration, place)
            credentials = Credentials(place.key, place.secret)
        session = _Session(configuration, credentials, orders, options)
        return asyncio.run(session.run())
    except RehearsalError as error:
        warn(str(error))
        return UNREACHABLE
    finally:
        if rehearsal is not None:
            rehearsal.stop()


def at_practice(configuration: Configuration, place: Place) -> Configuration:
    """The same run, pointed at the practice platform: from here on nothing knows the difference."""
    return replace(
        configuration,
        api=place.api,
        nodes=(place.ledger,),
        network=find(place.network) or configuration.network,
    )


def _lines(name: str) -> list[str]:
    # UTF-8 whatever the locale, a mark at the start or not; JSON text may hold characters at which
    # `splitlines` would cut it.
    raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return raw.decode("utf-8-sig").split("\n")


class _Session:
    """One run of `request`: create, follow, show, end."""

    def __init__(
        self,
        configuration: Configuration,
        credentials: Credentials,
        orders: list[Order],
        options: argparse.Namespace,
    ) -> None:
        self._assembly = Assembly(configuration, credentials)
        self._orders = orders
        self._resume: bool = options.resume
        self._timeout: float | None = options.timeout
        self._show = (terminal.JsonLines if options.json else terminal.Lines)(sys.stdout)
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()
        self._unread = False
        self._mine = {one.identifier for one in orders}

    async def run(self) -> int:
        """Run to the end and return the exit code."""
        desk = self._assembly.open()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            # Windows has no such handlers; Ctrl-C then ends the run by KeyboardInterrupt.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._stop.set)
        try:
            desk.on_rows(self._rows)
            known = None if self._resume else [one.identifier for one in self._orders]
            # Rows are published when this task waits next, so none of what is resumed is missed.
            before = await desk.start(known)
            if self._resume:
                self._mine |= {row.identifier for row in before if not row.verdict.final}
            if trouble := await self._assembly.listen():
                warn(trouble)
                return BAD_INPUT
            wrong = [s for one in self._orders if (s := _conflict(desk, one))]
            for sentence in wrong:
                warn(sentence)
            if wrong:
                return BAD_INPUT
            return await self._follow(desk)
        finally:
            await self._assembly.close()

    async def _follow(self, desk: Desk) -> int:
        for one in self._orders:
            desk.tasks.start(desk.create(one), f"create {one.identifier}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timeout):
                while not self._all_final(desk) and not self._stop.is_set():
                    self._changed.clear()
                    waits = [
                        asyncio.ensure_future(self._changed.wait()),
                        asyncio.ensure_future(self._stop.wait()),
                    ]
                    try:
                        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        for wait in waits:
                            wait.cancel()
        if self._unread:
            raise BrokenPipeError
        fault = desk.health().platform_fault
        rows = [row for row in desk.rows() if row.identifier in self._mine]
        if all(row.verdict.status in GOOD for row in rows) and len(rows) >= len(self._orders):
            return OK
        if fault:
            warn(fault)
        return UNREACHABLE if fault and desk.health().platform_at is None else NOT_ALL_GOOD

    def _rows(self, rows: Sequence[Row]) -> None:
        try:
            self._show.show([row for row in rows if row.identifier in self._mine])
        except BrokenPipeError:
            # Whoever read our output has gone: end, and leave the rest to --resume.
            self._unread = True
            self._stop.set()
        self._changed.set()

    def _all_final(self, desk: Desk) -> bool:
        shown = {row.identifier: row for row in desk.rows()}
        return all(name in shown and shown[name].verdict.final for name in self._mine)


def _conflict(desk: Desk, one: Order) -> str:
    """A sentence when the identifier stands for another request of this data folder already."""
    if one.identifier not in desk.book:
        return ""
    known = desk.book[one.identifier].request.order
    if known.body == one.body:
        return ""
    return f"Identifier: {one.identifier!r} was already used for another request. Use a new one."


def _export(configuration: Configuration, options: argparse.Namespace) -> int:
    async def load() -> list[str]:
        book = journal.SqliteJournal(configuration.journal)
        book.open(asyncio.get_running_loop())
        try:
            loaded = await book.load_all()
        finally:
            await book.close()
        requests = [r for _, facts in loaded if (r := replay(list(facts))) is not None]
        writer = export.as_csv if options.format == "csv" else export.as_json_lines
        return list(writer(requests, ledger=bool(configuration.nodes)))

    if not configuration.journal.exists():
        warn(f"There is no journal at {configuration.journal}.")
        return BAD_INPUT
    lines = asyncio.run(load())
    if options.output is None:
        sys.stdout.write("".join(lines))
        return OK
    try:
        with Path(options.output).open("w", encoding="utf-8", newline="") as out:
            out.writelines(lines)
    except OSError as error:
        warn(f"{options.output} cannot be written ({error.strerror}).")
        return BAD_INPUT
    return OK


def _verify(configuration: Configuration) -> int:
    broken = list(journal.verify(configuration.journal))
    if broken:
        sys.stdout.write(json.dumps({"whole": False, "first_broken": broken[0]}) + "\n")
        warn(broken[0])
        return NOT_ALL_GOOD
    sys.stdout.write(json.dumps({"whole": True}) + "\n")
    return OK
