"""The exit code and the last line of a run say the same, whatever comes at its end."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from xumm_desk.cli.commands import parse_request_file
from xumm_desk.cli.request_command import RequestRun
from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.settings import Credentials
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.core.state.timing import Timing
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.config import Config

from .conftest import PATIENCE, Shell

pytestmark = pytest.mark.anyio

GOOD = {"paid", "paid_late", "signed"}


def session(shell: Shell, *bodies: str) -> RequestRun:
    configuration = Config(
        api=shell.sim.api,
        ledger_urls=(shell.sim.ledger,),
        network=NETWORKS["TESTNET"],
        data_dir=shell.folder / "data",
        credentials=None,
        practice=False,
    )
    specs = [one for one in parse_request_file(bodies, "TESTNET") if isinstance(one, RequestSpec)]
    options = Namespace(resume=False, timeout=None, json=True, give_up=[])
    timing = replace(Timing(), ledger_retries=(0.0, 0.05), account_poll_interval=0.1)
    keys = Credentials(shell.sim.key, shell.sim.secret)
    return RequestRun(configuration, keys, specs, options, timing=timing)


def last(out: str) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in out.splitlines()]
    return {line["identifier"]: line for line in lines}


async def test_what_is_learnt_after_the_code_was_decided_is_not_printed(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    close = Composition.close

    async def learns_more(assembly: Composition) -> None:
        [row] = assembly.desk.rows()
        now = assembly.desk.clock.now()
        told = make_fact(now, Source.DESK, FactKind.SHARED_TXID, {"identifier": "another"})
        assembly.desk.record(row.identifier, told)
        await assembly.desk.engine.journal.durable()
        await asyncio.sleep(0)
        [row] = assembly.desk.rows()
        assert row.verdict.status.value == "check"
        await close(assembly)

    monkeypatch.setattr(Composition, "close", learns_more)
    async with asyncio.timeout(PATIENCE):
        code = await session(shell, shell.body()).run()
    [line] = last(capsys.readouterr().out).values()
    assert (code, line["status"]) == (0, "paid")


async def test_two_phones_pay_one_request_in_the_same_ledger(
    shell: Shell, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shell.sim.switches.second_payer = True
    for _ in range(4):
        async with asyncio.timeout(PATIENCE):
            code = await session(shell, shell.body()).run()
        [line] = last(capsys.readouterr().out).values()
        assert (code == 0) is (line["status"] in GOOD), line
