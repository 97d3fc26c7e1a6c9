"""A ledger node in its own process: the simulator's ledger, whose next ledger validates every
payment of a benchmark at once.

The transactions are decoded beforehand, so that closing the ledger takes no time from those who
ask.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

from xumm_desk.simulator.ledger.ledger import Ledger
from xumm_desk.simulator.ledger.ledger_server import LedgerServer
from xumm_desk.simulator.ledger.records import Override, PendingTx
from xumm_desk.simulator.ledger.state import Account
from xumm_desk.simulator.runtime.clock import Clock
from xumm_desk.simulator.runtime.document_store import DocumentStore
from xumm_desk.simulator.runtime.fault_switches import FaultSwitches
from xumm_desk.simulator.runtime.keys import decode_blob
from xumm_desk.simulator.runtime.wire_faults import CallLog

from . import plan
from .control import Control, raise_open_files

_MUCH = 10**17
_INTERVAL = 1e9


def make_ledger(signed: dict[str, dict[str, str]]) -> Ledger:
    """A ledger in which these payments wait for the next one to be closed."""
    switches = FaultSwitches()
    ledger = Ledger(plan.NETWORK, _INTERVAL, Clock(), DocumentStore(None), switches)
    ledger.state.accounts[plan.SHOP] = Account(plan.SHOP, _MUCH, ledger.first)
    for one in signed.values():
        fields = decode_blob(one["hex"])
        assert fields is not None
        ledger.pending[one["txid"]] = PendingTx(one["txid"], one["hex"], fields, Override())
    for waiting in ledger.pending.values():
        sender, sequence = waiting.fields["Account"], waiting.fields["Sequence"]
        known = ledger.state.accounts.get(sender)
        first = sequence if known is None else min(sequence, known.sequence)
        ledger.state.accounts[sender] = Account(sender, _MUCH, first)
    ledger.begin()
    return ledger


async def serve(signed: dict[str, dict[str, str]]) -> None:
    """Listen, say where, and close a ledger whenever the runner asks."""
    ledger = make_ledger(signed)
    server = LedgerServer(ledger, CallLog())
    app = web.Application()
    app.router.add_route("*", "/", server.handle)
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    control = Control(asyncio.get_running_loop())
    control.say(url=f"ws://127.0.0.1:{runner.addresses[0][1]}/")
    while (await control.next()) is not None:
        number = len(ledger.pending)
        ledger.close_now()
        control.say(validated=number - len(ledger.pending))
    await server.close_all()
    await runner.cleanup()


def main() -> int:
    """The node's own process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signed", type=Path, required=True)
    options = parser.parse_args()
    raise_open_files()
    asyncio.run(serve(json.loads(options.signed.read_text())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
