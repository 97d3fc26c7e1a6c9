"""Processes: one that is killed in the middle of writing, and two that write at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from xumm_desk.store.journal import SqliteJournal
from xumm_desk.store.journal_check import verify_chain

from .builders import note, texts

_COMMON: Final = """
import asyncio, itertools, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xumm_desk.core.request import request_spec
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.store.journal import SqliteJournal

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)

def intent(name):
    tx = {"TransactionType": "Payment", "Destination": "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY",
          "Amount": "1"}
    made = request_spec.parse_body({"txjson": tx}, identifier=name, network="TESTNET")
    return make_fact(START, Source.OPERATOR, FactKind.INTENT, made.to_json())

def note(number):
    moment = START + timedelta(milliseconds=number)
    return make_fact(moment, Source.DESK, FactKind.SOCKET_LOST, {"why": f"number {number}"})
"""

_ENDLESS: Final = (
    _COMMON
    + """
async def main():
    journal = SqliteJournal(Path(sys.argv[1]))
    journal.open(asyncio.get_running_loop())
    journal.append("one", intent("one"), urgent=True)
    for number in itertools.count():
        journal.append("one", note(number), urgent=number % 3 == 0)
        if number % 11 == 0:
            await journal.durable()
            print(number, flush=True)

asyncio.run(main())
"""
)

_TWIN: Final = (
    _COMMON
    + """
async def main():
    name = sys.argv[2]
    journal = SqliteJournal(Path(sys.argv[1]))
    print("ready", flush=True)
    sys.stdin.readline()
    journal.open(asyncio.get_running_loop())
    journal.append(name, intent(name), urgent=True)
    for number in range(150):
        journal.append(name, note(number), urgent=True)
        if number % 5 == 0:
            await journal.durable()
    await journal.durable()
    await journal.close()

asyncio.run(main())
"""
)


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python process that runs `code`."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
@pytest.mark.parametrize("reports", [1, 20])
def test_what_was_reported_durable_survives_a_kill(path: Path, reports: int) -> None:
    with start(_ENDLESS, str(path)) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(reports)]
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait()
    promised = int([*lines, *rest][-1])
    kept = [text for _, text in texts(path)[1:]]
    assert len(kept) > promised
    assert kept == [note(number).text for number in range(len(kept))]
    assert verify_chain(path).whole


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that cannot be caught")
@pytest.mark.anyio
async def test_the_journal_of_a_killed_program_goes_on(path: Path) -> None:
    import asyncio

    with start(_ENDLESS, str(path)) as child:
        assert child.stdout is not None
        child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    [(identifier, before)] = await journal.load_unfinished()
    assert identifier == "one"
    journal.append("one", note(99_999), urgent=True)
    await journal.durable()
    [(_, after)] = await journal.load_unfinished()
    assert after == [*before, note(99_999)]
    await journal.close()
    assert verify_chain(path).whole


def test_two_processes_keep_one_whole_chain(path: Path) -> None:
    """Both find no file and make it at the same moment, then write in turns."""
    twins = [start(_TWIN, str(path), name) for name in ("one", "two")]
    for twin in twins:
        assert twin.stdout is not None
        assert twin.stdout.readline() == "ready\n"
    for twin in twins:
        assert twin.stdin is not None
        twin.stdin.write("go\n")
        twin.stdin.flush()
    for twin in twins:
        _, errors = twin.communicate(timeout=60)
        assert (twin.returncode, errors) == (0, "")
    rows = texts(path)
    for name in ("one", "two"):
        own = [text for identifier, text in rows if identifier == name]
        assert own[1:] == [note(number).text for number in range(150)]
    assert len(rows) == 302
    assert verify_chain(path).whole
