"""`request --practice` beside a practice platform that runs on the same folder already."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from xumm_desk.setup.simulator_process import SimulatorInfo, SimulatorProcess

from .conftest import Shell

pytestmark = pytest.mark.anyio


@pytest.fixture
def practice(shell: Shell) -> Path:
    """The folder of practice, for a shell without keys."""
    for name in ("XUMM_APIKEY", "XUMM_APISECRET", "XUMM_DESK_API"):
        del shell.environment[name]
    return shell.folder / "data" / "practice"


def payloads(place: SimulatorInfo) -> int:
    with httpx.Client(trust_env=False) as client:
        return len(client.get(f"{place.control}/payloads").json()["payloads"])


async def test_it_joins_the_platform_of_an_open_window(shell: Shell, practice: Path) -> None:
    window = SimulatorProcess(practice, customers="pays")
    place = await asyncio.to_thread(window.start)
    try:
        body = shell.body().replace(shell.sim.shop, place.shop)
        ended = await shell.run("request", "--practice", shell.file(body), "--json")
        assert ended.code == 0, ended.err
        assert "joined the practice platform that is running on this folder" in ended.err
        assert await asyncio.to_thread(payloads, place) == 1  # and it goes on
        again = SimulatorProcess(practice)
        assert await asyncio.to_thread(again.start) == place
        assert again.joined
        again.stop()
        assert await asyncio.to_thread(payloads, place) == 1
    finally:
        await asyncio.to_thread(window.stop)
    assert not (practice / "platform.json").exists()


async def test_a_note_that_leads_nowhere_is_not_believed(shell: Shell, practice: Path) -> None:
    first = SimulatorProcess(practice)
    await asyncio.to_thread(first.start)
    note = (practice / "platform.json").read_text()
    await asyncio.to_thread(first.stop)
    for text in (note, "no JSON", "", note.replace("127.0.0.1", "203.0.113.7")):
        (practice / "platform.json").write_text(text)
        second = SimulatorProcess(practice)
        await asyncio.to_thread(second.start)
        assert not second.joined
        await asyncio.to_thread(second.stop)


async def test_who_has_the_folder_is_said(shell: Shell, practice: Path) -> None:
    practice.mkdir(parents=True)  # noqa: ASYNC240 - a folder of this test
    state = str(practice / "platform.sqlite3")
    command = [sys.executable, "-m", "xumm_desk.simulator", "--json", "--watch-stdin"]
    with subprocess.Popen(  # noqa: ASYNC220 - it is waited for in a thread
        [*command, "--port", "0", "--state", state],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        await asyncio.to_thread(other.stdout.readline)
        ended = await shell.run("request", "--practice", shell.file(shell.body()))
        other.stdin.close()
    assert ended.code == 3
    assert f"The practice platform of {practice} did not start." in ended.err
    assert "Another program that uses this folder may have it" in ended.err
    assert "Traceback" not in ended.err
