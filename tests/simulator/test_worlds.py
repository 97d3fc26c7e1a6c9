"""Many simulators of one process: what each line of standard input is answered."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from xumm_desk.simulator.worlds import Worlds, run

pytestmark = pytest.mark.anyio


async def asked(*lines: str) -> list[dict[str, Any]]:
    """The answers to these lines, before standard input ends."""
    waiting, output = iter(lines), io.StringIO()
    await run(lambda: next(waiting, ""), output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


async def test_each_start_is_another_shop_on_another_port() -> None:
    first, second = await asked('{"start": {}}\n', '{"start": {"network": "MAINNET"}}\n')
    assert first["api"] != second["api"]
    assert first["key"] != second["key"]
    assert (first["network"], second["network"]) == ("TESTNET", "MAINNET")


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"start": 1}',
        '{"start": {"port": 80}}',
        '{"start": {"network": "MOON"}}',
        '{"start": {"customers": "nobody"}}',
        '{"stop": 1}',
        '{"stop": []}',
    ],
)
async def test_a_line_that_means_nothing_is_answered_by_an_error(line: str) -> None:
    [answer] = await asked(line + "\n")
    assert set(answer) == {"error"}


async def test_one_that_was_stopped_cannot_be_stopped_again() -> None:
    worlds = Worlds()
    info = await worlds.answer('{"start": {}}')
    port = int(info["api"].split(":")[2].split("/")[0])
    assert await worlds.answer(json.dumps({"stop": port})) == {"stopped": port}
    assert set(await worlds.answer(json.dumps({"stop": port}))) == {"error"}
    await worlds.stop_all()
