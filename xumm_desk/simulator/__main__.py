"""Command line of the simulator."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from xumm_desk.simulator.ledger.ledger import NETWORK_IDS
from xumm_desk.simulator.runtime.document_store import StateFileError

from .behaviours import BEHAVIOURS
from .scripted_customers import Delays, Script
from .simulator import Simulator, SimulatorOptions


def main(argv: list[str] | None = None) -> int:
    """Run until told to stop; 0 after a clean end, 2 for bad arguments or a taken port."""
    wanted = _parser().parse_args(argv)
    with contextlib.suppress(KeyboardInterrupt):
        return asyncio.run(_run(wanted))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="xumm-desk simulator",
        description="A local platform, ledger and phones to practise with. No real money.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes any free port")
    parser.add_argument("--state", type=Path, help="keep everything in this file")
    parser.add_argument("--network", default="TESTNET", choices=sorted(NETWORK_IDS))
    parser.add_argument("--ledger-interval", type=_seconds, default=3.5, metavar="SECONDS")
    parser.add_argument(
        "--customers",
        type=_customers,
        help=f"manual, auto or one behaviour: {', '.join(BEHAVIOURS)}",
        metavar="MODE",
    )
    parser.add_argument("--rate-limit", type=_count, default=600, metavar="N")
    parser.add_argument("--speed", type=_seconds, default=1.0, metavar="X")
    parser.add_argument("--watch-stdin", action="store_true", help="end when stdin closes")
    parser.add_argument("--json", action="store_true", help="print the ready line as JSON")
    return parser


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("a number above 0 is needed")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a whole number above 0 is needed")
    return value


def _customers(text: str) -> str:
    try:
        Script.named(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


async def _run(wanted: argparse.Namespace) -> int:
    options = SimulatorOptions(
        port=wanted.port,
        state=wanted.state,
        network=wanted.network,
        ledger_interval=wanted.ledger_interval,
        customers=wanted.customers,
        delays=Delays(),
        rate_limit=wanted.rate_limit,
        create_limit=wanted.rate_limit,
        speed=wanted.speed,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop.set)
        except (NotImplementedError, RuntimeError):
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    simulator = Simulator(options)
    try:
        await simulator.start()
    except StateFileError as error:
        _say(str(error), sys.stderr)
        return 2
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is already taken" if taken else f"cannot be used: {error.strerror or error}"
        _say(f"Port {wanted.port} {why}.", sys.stderr)
        return 2
    try:
        _say(_ready_text(simulator.info(), as_json=wanted.json), sys.stdout)
        if wanted.watch_stdin:
            _watch_stdin(loop, stop)
        await stop.wait()
    finally:
        await simulator.stop()
    return 0


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # A thread, because pipes cannot be waited for on every system's loop.
    def watch() -> None:
        with contextlib.suppress(OSError, ValueError):
            # Not through sys.stdin: its lock, held by this thread, would spoil the shutdown.
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=watch, name="watch-stdin", daemon=True).start()


def _ready_text(info: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(info)
    lines = [
        f"The practice platform is ready on {info['network']}. No real money moves here.",
        f"  platform   {info['api']}",
        f"  ledger     {info['ledger']}  ({info['ledger_ws']})",
        f"  control    {info['control']}",
        f"  shop       {info['shop']['address']}  ({info['application']})",
        f"  issuer     {info['issuer']['currency']} of {info['issuer']['address']}",
        f"export XUMM_APIKEY={info['key']}",
        f"export XUMM_APISECRET={info['secret']}",
    ]
    return "\n".join(lines)


def _say(text: str, stream: Any) -> None:
    with contextlib.suppress(OSError):
        stream.write(text + "\n")
        stream.flush()


if __name__ == "__main__":
    sys.exit(main())
