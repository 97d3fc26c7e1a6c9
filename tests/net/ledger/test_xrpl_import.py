"""Loading xrpl-py from several threads at once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from websockets.exceptions import ConnectionClosed

from xumm_desk.net.ledger.xrpl_import import import_xrpl, open_websocket
from xumm_desk.simulator import Simulator, SimulatorOptions

RACE = """
import sys, threading
from websockets.exceptions import ConnectionClosed

from xumm_desk.net.ledger.xrpl_import import import_xrpl, open_websocket
from xumm_desk.simulator import Simulator, SimulatorOptions
sys.setswitchinterval(0.0001)
failed = []
start = threading.Barrier(4)
def work(name):
    start.wait()
    try:
        import_xrpl(name)
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
    import_xrpl("xrpl.asyncio.clients")
    base = import_xrpl("xrpl.asyncio.clients.websocket_base")
    vars(base)["print"]("xrpl-py: skipping malformed WebSocket frame: 'x'")
    assert capsys.readouterr().out == ""


def test_the_types_of_a_models_fields_are_found_out_once() -> None:
    models = import_xrpl("xrpl.models.requests")
    hints = vars(import_xrpl("xrpl.models.base_model"))["get_type_hints"]
    models.Tx(transaction="0A" * 32)
    before = hints.cache_info()
    models.Tx(transaction="0B" * 32)
    after = hints.cache_info()
    assert (after.misses, after.hits > before.hits) == (before.misses, True)
    assert not models.Tx.is_dict_of_model({"nothing": "of a model"})


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_answers_are_kept_only_where_somebody_iterates() -> None:
    async with Simulator(SimulatorOptions(seed=1)) as sim:
        models = import_xrpl("xrpl.models.requests")
        for iterated, kept in ((False, 0), (True, 3)):
            client = await open_websocket(sim.ledger_ws, iterated=iterated)
            for _ in range(3):
                await client.request(models.ServerInfo())
            assert client._messages.qsize() == kept
            await client.close()


@pytest.mark.anyio
async def test_a_request_that_could_not_be_sent_is_reported_at_once() -> None:
    async with Simulator(SimulatorOptions(seed=1)) as sim:
        client = await open_websocket(sim.ledger_ws)
        models = import_xrpl("xrpl.models.requests")
        client._websocket.transport.abort()
        with pytest.raises(ConnectionClosed):
            await client.request(models.ServerInfo())
        await client.close()
