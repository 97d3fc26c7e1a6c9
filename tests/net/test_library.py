"""Loading xrpl-py from several threads at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from xumm_desk.net.library import load

RACE = """
import sys, threading
from xumm_desk.net.library import load
sys.setswitchinterval(0.0001)
failed = []
start = threading.Barrier(4)
def work(name):
    start.wait()
    try:
        load(name)
    except ImportError as error:
        failed.append(str(error))
names = ("xrpl.core.binarycodec", "xrpl.models.requests", "xrpl.asyncio.clients",
         "xrpl.core.keypairs")
threads = [threading.Thread(target=work, args=(name,)) for name in names]
[t.start() for t in threads]
[t.join() for t in threads]
sys.exit("; ".join(failed) or None)
"""


@pytest.mark.parametrize("turn", range(2))
def test_threads_that_load_different_parts_never_meet_a_half_loaded_one(turn: int) -> None:
    # A process of its own each time: here the library has long been loaded.
    ended = subprocess.run(
        [sys.executable, "-c", RACE], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, ""), turn


def test_what_a_node_sends_wrongly_never_reaches_standard_output(
    capsys: pytest.CaptureFixture[str],
) -> None:
    load("xrpl.asyncio.clients")
    base = load("xrpl.asyncio.clients.websocket_base")
    vars(base)["print"]("xrpl-py: skipping malformed WebSocket frame: 'x'")
    assert capsys.readouterr().out == ""
